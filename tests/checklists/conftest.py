"""The small bank and the small plan, as fixtures."""

import pytest

from checklists.plan import check_plan

from .small import PLAN, small_bank


@pytest.fixture(scope="session")
def bank(tmp_path_factory):
    return small_bank(tmp_path_factory.mktemp("items"))


@pytest.fixture(scope="session")
def plan(bank):
    plan, mistakes = check_plan(PLAN, bank)
    assert plan is not None, "\n".join(map(str, mistakes))
    return plan
