"""Answers -> marks, findings, errors. Compiled once per checklist; the phone's answers are judged again on the server.

An answer on the wire: `{link_id: {"mark": mark} | {"value": ...}, optional "note": text, "photos": [sha256 hex]}`.
Null parts count as absent, keys that are not known are left alone (a newer phone may send more).
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from checklists.compile import Checklist
from checklists.kinds import KINDS, photo
from checklists.kinds.common import Validate
from checklists.marks import ASIDE, ERROR_CODES
from checklists.verdict import Counts

LONGEST_NOTE = 2000
MOST_PHOTOS = 50
_SHA256 = re.compile(r"[0-9a-f]{64}").fullmatch


class Finding(NamedTuple):
    """A failed item: what is to be done, and by when (`due_on` is a local date)."""

    link_id: str
    key: bool
    note: str | None
    action: str
    due_on: dt.date


class AnswerError(NamedTuple):
    """An answer that cannot be taken as given. `code` is one of marks.ERROR_CODES, `message` Chinese."""

    link_id: str
    code: str
    message: str


class Judgement(NamedTuple):
    """What a visit's answers come to. All lists are in checklist order; `photos` are all that the visit names,
    those of disabled and unknown items too, so that none is lost.

    `values` keeps numbers, `[have, of]`, option values, dates, and a certificate's last valid day. `missing` are
    enabled items without an answer; `wanting_photos` those with fewer photos than their rule asks. An answer whose
    mark or value is wrong has no mark; one whose note or photos are wrong keeps it.
    """

    marks: dict[str, str]
    values: dict[str, Any]
    findings: list[Finding]
    missing: list[str]
    errors: list[AnswerError]
    photos: list[str]
    wanting_photos: list[str]


class _Entry(NamedTuple):
    """An item, ready for judging."""

    link_id: str
    validate: Validate
    kept: Callable[[Any], Any] | None
    parent: str | None  # enabled when the parent's answer is in `allowed`
    by_value: bool
    allowed: frozenset[str]
    remedy: tuple[bool, str, dt.timedelta] | None  # key, action, time; None: never a finding
    photo_marks: frozenset[str] | None  # which marks want photos; None: an answered item of any mark but set aside
    photo_min: int


_WANTED: dict[str, frozenset[str] | None] = {
    "on_fail": frozenset({"fail"}), "on_pass": frozenset({"pass"}), "always": None, "never": frozenset(),
}


class Validator:
    """Judges answers to one checklist. Immutable, safe to share between threads; keep one per version."""

    __slots__ = ("_entries", "_links", "_photo_links", "_weights")

    def __init__(self, checklist: Checklist | Mapping[str, Any]):
        content = checklist.content if isinstance(checklist, Checklist) else checklist
        items = {item["link_id"]: item for section in content["sections"] for item in section["items"]}
        self._entries = tuple(_entry(item, items) for item in items.values())
        self._links = frozenset(items)
        self._photo_links = frozenset(link_id for link_id, item in items.items() if item["kind"] == "photo")
        self._weights = {link_id: bool(item["key"]) for link_id, item in items.items() if not item["advisory"]}

    def judge(self, answers: Mapping[str, Any], at: dt.date) -> Judgement:
        """Judge the answers of a visit on the local date `at`. Never raises for what an answer holds."""
        marks: dict[str, str] = {}
        values: dict[str, Any] = {}
        findings: list[Finding] = []
        missing: list[str] = []
        errors: list[AnswerError] = []
        photos: list[str] = []
        wanting: list[str] = []
        get = answers.get
        answered = 0
        for link_id, validate, kept, parent, by_value, allowed, remedy, photo_marks, photo_min in self._entries:
            answer = get(link_id)
            if answer is not None:
                answered += 1
            if parent is not None and (values if by_value else marks).get(parent) not in allowed:
                if answer is not None:
                    photos += _named_photos(answer)
                continue
            if answer is None:
                missing.append(link_id)
                continue
            if not isinstance(answer, dict):
                errors.append(AnswerError(link_id, "wrong-kind", "答案应为一组内容"))
                continue
            note, shas = answer.get("note"), answer.get("photos")
            if note is not None and (not isinstance(note, str) or len(note) > LONGEST_NOTE):
                errors.append(AnswerError(link_id, "bad-note", ERROR_CODES["bad-note"]))
                note = None
            if shas:
                if _are_photos(shas):
                    photos += shas
                else:
                    errors.append(AnswerError(link_id, "bad-photo", ERROR_CODES["bad-photo"]))
                    answer, shas = {**answer, "photos": None}, None
            mark, error = validate(answer, at)
            if error is not None:
                errors.append(AnswerError(link_id, *error))
                continue
            value = answer.get("value")
            if mark is not None:
                marks[link_id] = mark
                if remedy is not None and mark == "fail":
                    findings.append(Finding(link_id, remedy[0], note, remedy[1], at + remedy[2]))
            elif value is None and (link_id not in self._photo_links or not shas):
                missing.append(link_id)
                continue
            if value is not None and kept is not None and (keep := kept(value)) is not None:
                values[link_id] = keep
            if photo_min and (not shas or len(shas) < photo_min) and (
                    mark in photo_marks if photo_marks is not None else mark not in ASIDE):
                wanting.append(link_id)
        if answered != len(answers):
            for link_id in answers.keys() - self._links:
                errors.append(AnswerError(str(link_id), "unknown-item", ERROR_CODES["unknown-item"]))
                photos += _named_photos(answers[link_id])
        return Judgement(marks, values, findings, missing, errors, list(dict.fromkeys(photos)), wanting)

    def counts(self, marks: Mapping[str, str]) -> Counts:
        """How many key and general items passed and failed, for a verdict. Advisory items are left out."""
        tally = {(True, "pass"): 0, (True, "fail"): 0, (False, "pass"): 0, (False, "fail"): 0}
        weights = self._weights
        for link_id, mark in marks.items():
            if (mark == "pass" or mark == "fail") and (key := weights.get(link_id)) is not None:
                tally[key, mark] += 1
        return Counts(*tally.values())


def _entry(item: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> _Entry:
    kind, rule, condition, remedy = KINDS[item["kind"]], item["photo"], item["enable_when"], item["remedy"]
    wanted, least = _WANTED[rule["when"]], rule["min"]
    if item["kind"] == "photo":
        wanted, least = None, photo.least(item)
    return _Entry(
        item["link_id"], kind.compile_validator(item), kind.kept,
        condition["item"] if condition else None,
        bool(condition) and items[condition["item"]]["kind"] == "choice",
        frozenset(condition["in"] if condition else ()),
        (item["key"], remedy["action"], dt.timedelta(days=remedy["days"])) if remedy and not item["advisory"] else None,
        wanted, least)


def _are_photos(shas: Any) -> bool:
    return isinstance(shas, list) and len(shas) <= MOST_PHOTOS and all(isinstance(s, str) and _SHA256(s) for s in shas)


def _named_photos(answer: Any) -> Iterable[str]:
    """The photos of an answer that is not judged."""
    shas = answer.get("photos") if isinstance(answer, dict) else None
    return shas if shas and _are_photos(shas) else ()
