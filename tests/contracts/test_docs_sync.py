"""docs/sync-protocol.md is enough to write a client from: every field, key, row, code and example of it is held to the code."""

import ast
import hashlib
import inspect
import json
import re
import textwrap
from typing import Any

import pytest
import rfc8785
from flask import Flask

from inspect_api.problems import CATALOGUE
from inspect_api.resources.sync import _PUSH_DOCUMENT
from inspect_api.schemas.asked import (
    STATES,
    ConflictsQuery,
    DevicesQuery,
    PullQuery,
    QuarantineQuery,
    ReleaseBody,
    ResolveBody,
    TaskBody,
)
from inspect_api.schemas.pushed import SITE_CREATE, SITE_PATCH, TASK_PATCH, VISIT_CREATE, VISIT_PATCH
from inspect_api.schemas.sites import SiteEdit
from inspect_api.services import history, rxdb
from inspect_api.services.pull.page import REASONS
from inspect_api.services.pull.rows import LOADERS
from inspect_api.services.push.forms import FORMS
from inspect_api.services.push.visits import DETAILS
from sync import merge
from sync.operation import KINDS, SCHEMA, TYPES
from sync.receipt import CONTENT, content_hash
from tests.support.documents import ROOT, missing, named, read, rows, section
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, TOWN_A, site_id

PROTOCOL = "docs/sync-protocol.md"
PHOTO = "a" * 64
FREE = {"boundary", "place", "attributes", "answers", "details"}  # what a person or an office put in: told elsewhere


def protocol(*headings: str) -> str:
    """The protocol's text, or the part of it under a heading, and under one inside that."""
    text = read(PROTOCOL)
    for heading in headings:
        text = section(text, heading)
    return text


def keys(value: Any) -> set[str]:
    """Every key of an answer, however deep, but for what people put in."""
    if isinstance(value, list):
        return {key for one in value for key in keys(one)}
    if not isinstance(value, dict):
        return set()
    return set(value) | {key for name, inner in value.items() if name not in FREE for key in keys(inner)}


