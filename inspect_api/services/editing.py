"""An office's edit of a site: a patch like a phone's, with history and feed, but refused as a whole when somebody was quicker."""

from typing import Any

from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import Actor
from inspect_api.problems import Problem
from inspect_api.services import audit, sites
from inspect_api.services.push import execute, raise_refusal
from inspect_api.services.push.workspace import Source
from inspect_api.services.site_fields import given
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
    if result["status"] == "applied":
        audit.append(connection, actor.home[:6], now, actor.user_id, "site.edit", site_id, {"set": given(fields)})
    return sites.one(connection, site_id)
