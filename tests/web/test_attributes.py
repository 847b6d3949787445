"""The phone's form of a site knows the attributes that the server knows, and asks for those by which a plan chooses its sites."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from checklists.site_types import ATTRIBUTES, SITE_TYPES
from tests.web.packages import WEB

FIELD = WEB / "src" / "field"
PLANS = Path(__file__).parents[2] / "checklists" / "plans"


def literal(path: Path, name: str) -> Any:
    """The object literal that a TypeScript file exports as `name`: names, texts, lists and spread lists of this file."""
    source = path.read_text(encoding="utf-8")
    lists = dict(re.findall(r"^const (\w+) = \[(.*)\]$", source, re.MULTILINE))
    text = re.search(rf"^export const {name}\b[^=]*= (\{{.*?^\}})$", source, re.MULTILINE | re.DOTALL)
    assert text, f"{path} exports no {name}"
    spread = re.sub(r"\.\.\.(\w+)", lambda found: lists[found[1]], text[1])
    quoted = re.sub(r"(\w+): ", r'"\1": ', spread).replace("'", '"')
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", quoted))


def filters(plan: Any) -> list[dict[str, Any]]:
    """Every `{site_types, attributes}` in a plan."""
    inner = plan.values() if isinstance(plan, dict) else plan if isinstance(plan, list) else []
    found = [one for value in inner for one in filters(value)]
    return [*found, plan] if isinstance(plan, dict) and plan.get("attributes") else found


def test_both_apps_name_every_attribute_and_value_as_the_server_does():
    texts = literal(WEB / "src" / "shared" / "words" / "attributes.ts", "siteAttributes")
    assert texts == {name: {"title": one.title, "values": dict(one.values)} for name, one in ATTRIBUTES.items()}
    assert list(texts) == list(ATTRIBUTES)


def test_the_phone_asks_each_attribute_in_its_kind_and_of_known_types():
    asked = literal(FIELD / "stores" / "attributes.ts", "ATTRIBUTES")
    assert {name: one["kind"] for name, one in asked.items()} == {name: one.kind for name, one in ATTRIBUTES.items()}
    for name, one in asked.items():
        assert one["types"] and set(one["types"]) <= set(SITE_TYPES), name


def test_the_phone_asks_for_what_a_plan_chooses_its_sites_by():
    asked = literal(FIELD / "stores" / "attributes.ts", "ATTRIBUTES")
    chosen = [one for path in sorted(PLANS.glob("*.yaml")) for one in filters(yaml.safe_load(path.read_text(encoding="utf-8")))]
    assert chosen
    unasked = {(name, kind) for one in chosen for name in one["attributes"] for kind in one.get("site_types") or SITE_TYPES
               if kind not in asked[name]["types"]}
    assert not unasked
