"""A phone that was told nothing by its county goes by the same frequencies as the server."""

from inspect_api.services.rules import DEFAULTS
from tests.web.test_attributes import FIELD, literal


def test_phone_and_server_ask_for_the_same_visits_a_year_by_default():
    assert literal(FIELD / "stores" / "frequencies.ts", "FREQUENCIES") == DEFAULTS.frequencies