def constants(function: Any) -> set[str]:
    """The texts that a function returns."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return {node.value for made in ast.walk(tree) if isinstance(made, ast.Return)
            for node in ast.walk(made) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def refusals(*folders: str) -> set[str]:
    """The codes of the problems that the modules under some paths make."""
    made: set[str] = set()
    for path in sorted(path for folder in folders for path in ROOT.glob(folder)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and node.args:
                made |= {one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant) and one.value in CATALOGUE}
    return made


@pytest.mark.parametrize(("heading", "schema"), [("## Visits", VISIT_CREATE), ("## Sites", SITE_CREATE)])
def test_every_field_that_a_phone_may_create_is_documented(heading: str, schema):
    told = protocol(heading, "### `create`, fields of `set`")
    assert not missing(schema.fields, told)
    required = {name for name, field in schema.fields.items() if field.required}
    lines = rows(told)
    assert {name for name in required if "| yes |" in lines.get(name, "")} == required


@pytest.mark.parametrize(("heading", "schema"), [("## Visits", VISIT_PATCH), ("## Sites", SITE_PATCH), ("## Tasks", TASK_PATCH)])
def test_every_field_that_a_phone_may_patch_is_documented(heading: str, schema):
    assert not missing(schema.fields, protocol(heading, "### `patch`, fields of `set`"))


@pytest.mark.parametrize("nested", ["place", "officers", "signature"])
def test_every_part_of_a_nested_field_is_documented(nested: str):
    field = VISIT_CREATE.fields[nested]
    schema = (getattr(field, "inner", None) or field).schema
    line = rows(protocol("### `create`, fields of `set`"))[nested]
    assert not [part for part in schema.fields if part not in line]


def test_the_envelope_and_the_operation_are_documented():
    body = _PUSH_DOCUMENT["requestBody"]["content"]["application/json"]["schema"]
    assert set(rows(protocol("### Envelope"))) == set(body["properties"])
    told = rows(protocol("### Operation"))
    operation = body["properties"]["ops"]["items"]
    assert set(told) >= set(operation["properties"])
    assert {name for name in operation["required"] if "| yes |" in told[name]} >= {"n", "op", "t", "id", "kind", "at"}
    assert not missing([*TYPES, *KINDS], protocol("### Operation"))
    assert f"1 or {SCHEMA}." in rows(protocol("### Envelope"))["schema"]


def test_what_can_be_done_to_which_type_is_documented():
    """The table says yes where there is a form for it, and no elsewhere."""
    heads = ("create", "patch", "delete")
    told = {cells[0]: dict(zip(heads, cells[1:], strict=True))
            for line in protocol("### Operation").splitlines()
            if len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 4 and cells[0] in TYPES}
    assert set(told) == set(TYPES)
    wrong = [(type_, kind) for type_ in TYPES for kind in heads if told[type_][kind].startswith("no") == ((type_, kind) in FORMS)]
    assert not wrong, wrong


def test_every_status_of_a_result_is_documented():
    told = [table for table in protocol("### Result").split("\n\n") if table.startswith("| status |")]
    assert named(told[0]) == {*constants(merge.Merge.status.fget), "rejected"}


def test_every_refusal_of_the_protocol_is_documented():
    made = refusals("inspect_api/resources/sync.py", "inspect_api/services/push/*.py", "inspect_api/services/pull/*.py",
                    "inspect_api/services/photos/uploads.py", "inspect_api/services/photos/storage.py")
    made |= {"unauthorized", "out-of-scope", "busy", "internal", "waits", *(code for code, kind in CATALOGUE.items() if kind.status == 410)}
    assert len(made) > 25, made
    assert not missing(sorted(made), protocol())


def test_what_to_do_after_each_refusal_of_a_whole_request_is_documented():
    whole = refusals("inspect_api/resources/sync.py", "inspect_api/services/pull/*.py")
    whole |= {"unauthorized", "device-revoked", "op-reused", "busy", "internal"}
    assert not missing(sorted(whole), protocol("### After each answer"))
    assert {code for code, kind in CATALOGUE.items() if kind.status == 410} - {"upload-expired"} == set(rows(protocol("### Begin anew")))


def test_the_limits_told_at_login_are_documented(one_app: Flask):
    limits = Person(one_app, "supervisor").get("/api/v1/sessions/current")["limits"]
    assert set(rows(protocol("## Limits"))) == set(limits)
    body = one_app.test_client().post("/api/v1/sessions", json={"login": "admin", "password": "correct horse", "device_id": "x"}).get_json()
    assert body["limits"] == limits
    assert not missing(keys(body) - set(limits), protocol("## Endpoints"))


def test_states_and_reasons_are_documented():
    assert not missing(REASONS.values(), rows(protocol("## Pull"))["reason"])
    assert not missing(ConflictsQuery().fields["state"].validate.choices, protocol("### Conflicts"))
    assert not missing(QuarantineQuery().fields["state"].validate.choices, protocol("## Quarantine"))
    assert not missing(STATES, rows(protocol("#### `task`"))["state"])
    api = read("docs/api.md")
    assert not missing(ConflictsQuery().fields["state"].validate.choices, section(api, "## Conflicts"))
    assert not missing(QuarantineQuery().fields["state"].validate.choices, section(api, "## Quarantine"))
    assert not missing(history.WHYS, section(api, "## Sites"))
    assert not missing(STATES, section(api, "## Tasks"))


def test_the_query_of_a_pull_is_documented():
    assert set(rows(protocol("## Pull"))) >= set(PullQuery().fields)


@pytest.fixture
def history_of_a_day(one_app: Flask) -> dict[str, Any]:
    """What a phone is answered on a day on which everything happens: {push: [...], pull: [...], conflicts, quarantine, ...}."""
    phone, office, county = Phone(one_app, "supervisor"), Person(one_app, "reviewer"), Person(one_app, "county")
    task = office.post("/api/v1/tasks", {"site_id": site_id(1), "title": "复查"}, 201)
    county.ask("PUT", f"/api/v1/counties/{COUNTY}/rules", json={"rev": 0, "rules": {"frequencies": {"A": 1, "B": 2, "C": 3, "D": 5}}})
    begun = phone.get("/api/v1/sync/pull", limit=1000)
    fail = {"kitchen.bright": {"mark": "fail", "photos": [PHOTO]}}
    draft, visit = phone.visit(1, "2021-05-01 08:30", {}, status="draft"), phone.visit(1, "2021-05-01 09:30", fail)
    phone.n += 1  # a number that never arrives
    operations = [draft, visit, phone.visit(2, "2021-05-01 10:30", {})]
    operations += [phone.operation("patch", "site", fields, site_id(1), base=1) for fields in ({"phone": "1"}, {"phone": "2", "contact": "王"})]
    operations += [phone.operation("patch", "visit", {"note": "x"}, draft["id"], was={"note": None}), phone.operation("patch", "task", {"state": "done"}, task["id"], base=1)]
    site, thrown = phone.operation("create", "site", {"type": "cold_store", "name": "新"}), phone.visit(1, "2021-05-01 12:30", {}, status="draft")
    operations += [site, phone.visit(site["id"], "2021-05-01 11:30", {}, site_type="cold_store"), thrown]
    answers = [phone.push(*operations, schema=2), phone.push(phone.operation("delete", "visit", {}, thrown["id"]), schema=2)]
    office.post(f"/api/v1/visits/{visit['id']}/review", {"decision": "return", "items": {"kitchen.bright": "看不清"}})
    return {"push": answers, "pull": [begun, phone.get("/api/v1/sync/pull", limit=1000),
                                      phone.get("/api/v1/sync/pull", limit=1000, cursor=begun["cursor"])],
            "conflicts": office.get("/api/v1/sync/conflicts", region=TOWN_A), "tasks": office.get("/api/v1/tasks", region=TOWN_A),
            "quarantine": office.get("/api/v1/sync/quarantine", region=TOWN_A),
            "devices": county.get("/api/v1/sync/devices", region=COUNTY), "history": office.get(f"/api/v1/sites/{site_id(1)}/history")}


def test_every_key_of_a_days_answers_is_documented(history_of_a_day: dict[str, Any]):
    answers = history_of_a_day["push"]
    results = [result for answer in answers for result in answer["results"]]
    assert {result["status"] for result in results} == {"applied", "merged", "rejected"}
    assert answers[0]["gaps"]
    told = named(protocol("### Result"))
    assert not set().union(*answers) - told, set().union(*answers) - told
    assert not set().union(*results) - told, set().union(*results) - told
    assert not missing(keys([result.get("conflicts", []) for result in results]), protocol("### Result"))
    visits = [result["row"] for result in results if "verdict" in result.get("row", {})]
    assert set().union(*visits) == named(protocol("### What the server answers"))
    assert not missing(keys(visits), protocol("### What the server answers"))
    assert set(next(result["receipt"] for result in results if "receipt" in result)) == named(protocol("## Receipts")) & {
        "visit", "rev", "sha256", "photos", "at"}


def test_every_key_of_every_pulled_row_is_documented(history_of_a_day: dict[str, Any]):
    pulled = history_of_a_day["pull"]
    changes = [change for page in pulled for change in page["changes"]]
    told = named(protocol("## Pull"))
    assert not set().union(*pulled) - told, set().union(*pulled) - told
    assert not set().union(*changes) - told, set().union(*changes) - told
    assert {change["t"] for change in changes} == set(LOADERS)
    assert {change["op"] for change in changes} == {"put", "remove"}
    for type_ in LOADERS:
        found = [change["row"] for change in changes if change["t"] == type_ and change["op"] == "put"]
        described = protocol("### Rows", f"#### `{type_}`")
        assert set().union(*found) == named(described), type_
        told = [{name: value for name, value in row.items() if name != "problem"} for row in found]  # a problem is one like any other
        assert not missing(keys(told) - {"kitchen.bright"}, described + protocol("## Receipts")), type_


def test_a_checklist_is_put_together_as_documented(history_of_a_day: dict[str, Any]):
    """Each item is what `items` holds under its ref, with its citations; the version is the hash of the whole."""
    page = history_of_a_day["pull"][0]
    checklists = [change["row"] for change in page["changes"] if change["t"] == "checklist"]
    assert len(checklists) > 5
    for row in checklists:
        sections = [part | {"items": [page["items"][item["ref"]] | {"citations": item["citations"]} for item in part["items"]]}
                    for part in row["sections"]]
        content = {"site_type": row["site_type"], "title": row["title"], "sections": sections}
        assert hashlib.sha256(rfc8785.dumps(content)).hexdigest() == row["version"], row["site_type"]


def test_what_offices_see_of_sync_is_documented(history_of_a_day: dict[str, Any]):
    api = read("docs/api.md")
    [conflict] = history_of_a_day["conflicts"]["conflicts"]
    assert set(conflict) == named(section(api, "## Conflicts"))
    kept = history_of_a_day["quarantine"]["operations"]
    assert len(kept) == 2
    assert set().union(*kept) == named(section(api, "## Quarantine"))
    assert set(history_of_a_day["devices"]["devices"][0]) == named(section(api, "## Sessions and devices"))
    assert not missing(DevicesQuery().fields, section(api, "## Sessions and devices"))
    tasks = set(history_of_a_day["tasks"]["tasks"][0]) - named(protocol("#### `task`"))
    assert not missing(tasks, section(api, "## Tasks"))
    assert not missing(set(history_of_a_day["history"]["history"][0]), section(api, "## Sites"))


@pytest.mark.parametrize(("schema", "heading"), [(ReleaseBody, "## Quarantine"), (ResolveBody, "## Conflicts"), (SiteEdit, "## Sites"),
                                                 (TaskBody, "## Tasks")])
def test_what_offices_send_about_sync_is_documented(schema: Any, heading: str):
    assert not missing(schema().fields, section(read("docs/api.md"), heading))


def examples() -> list[tuple[str, Any, Any, Any, str]]:
    """(case, base, was, set, status) of the table of merges."""
    found = []
    for line in protocol("### Examples").splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[0] not in ("case", "---"):
            found.append((cells[0], *(json.loads(cell) for cell in cells[1:4]), cells[4]))
    return found


@pytest.mark.parametrize(("case", "base", "was", "wanted", "status"), examples(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_examples_of_merges_come_out_as_documented(case: str, base: int | None, was: Any, wanted: Any, status: str):
    text = protocol("### Examples")
    row = json.loads(re.search(r"at revision 7: `({.*?})`\.", text)[1])
    done = merge.patch(row, 7, {"phone": 7, "attributes.online": 5}, base, was, wanted)
    assert done.merge.status == status


def test_two_edits_in_a_row_come_out_as_documented():
    text = protocol("### Examples")
    row, rev, field_rev = json.loads(re.search(r"at revision 7: `({.*?})`\.", text)[1]), 7, {"phone": 7}
    edits = [json.loads(edit) for edit in re.findall(r"`({\"base\".*?})`", text)]
    assert len(edits) == 2
    for edit in edits:
        done = merge.patch(row, rev, field_rev, edit["base"], edit["was"], edit["set"])
        assert done.merge.status == "applied"
        row, rev, field_rev = done.document, done.rev, done.field_rev
    assert row["phone"] == edits[-1]["set"]["phone"]


def test_the_test_vector_of_a_receipt_is_right():
    line, told = re.search(r"```\n(\{.*\})\n([0-9a-f]{64})\n```", protocol("## Receipts")).groups()
    assert rfc8785.dumps(json.loads(line)).decode() == line
    assert hashlib.sha256(line.encode()).hexdigest() == content_hash(json.loads(line)) == told
    assert set(json.loads(line)) == set(CONTENT) <= named(protocol("## Receipts"))
    assert not missing(DETAILS, rows(protocol("## Receipts"))["details"])


def test_the_fields_of_the_rxdb_documents_are_documented():
    told = rows(protocol("## RxDB"))
    assert set(told) == set(rxdb.TYPES)
    for type_, fields in rxdb.TYPES.items():
        assert not missing(fields, told[type_])
