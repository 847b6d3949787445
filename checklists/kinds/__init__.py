"""The kinds of items, one file each; KINDS is the whole list.

Every kind module has
    TITLE                        its Chinese name
    OPTIONS                      the keys that only its items have
    check(item) -> [Problem]     what is wrong with those keys in a definition
    marks(item) -> frozenset     the marks that a captured value can give (besides being set aside)
    compile_validator(item)      -> function (answer, visit_date) -> (mark or None, error or None)
    kept(value)                  what the judgement keeps of a valid value; `kept = None`: nothing
"""

from types import ModuleType

from checklists.kinds import certificate, choice, count_pair, date, mark, number, photo, text

KINDS: dict[str, ModuleType] = {
    "mark": mark,
    "choice": choice,
    "number": number,
    "count_pair": count_pair,
    "text": text,
    "date": date,
    "certificate": certificate,
    "photo": photo,
}
