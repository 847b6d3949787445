"""What the server tells by codes has one word in both apps: none is missing, none is left over, and it is the server's own where it has one."""

from checklists.marks import MARKS
from checklists.measures import DOCUMENTS
from checklists.site_types import SITE_TYPES
from checklists.verdict import RESULTS
from inspect_api.auth import ROLES
from inspect_api.services.exports.tables import REVIEWS
from inspect_api.services.regions import LEVELS
from tests.web.packages import WEB
from tests.web.test_attributes import literal

WORDS = WEB / "src" / "shared" / "words"


def test_both_apps_call_site_types_as_the_server_does_and_in_its_order():
    types = literal(WORDS / "sites.ts", "siteTypes")
    assert types == SITE_TYPES and list(types) == list(SITE_TYPES)


def test_both_apps_call_marks_verdicts_reviews_and_documents_as_the_server_does():
    assert literal(WORDS / "visits.ts", "marks") == MARKS
    assert literal(WORDS / "visits.ts", "verdicts") == RESULTS
    assert literal(WORDS / "visits.ts", "reviewStates") == REVIEWS
    assert literal(WORDS / "visits.ts", "documents") == DOCUMENTS


def test_both_apps_have_a_word_for_every_role_and_every_level_of_regions():
    assert set(literal(WORDS / "people.ts", "roles")) == set(ROLES)
    assert set(literal(WORDS / "regions.ts", "regionLevels")) == set(LEVELS.values())
