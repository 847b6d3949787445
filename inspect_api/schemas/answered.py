"""What phones are answered, as JSON Schema for the API's description: the types of the phone app are generated from it.

Plain documents, for nothing is dumped through them: a pull is large, and its rows are made in services/pull. That both agree is
held by tests/api/test_answered.py, which looks at real answers and refuses a key that is not described here.
"""

from typing import Any

from checklists.kinds import KINDS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
ANYTHING: Schema = {}
TIME: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
ID: Schema = {"type": "string"}
FREE: Schema = {"type": "object", "additionalProperties": True}


def ref(name: str) -> Schema:
    """A reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def one_of(*values: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(values)}


def many(items: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": items}


def pair(items: Schema) -> Schema:
    """A list of two."""
    return {"type": "array", "prefixItems": [items, items], "minItems": 2, "maxItems": 2}


def by_key(values: Schema) -> Schema:
    """An object with keys of its own."""
    return {"type": "object", "additionalProperties": values}


def maybe(schema: Schema) -> Schema:
    """That, or null."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def obj(given: dict[str, Schema], sometimes: dict[str, Schema] | None = None) -> Schema:
    """An object whose keys in `given` are always there; those in `sometimes` may be left out."""
    return {"type": "object", "required": list(given), "properties": given | (sometimes or {})}


SHA = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
MARKS = one_of("pass", "fail", "not_applicable", "not_observed")
TYPES = one_of("visit", "site", "task")

_CAPTURED = {
    "Mark": MARKS,
    "Kind": one_of(*KINDS),
    "Crs": one_of("WGS84", "GCJ02", "BD09", "CGCS2000"),
    "GivenPlace": obj({"lon": NUMBER, "lat": NUMBER, "crs": ref("Crs")}, {"accuracy": NUMBER, "source": TEXT, "mock": FLAG}),
    "PhotoCapture": obj({}, {"at": TIME, "source": one_of("camera", "gallery"), "place": ref("GivenPlace")}),
    "Certificate": obj({"held": FLAG}, {"number": maybe(TEXT), "until": maybe(DAY)}),
    "AnswerValue": {"anyOf": [TEXT, NUMBER, pair(NUMBER), ref("Certificate")]},
    "Answer": obj({}, {"mark": ref("Mark"), "value": ref("AnswerValue"), "note": TEXT, "photos": many(SHA)}),
    "Answers": by_key(ref("Answer")),
    "Signature": obj({"kind": one_of("signed", "refused", "absent")}, {"name": TEXT, "photo": SHA, "reason": TEXT}),
    "Officer": obj({"name": TEXT, "certificate": TEXT}),
    "VisitDetails": obj({}, {
        "place": ref("GivenPlace"), "end_place": ref("GivenPlace"), "ended_at": TIME, "officers": many(ref("Officer")),
        "signature": ref("Signature"), "photos": by_key(ref("PhotoCapture")), "operator_word": TEXT, "note": TEXT}),
}

