"""The four marks of an item, and the errors of an answer. Shared by the kinds, the validator and the bank."""

MARKS: dict[str, str] = {"pass": "符合", "fail": "不符合", "not_applicable": "不适用", "not_observed": "未看到"}

# Marks that set a question aside instead of answering it; allowed for every kind.
ASIDE: frozenset[str] = frozenset({"not_applicable", "not_observed"})

ERROR_CODES: dict[str, str] = {
    "unknown-item": "检查表里没有这一项",
    "wrong-kind": "填法与题型不符",
    "out-of-range": "超出可填范围",
    "bad-note": "备注不是文字，或超过2000字",
    "bad-photo": "照片编号不是64位小写SHA-256",
}

Error = tuple[str, str]  # (code, message in Chinese)
Outcome = tuple[str | None, Error | None]  # (mark, error)
Problem = tuple[str, str, str]  # (key, message, remedy) of an item's definition
