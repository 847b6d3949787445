"""Rectifications and notices: for each step a site with a finding of its own, near and far, so that none stands in another's way."""

import uuid

from flask import Flask

from inspect_api.services.rectification.cases import finding_id
from tests.api.permitted.rule import OFFICES, Ask, Rule
from tests.support.people import Person, Phone
from tests.support.world import GRID_A1, GRID_B1, TOWN_A, TOWN_B

ITEM = "kitchen.bright"
REASON = {"reason": "核实"}
SIDES = {"": ("supervisor", GRID_A1), "far_": ("other-supervisor", GRID_B1)}
BODIES = {"deadline": {"due_on": "2098-01-01", **REASON}, "evidence": {"note": "已改"}, "supervise": {"on": True, **REASON}, "escalate": REASON,
          "sign-off": {"without_recheck": "停业"}, "reopen": REASON}


def _id(kind: str, prefix: str, step: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, kind + prefix + step))


def case(prefix: str, step: str) -> str:
    """The id of the finding that a step is asked about."""
    return finding_id(_id("visit", prefix, step), ITEM)


def served(prefix: str, step: str = "notice") -> tuple[str, dict]:
    """Path and body of a notice."""
    return f"/api/v1/sites/{_id('site', prefix, step)}/notices", {"findings": [case(prefix, step)], "due_on": "2099-01-01"}


def made(app: Flask, people: dict[str, Person]) -> dict[str, str]:
    """The findings; one is signed off, of another a notice is served."""
    county, names = people["county"], {}
    for prefix, (login, grid) in SIDES.items():
        phone = people["supervisor"] if login == "supervisor" else Phone(app, login, "phone-of-the-far-shops")
        version, operations = phone.checklist("school_canteen"), []
        for step in (*BODIES, "notice", "show"):
            site = phone.operation("create", "site", {"type": "school_canteen", "name": f"食堂{step}", "grid": grid,
                                                      "attributes": {"stage": "primary"}}, _id("site", prefix, step))
            operations += [site, phone.visit(site["id"], "2021-02-01 09:30", {ITEM: {"mark": "fail"}}, checklist=version,
                                             id=_id("visit", prefix, step))]
        assert all(one["status"] == "applied" for one in phone.push(*operations)["results"])
        county.post(f"/api/v1/rectifications/{case(prefix, 'reopen')}/sign-off", BODIES["sign-off"])
        path, body = served(prefix, "show")
        names[f"{prefix}notice"] = county.post(path, body, 201)["id"]
    return names


def _ask(prefix: str, step: str) -> Ask:
    return Ask(f"/api/v1/rectifications/{case(prefix, step)}/{step}", BODIES[step])


# (endpoint, method) -> Rule
RULES: dict[tuple[str, str], Rule] = {
    ("rectifications.list_rectifications", "GET"): Rule(OFFICES, Ask(f"/api/v1/rectifications?region={TOWN_A}"),
                                                        Ask(f"/api/v1/rectifications?region={TOWN_B}"), ("reviewer",)),
    ("rectifications.show", "GET"): Rule(OFFICES, Ask(f"/api/v1/rectifications/{case('', 'show')}"),
                                         Ask(f"/api/v1/rectifications/{case('far_', 'show')}"), ("reviewer",)),
    **{(f"rectifications.{step.replace('-', '_')}", "POST"): Rule(OFFICES, _ask("", step), _ask("far_", step), ("reviewer",)) for step in BODIES},
    ("notices.make", "POST"): Rule(OFFICES, Ask(*served("")), Ask(*served("far_")), ("reviewer",)),
    ("notices.show", "GET"): Rule(OFFICES, Ask("/api/v1/notices/{notice}"), Ask("/api/v1/notices/{far_notice}"), ("reviewer",)),
}
