"""From facts to a grade: the rules that hold, worst first, and the lowest grade that one of them allows."""

from dataclasses import dataclass

from media.evidence.facts import PhotoFacts, PlaceFacts
from media.evidence.rules import EFFECTS, RULES, Rule
from media.evidence.words import written

GRADES: dict[str, str] = {"strong": "充分", "fair": "一般", "weak": "薄弱"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the code of a rule, its Chinese text filled in, and its effect, a key of EFFECTS."""

    code: str
    text: str
    effect: str


@dataclass(frozen=True, slots=True)
class Grade:
    """`grade` is a key of GRADES, or None when there is nothing yet to grade; `reasons` stand worst first."""

    grade: str | None
    reasons: tuple[Reason, ...]


def grade(facts: PhotoFacts | PlaceFacts, rules: tuple[Rule, ...] = RULES) -> Grade:
    """The grade of a photo or a place, with every reason in the order of the table (which is by effect).

    Strong is what nothing caps. Each way of telling no time or no place is a rule that caps, so nothing is strong for want of
    facts. A photo that has not arrived, or a place that was not captured, is not graded and has that one reason.
    """
    found = tuple(Reason(rule.code, written(rule.text, seen), rule.effect)
                  for rule in rules for seen in _looked_at(rule, facts) if rule.holds(seen))
    found = tuple(sorted(found, key=lambda reason: _RANK[reason.effect]))
    if found and found[0].effect == "ungraded":
        return Grade(None, found[:1])
    worst = found[0].effect if found else "support"
    return Grade(worst if worst in GRADES else "strong", found)


_RANK = {effect: rank for rank, effect in enumerate(EFFECTS)}


def _looked_at(rule: Rule, facts: PhotoFacts | PlaceFacts) -> tuple[PhotoFacts | PlaceFacts, ...]:
    """What of these facts a rule looks at: one thing or nothing."""
    if isinstance(facts, PlaceFacts):
        return () if rule.of == "photo" else (facts,)
    return {"photo": (facts,), "place": (), "both": (facts.place,)}[rule.of]
