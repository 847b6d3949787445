"""How much a photo or a captured place proves, worked out from facts whenever somebody asks, and never stored.

    grade(PhotoFacts(…))     # Grade("fair", (Reason("no-place", "…", "fair"), Reason("taken-in-app", "…", "support")))
    grade(PlaceFacts(…))

A grade helps a reviewer to see where to look. It refuses nothing and accuses nobody: see docs/evidence.md, which holds the
table of RULES and the thresholds.
"""

from media.evidence.facts import PhotoFacts, PlaceFacts, Twin
from media.evidence.grade import GRADES, Grade, Reason, grade
from media.evidence.rules import EFFECTS, RULES, Rule

__all__ = ["EFFECTS", "GRADES", "RULES", "Grade", "PhotoFacts", "PlaceFacts", "Reason", "Rule", "Twin", "grade"]