_REFUSED = {
    # An operation that was set aside with its whole push has a code alone.
    "ToldProblem": obj({"code": TEXT}, {
        "type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT, "remedy": TEXT, "errors": many(FREE), "waits_for": ID}),
    "Problem": obj({"type": TEXT, "title": TEXT, "status": WHOLE, "code": TEXT, "detail": TEXT, "remedy": TEXT}, {
        "errors": many(FREE), "request_id": TEXT, "limit": WHOLE, "oldest_schema": WHOLE, "retry_after": WHOLE}),
}

_ASKED = {
    "type": TEXT, "name": TEXT, "grid": ID, "address": TEXT, "contact": TEXT, "phone": TEXT, "uscc": maybe(TEXT),
    "licence_number": maybe(TEXT), "licence_until": maybe(DAY), "registration_number": maybe(TEXT),
    "risk_grade": maybe(one_of("A", "B", "C", "D")), "attributes": FREE, "place": maybe(ref("GivenPlace")), "active": FLAG}
_SITE_PHOTOS = {"photos": by_key(ref("PhotoCapture"))}

_QUESTION = {
    "link_id": ID, "question": TEXT, "kind": ref("Kind"), "key": FLAG, "polarity": one_of("positive", "negative"), "advisory": FLAG,
    "photo": obj({"when": one_of("never", "on_fail", "on_pass", "always"), "min": WHOLE}), "guidance": maybe(TEXT), "basis": many(TEXT),
    "remedy": maybe(obj({"action": TEXT, "days": WHOLE})), "enable_when": maybe(obj({"item": ID, "in": many(TEXT)}))}
_OF_KINDS = {  # keys that only some kinds have
    "options": many(ref("Option")), "unit": TEXT, "min": NUMBER, "max": NUMBER, "pass_min": NUMBER, "pass_max": NUMBER, "whole": FLAG,
    "have_label": TEXT, "of_label": TEXT, "pass_ratio": NUMBER, "max_length": WHOLE, "max_age_days": WHOLE, "validity": FLAG,
    "recorded_mark": maybe(ref("Mark"))}

_PUBLISHED = {
    "Citation": obj({"plan": ID, "article": TEXT, "clause": ID}),
    "Option": obj({"value": TEXT, "label": TEXT}, {"mark": maybe(ref("Mark"))}),
    "Question": obj(_QUESTION, _OF_KINDS),
    "Item": obj(_QUESTION | {"citations": many(ref("Citation"))}, _OF_KINDS),
    "Section": obj({"id": ID, "title": TEXT, "items": many(ref("Item"))}),
    "Checklist": obj({"version": SHA, "site_type": TEXT, "title": TEXT, "sections": many(ref("Section"))}),
    "ItemRef": obj({"ref": ID, "citations": many(ref("Citation"))}),
    "SectionRefs": obj({"id": ID, "title": TEXT, "items": many(ref("ItemRef"))}),
    "ChecklistRow": obj({"site_type": TEXT, "region": ID, "version": SHA, "title": TEXT, "sections": many(ref("SectionRefs"))}),
    "Window": obj({"key": TEXT, "title": TEXT, "start": DAY, "end": DAY}),
    "PlanIndicator": obj({
        "id": ID, "clause": ID, "article": TEXT, "title": TEXT, "measure": TEXT, "level": maybe(TEXT), "site_types": many(TEXT),
        "items": many(ID), "windows": many(ref("Window"))}),
    "PlanRow": obj({"id": ID, "title": TEXT, "region": ID, "period": pair(DAY), "indicators": many(ref("PlanIndicator"))}),
    "RulesRow": obj({"org": ID, "frequencies": obj({"A": WHOLE, "B": WHOLE, "C": WHOLE, "D": WHOLE})}),
    "Boundary": obj({"type": one_of("Polygon", "MultiPolygon"), "coordinates": many(ANYTHING)}),
    "RegionRow": obj({
        "code": ID, "name": TEXT, "level": one_of("province", "city", "county", "town", "village", "grid"), "parent": maybe(ID),
        "path": many(TEXT), "boundary": maybe(ref("Boundary")), "valid_from": maybe(DAY), "valid_to": maybe(DAY)}),
}

_TROUBLE = {"state": one_of("open", "kept", "theirs"), "note": maybe(TEXT), "at": TIME, "settled_at": maybe(TIME)}
_VALUES = {"id": ID, "field": TEXT, "base": maybe(WHOLE), "kept": ANYTHING, "theirs": ANYTHING}

_ROWS = {
    "Finding": obj({"id": ID, "item": ID, "key": FLAG, "visit": ID, "action": TEXT, "opened_on": DAY, "due_on": DAY}),
    "LastVisit": obj({"id": ID, "at": TIME}),
    "SiteFields": obj(_ASKED, _SITE_PHOTOS),
    "SiteRow": obj(
        {"id": ID} | _ASKED | {
            "rev": WHOLE, "findings": many(ref("Finding")), "last_visit": maybe(ref("LastVisit")), "due": many(TEXT)},
        _SITE_PHOTOS | {"photos_missing": many(SHA)}),
    "TaskRow": obj({
        "id": ID, "grid": ID, "site_id": maybe(ID), "title": TEXT, "note": TEXT, "due_on": maybe(DAY),
        "reason": maybe(obj({"plan": ID, "indicator": ID})), "state": one_of("open", "done", "withdrawn"), "result": TEXT, "rev": WHOLE}),
    "ReviewNote": obj({}, {"reason": TEXT, "items": by_key(TEXT)}),
    "Receipt": obj({"visit": ID, "rev": WHOLE, "sha256": SHA, "photos": many(SHA), "at": TIME}),
    "VisitRow": obj({
        "id": ID, "site_id": ID, "grid": ID, "document_type": one_of("patrol", "inspection"), "checklist": SHA,
        "status": one_of("draft", "signed"), "replaces": maybe(ID), "replaced_by": maybe(ID), "verdict": maybe(TEXT), "rev": WHOLE,
        "at": TIME, "phone_at": TIME, "offset_ms": WHOLE, "received_at": TIME,
        "review": one_of("received", "returned", "approved", "rejected"), "review_note": maybe(ref("ReviewNote")),
        "reviewer": maybe(TEXT), "reviewed_at": maybe(TIME), "receipt": maybe(ref("Receipt")), "photos_missing": many(SHA)},
        {"answers": ref("Answers"), "details": ref("VisitDetails")}),
    "QuarantineRow": obj({
        "op": ID, "n": maybe(WHOLE), "row_id": ID, "problem": ref("ToldProblem"), "state": one_of("open", "released", "dismissed"),
        "note": maybe(TEXT), "at": TIME, "settled_at": maybe(TIME)}),
    "ConflictRow": obj(_VALUES | {"type": TYPES, "row_id": ID, "op": ID} | _TROUBLE),
}

_PUSH = {
    "ToldConflict": obj(_VALUES),
    "VisitMade": obj({
        "at": TIME, "status": one_of("draft", "signed"), "review": TEXT, "verdict": maybe(TEXT),
        "findings": many(obj({"item": ID, "key": FLAG, "action": TEXT, "due_on": DAY})), "missing": many(ID), "wanting_photos": many(ID)},
        {"answers": ref("Answers"), "details": ref("VisitDetails")}),
    "SiteMade": obj({}, {"id": ID, "rev": WHOLE} | _ASKED | _SITE_PHOTOS),
    "Result": obj({"n": WHOLE, "op": ID, "id": ID, "status": one_of("applied", "noop", "merged", "conflict", "rejected"), "replay": FLAG}, {
        "rev": WHOLE, "row": {"anyOf": [ref("VisitMade"), ref("TaskRow"), ref("SiteMade")]}, "conflicts": many(ref("ToldConflict")),
        "problem": ref("ToldProblem"), "receipt": ref("Receipt"), "photos_missing": many(SHA), "collected": FLAG}),
    "Pushed": obj({"results": many(ref("Result")), "cursor": maybe(TEXT), "server_time": TIME, "offset_ms": WHOLE},
                  {"gaps": many(pair(WHOLE))}),
}

PULLED = {"region": "RegionRow", "plan": "PlanRow", "rules": "RulesRow", "checklist": "ChecklistRow", "site": "SiteRow", "task": "TaskRow", "visit": "VisitRow",
          "quarantine": "QuarantineRow", "conflict": "ConflictRow"}  # the row of each type in a pull


def _put(type_: str, row: str) -> Schema:
    rev = {"rev": WHOLE} if type_ in ("site", "task", "visit") else {}
    return obj({"b": TEXT, "t": {"const": type_}, "id": ID, "op": {"const": "put"}} | rev | {"row": ref(row)})


_PULL = {
    "Removed": obj({"b": TEXT, "t": one_of(*PULLED), "id": ID, "op": {"const": "remove"}, "reason": one_of("deleted", "scope")}),
    "Change": {"oneOf": [*(_put(type_, row) for type_, row in PULLED.items()), ref("Removed")]},
    "Page": obj({"changes": many(ref("Change")), "drop": many(TEXT), "cursor": TEXT, "has_more": FLAG, "schema": WHOLE,
        "server_time": TIME},
                {"items": by_key(ref("Question"))}),
}

_PERSON = {"id": ID, "login": TEXT, "name": TEXT, "role": TEXT, "regions": many(ID)}
_SESSIONS = {
    "Limits": obj({"push_operations": WHOLE, "push_bytes": WHOLE, "pull_changes": WHOLE, "schema": WHOLE, "oldest_schema": WHOLE}),
    "LoggedIn": obj({"token": TEXT, "user": obj(_PERSON), "limits": ref("Limits")}),
    "WhoIsIt": obj(_PERSON | {"device_id": TEXT, "limits": ref("Limits")}),
}

ANSWERS: dict[str, Schema] = _CAPTURED | _REFUSED | _PUBLISHED | _ROWS | _PUSH | _PULL | _SESSIONS


def answers(status: int, name: str, description: str, **others: str) -> dict[str, Any]:
    """The `responses` of a route: what it answers, other statuses by description (`_304`), and a problem otherwise."""
    told = {str(status): {"description": description, "content": {"application/json": {"schema": ref(name)}}}}
    told |= {code.lstrip("_"): {"description": text} for code, text in others.items()}
    return {"responses": told | {"default": {
        "description": "出错：见 docs/problems.md", "content": {"application/problem+json": {"schema": ref("Problem")}}}}}
