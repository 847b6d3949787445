"""An office's hand on a site: a patch or a new one like a phone's, with history and feed, but refused as a whole, not set aside."""

import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import Actor, may
from inspect_api.db import prefix_range
from inspect_api.models import Site
from inspect_api.problems import Problem
from inspect_api.services import audit, sites
from inspect_api.services.push import execute, raise_refusal
from inspect_api.services.push.workspace import Source
from inspect_api.services.site_fields import given
from sync.ledger import natural_key
from sync.operation import Operation


def edit_site(connection: Connection, actor: Actor, site_id: str, rev: int, fields: dict[str, Any], now: int) -> dict[str, Any]:
    """Change fields of a site that the office saw at revision `rev`.

    Raises Problem state-changed when one of these fields was changed since (which, and what it holds), or what else refuses it.
    """
    operation = Operation(0, str(uuid7()), "site", site_id, "patch", rev, {}, given(fields), now, "", None, form=fields)
    source = Source(actor, "", now, 0, actor.user_id, "office")
    [result] = execute(connection, source, [operation], log_conflicts=False)
    raise_refusal(result)
    if result.get("conflicts"):
        raise Problem("state-changed", "有字段已被他人修改", errors=[
            {"field": one["field"], "message": f"现为 {one['kept']}"} for one in result["conflicts"]])
    edited = sites.one(connection, site_id)
    if result["status"] == "applied":
        audit.append(connection, edited["grid"][:6], now, actor.user_id, "site.edit", site_id, {"set": given(fields)})
    return edited


def add_site(connection: Connection, actor: Actor, body: dict[str, Any], now: int) -> dict[str, Any]:
    """Add a site to the ledger; in the grid that is given, else in the one that holds its point. The same `id` sent again adds nothing.

    Raises Problem conflict, with the `site` that is there, when the county has one that an import would take for the same; out-of-scope
    when the `id` is that of a site elsewhere; or what else refuses it.
    """
    fields = {name: value for name, value in body.items() if name != "id"}
    site_id = body.get("id") or str(uuid7())
    there = connection.execute(sa.select(Site.grid).where(Site.id == site_id)).scalar()
    if there is not None:
        may(actor, "site.add", there)
        return sites.one(connection, site_id)
    operation = Operation(0, str(uuid7()), "site", site_id, "create", None, {}, given(fields), now, "", None, form=fields)
    [result] = execute(connection, Source(actor, "", now, 0, actor.user_id, "office"), [operation])
    raise_refusal(result)
    made = sites.one(connection, site_id)
    key = natural_key(fields if fields.get("grid") else fields | {"grid": made["grid"]})
    _hold_key(connection, made["grid"][:6] + key)
    same = connection.execute(sa.select(Site.id, Site.name, Site.address, Site.grid, Site.active).where(
        prefix_range(Site.grid, made["grid"][:6]), Site.natural_key == key, Site.id != site_id).limit(1)).mappings().first()
    if same:
        raise Problem("conflict", f"台账里已有同一主体：{same['name']}", site=dict(same))
    audit.append(connection, made["grid"][:6], now, actor.user_id, "site.add", site_id, {"set": given(fields)})
    return made


def _hold_key(connection: Connection, key: str) -> None:
    """Let nobody else add a site of this key until the commit: two clerks who add the same shop at once must not both succeed."""
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
