"""What the subjects of audit entries are called, for who reads the log: an id says nothing to a clerk."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Campaign, Device, Finding, Region, Site, User, Visit
from inspect_api.services.programmes import programmes

_SITE_OF_VISIT = sa.select(Visit.id, Site.name).join(Site, Site.id == Visit.site_id)
_SITE_OF_CASE = sa.select(Finding.case_id, Site.name).join(Site, Site.id == Finding.site_id)
_HOLDER = sa.select(Device.id, User.name).join(User, User.id == Device.user_id)

# the first word of an action -> (what its subjects are, a select of them with their names)
_ASKED: dict[str, tuple[Any, Any]] = {
    "site": (Site.id, sa.select(Site.id, Site.name)),
    "visit": (Visit.id, _SITE_OF_VISIT),
    "rectification": (Finding.case_id, _SITE_OF_CASE),
    "region": (Region.code, sa.select(Region.code, Region.name)),
    "user": (User.login, sa.select(User.login, User.name)),
    "device": (Device.id, _HOLDER),
    "campaign": (Campaign.id, sa.select(Campaign.id, Campaign.title)),
}


def names(connection: Connection, entries: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """{(noun, subject): name} of (action, subject) pairs: of sites, of the site of a visit or of a finding, of regions, people, campaigns, who holds a
    device, and of all plans and indicators in force. One statement a noun; what is gone or has no name is left out."""
    asked: dict[str, set[str]] = {}
    for action, subject in entries:
        asked.setdefault(action.partition(".")[0], set()).add(subject)
    found = {}
    for noun, (column, select) in _ASKED.items():
        if subjects := asked.get(noun):
            found |= {(noun, id_): name for id_, name in connection.execute(select.where(column.in_(sorted(subjects))))}
    if asked.keys() & {"plan", "indicator"}:
        for plan in programmes(connection).plans.values():
            found["plan", plan.id] = plan.title
            found |= {("indicator", f"{plan.id}/{one.id}"): one.title for one in plan.indicators}
    return found
