"""Site types, attributes and the filter that chooses among them."""

import pytest

from checklists.site_types import ATTRIBUTES, SITE_TYPES, check_attributes, matches


def test_every_site_type_and_attribute_has_a_chinese_title():
    titles = [*SITE_TYPES.values(), *(a.title for a in ATTRIBUTES.values())]
    titles += [title for a in ATTRIBUTES.values() for title in a.values.values()]
    assert len(SITE_TYPES) == 26
    assert all(any("\u4e00" <= c <= "\u9fff" for c in title) for title in titles)


@pytest.mark.parametrize(("filter", "attributes", "expected"), [
    ({}, {}, True),
    ({"site_types": [], "attributes": {}}, {}, True),
    ({"site_types": ["school_canteen"]}, {}, True),
    ({"site_types": ["catering"]}, {}, False),
    ({"attributes": {"near_school": True}}, {"near_school": True}, True),
    ({"attributes": {"near_school": True}}, {"near_school": False}, False),
    ({"attributes": {"near_school": True}}, {}, False),
    ({"attributes": {"near_school": False}}, {}, True),
    ({"attributes": {"scale": ["large", "medium"]}}, {"scale": "medium"}, True),
    ({"attributes": {"scale": ["large", "medium"]}}, {"scale": "small"}, False),
    ({"attributes": {"scale": "large"}}, {"scale": "large", "online": True}, True),
    ({"attributes": {"products": ["dairy", "meat"]}}, {"products": ["tea", "meat"]}, True),
    ({"attributes": {"products": "dairy"}}, {"products": ["dairy"]}, True),
    ({"attributes": {"products": ["dairy"]}}, {"products": []}, False),
    ({"attributes": {"near_school": True}}, {"near_school": 1}, False),
    ({"attributes": {"near_school": True, "scale": "large"}}, {"near_school": True, "scale": "small"}, False),
])
def test_a_filter_means_these_school_canteens(filter, attributes, expected):
    assert matches(filter, "school_canteen", attributes) is expected


@pytest.mark.parametrize(("attributes", "word"), [
    ({"nearschool": True}, "nearschool"),
    ({"near_school": "yes"}, "是或否"),
    ({"scale": "huge"}, "huge"),
    ({"scale": ["large"]}, "不认识"),
    ({"products": "dairy"}, "列表"),
    ({"products": ["dairy", "gold"]}, "gold"),
    ({"products": [{"a": 1}]}, "不认识"),
    ({"filing_number": 12}, "文字"),
])
def test_a_wrong_attribute_is_told_in_words(attributes, word):
    [problem] = check_attributes(attributes)
    assert word in problem


def test_right_attributes_have_no_problem():
    assert check_attributes({"near_school": False, "scale": "micro", "products": ["meat"], "filing_number": "豫1"}) == []
