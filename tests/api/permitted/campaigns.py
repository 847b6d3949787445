"""Campaigns, and what explains a number."""

from typing import Any

from flask import Flask

from tests.api.campaigning import day
from tests.api.permitted.rule import LOGGED_IN, OFFICES, Ask, Rule
from tests.support.people import Person, new_id
from tests.support.world import GRID_A1, TOWN_A, TOWN_B

INDICATOR = "/api/v1/plans/zezhou-2021/indicators/cold-store-inspected"
GRID = {"kind": "window", "plan": "zezhou-2021", "window": "2021", "per": "site"}


def targets(region: str, *types: str) -> dict[str, Any]:
    """Sites of a town that nobody visited in the plan's year."""
    return GRID | {"region": region, "site_types": list(types)}


def campaign(region: str, *types: str) -> dict[str, Any]:
    """A campaign for them."""
    return targets(region, *types) | {"id": new_id(), "title": "走访", "due_on": day(30)}


def made(app: Flask, people: dict[str, Person]) -> dict[str, Any]:
    """A campaign in each town."""
    return {name: people["county"].post("/api/v1/campaigns", campaign(town, kind), 201)["id"]
            for name, town, kind in (("campaign", TOWN_A, "school_canteen"), ("far_campaign", TOWN_B, "small_shop"))}


# (endpoint, method) -> Rule
RULES: dict[tuple[str, str], Rule] = {
    ("campaigns.preview", "POST"): Rule(OFFICES, Ask("/api/v1/campaigns/preview", targets(TOWN_A, "cold_store")),
                                        Ask("/api/v1/campaigns/preview", targets(TOWN_B, "school_canteen")), ("reviewer",)),
    ("campaigns.make", "POST"): Rule(OFFICES, Ask("/api/v1/campaigns", campaign(TOWN_A, "cold_store")),
                                     Ask("/api/v1/campaigns", campaign(TOWN_B, "small_shop") | {"per": "grid"}), ("reviewer",)),
    ("campaigns.list_campaigns", "GET"): Rule(OFFICES, Ask(f"/api/v1/campaigns?region={TOWN_A}"), Ask(f"/api/v1/campaigns?region={TOWN_B}"), ("reviewer",)),
    ("campaigns.show", "GET"): Rule(OFFICES, Ask("/api/v1/campaigns/{campaign}"), Ask("/api/v1/campaigns/{far_campaign}"), ("reviewer",)),
    ("campaigns.withdraw", "POST"): Rule(OFFICES, Ask("/api/v1/campaigns/{campaign}/withdraw", {}),
                                         Ask("/api/v1/campaigns/{far_campaign}/withdraw", {}), ("reviewer",)),
    ("campaigns.windows", "GET"): Rule(LOGGED_IN, Ask("/api/v1/plans/zezhou-2021/windows")),
    ("indicators.explained", "GET"): Rule(OFFICES, Ask(f"{INDICATOR}/explain?region={GRID_A1}"), Ask(f"{INDICATOR}/explain?region={TOWN_B}"), ("reviewer",)),
    ("indicators.show_trend", "GET"): Rule(OFFICES, Ask(f"{INDICATOR}/trend?region={TOWN_A}"), Ask(f"{INDICATOR}/trend?region={TOWN_B}"), ("reviewer",)),
}
