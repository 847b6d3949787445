"""Plan files: what is read, and every way of writing one wrongly, with the line on which it is wrong."""

import json
from pathlib import Path

import pytest

from checklists.errors import PlanError
from checklists.plan import Plan, Target, check_plan, load_plan

from .small import PLAN, line_of

TRAINED = "    item: common.staff-trained\n"


def mistakes_of(text, bank):
    plan, mistakes = check_plan(text, bank, "p.yaml")
    assert (plan is None) == bool(mistakes)
    return mistakes


def test_the_small_plan_reads(plan):
    assert [c.id for c in plan.clauses] == ["c001", "c002", "c003", "c004"]
    assert plan.clause("c002").items == ("canteen.contractor", "canteen.sample-weight", "common.staff-trained")
    assert plan.indicator("trained").target == Target(">=", 90, "%", False)
    assert plan.season("spring").start == (2, 15)
    with pytest.raises(KeyError):
        plan.clause("c999")


def test_a_plan_survives_json(plan):
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


def test_the_summary_has_the_agreed_shape(plan):
    summary = plan.summary()
    assert set(summary) == {"id", "title", "doc_number", "issuer", "region", "period", "clauses", "indicators", "reports"}
    assert summary["period"] == {"from": "2022-01-01", "to": "2022-12-31"}
    assert {"article", "quote", "kind", "departments", "site_types", "items"} <= set(summary["clauses"][0])
    indicator = summary["indicators"][0]
    assert indicator["article"] == "（二）"
    assert indicator["target"] == {"op": ">=", "value": 90, "unit": "%", "inferred": False}
    assert indicator["window"]["kind"] == "year"
    assert {"id", "article", "title", "measure", "target", "level", "window"} <= set(indicator)
    assert summary["reports"] == [
        {"id": "yearly", "title": "年度报告", "kind": "annual", "due": "11-20", "article": "（三）"}]
    json.dumps(summary)


@pytest.mark.parametrize(("op", "value", "met"), [
    (">=", 90, True), (">", 90, False), (">", 90.01, True), ("<=", 90, True), ("<", 90, False), ("==", 90, True), ("==", 89, False),
])
def test_over_and_not_under_are_different_targets(op, value, met):
    assert Target(op, 90, "%").met(value) is met


# what is written instead of what, the words of the message, of the remedy, and the words on the line that is named
WRONG = [
    ("title: 小县", "titel: 小县", "不认识的键“titel”", "title", "titel:"),
    ("quote: 加强领导。", "quot: 加强领导。", "不认识的键“quot”", "quote", "quot:"),
    ("kind: organizational", "kind: organisational", "organisational", "organizational", "organisational"),
    ("kind: organizational", "kind: true", "True", "可用", "kind: true"),
    ("measure: summed", "measure: sumed", "sumed", "summed", "sumed"),
    ('op: ">="', 'op: "=>"', "=>", ">=", 'op: "=>"'),
    ('region: "140525"', "region: 140525", "写成了数字", 'region: "140525"', "region: 140525"),
    ('region: "140525"', 'region: "14-05"', "区划代码", "140525", "14-05"),
    ("value: 90", 'value: "90"', "应为数字，写成了文字", "不带引号", 'value: "90"'),
    ("value: 90", "value: true", "应为数字，写成了是/否值", "value", "value: true"),
    ("value: 90", "value: .nan", "无穷或非数", "value", "value: .nan"),
    ("value: 90", "value: 900", "0到100", "65", "value: 900"),
    ("level: 关键项", "level: 重点项", "重点项", "关键项", "level: 重点项"),
    ("issued: 2022-01-10", "issued: 2022年", "应为日期", "2022-03-15", "issued: 2022年"),
    ("to: 2022-12-31}", "to: 2021-12-31}", "早于开始日期", "先后", "to: 2021-12-31"),
    ("from: 02-15", "from: 02-30", "不是月-日", "02-15", "from: 02-30"),
    ("from: 02-15", "from: 2-15", "不是月-日", "02-15", "from: 2-15"),
    ('due: "11-20"', 'due: "20"', "不是每年报送的期限", "11-20", 'due: "20"'),
    ('due: "11-20"', 'due: "13-20"', "不是每年报送的期限", "11-20", 'due: "13-20"'),
    ('kind: annual, due: "11-20"', 'kind: monthly, due: "32"', "不是每月报送的期限", "15", 'due: "32"'),
    ('kind: annual, due: "11-20"', 'kind: quarterly, due: "next-20"', "不是每季度", "last-month-20", "next-20"),
    ('kind: annual, due: "11-20"', 'kind: once, due: "11-20"', "应为日期", "2022-03-15", 'due: "11-20"'),
    ('kind: annual, due: "11-20"', "kind: monthly, due: 15", "写成了数字", 'due: "15"', "due: 15"),
    ("window: {kind: year}", "window: {kind: season}", "缺少时段", "season", "kind: season"),
    ("window: {kind: year}", "window: {kind: year, season: spring}", "不用时段", "删去", "season: spring}"),
    ("filter: {site_types: [school_canteen], attributes: {}}", "filter: {site_types: [], attributes: {}}", "不能为空", "site_types", "site_types: []"),
    ("attributes: {}}", "attributes: {near_schol: true}}", "near_schol", "near_school", "near_schol"),
    ("attributes: {}}", "attributes: {scale: [large, smal]}}", "smal", "small", "smal]"),
    ("attributes: {}}", "attributes: {products: [dairi]}}", "dairi", "dairy", "dairi"),
    (TRAINED, TRAINED + "    per: {residents: 1000, base: resident}\n", "“per”不用于measure: summed", "counted", "per:"),
    (TRAINED, TRAINED + "    records: {kind: food_sampling}\n", "“records”不用于", "counted", "records:"),
    (TRAINED, TRAINED + "    holding: licence\n", "“holding”不用于", "holding", "holding:"),
    # references
    ("items: [common.expired,", "items: [common.expird,", "没有“common.expird”", "common.expired", "common.expird"),
    ("clause: c002", "clause: c02", "没有条款", "c00", "clause: c02"),
    ("clause: c002", "clause: c001", "不是目标条款", "target", "clause: c001"),
    ("window: {kind: year}", "window: {kind: season, season: sprin}", "没有时段", "spring", "season: sprin"),
    ("window: {kind: year}", "window: {kind: year, deadline: 2021-01-01}", "早于计划开始", "日期", "deadline"),
    ("id: c002", "id: c001", "重复", "换一个", "id: c001\n    article: （二）"),
    (TRAINED, "    item: common.expired\n", "计数题", "count_pair", "item: common.expired"),
    ("filter: {site_types: [school_canteen], attributes: {}}", "filter: {site_types: [school_canteen, catering], attributes: {}}",
     "没有条款在catering检查", "补上", "item: common.staff-trained"),
    (TRAINED, "", "二者选一", "numerator", "id: trained"),
]


@pytest.mark.parametrize(("old", "new", "message", "remedy", "place"), WRONG, ids=[f"{n}" for n in range(len(WRONG))])
def test_a_wrong_plan_is_told_with_its_line_and_remedy(bank, old, new, message, remedy, place):
    text = PLAN.replace(old, new, 1)
    assert text != PLAN
    found = [m for m in mistakes_of(text, bank) if message in m.message]
    assert found, mistakes_of(text, bank)
    assert remedy in found[0].remedy
    assert found[0].line == line_of(text, place)
    assert found[0].file == "p.yaml"


@pytest.mark.parametrize(("old", "new", "message"), [
    ("    items: [common.expired, common.licence, common.front-photo]\n", "", "没有检查项"),
    ("    site_types: [school_canteen, catering]\n", "", "没有写主体类型"),
    ("    site_types: [school_canteen, catering]\n", "    site_types: [milk_station]\n", "不用于本条的任何一类主体"),
])
def test_a_field_clause_without_items_or_types_is_a_mistake(bank, old, new, message):
    assert any(message in m.message for m in mistakes_of(PLAN.replace(old, new, 1), bank))


def test_a_site_type_that_no_item_of_its_clause_serves_is_a_mistake(bank):
    text = PLAN.replace("site_types: [school_canteen, catering]", "site_types: [school_canteen, milk_station]", 1)
    [mistake] = mistakes_of(text, bank)
    assert (mistake.key, "milk_station" in mistake.message) == ("clauses[0].site_types[1]", True)


def test_a_target_clause_without_an_indicator_is_a_mistake(bank):
    [mistake] = mistakes_of(PLAN[: PLAN.index("indicators:")], bank)
    assert "没有指标" in mistake.message


INDICATOR = """\
  - id: more
    clause: c002
    title: 另一个
    window: {kind: period}
    target: {op: ">", value: 4, unit: 批次/千人}
"""


@pytest.mark.parametrize(("keys", "message"), [
    ("    measure: counted\n    records: {kind: food_sampling}\n    per: {residents: 1000, base: resident}\n", None),
    ("    measure: counted\n    records: {kind: [food_sampling, risk_monitoring], methods: [laboratory], residue: true}\n", None),
    ("    measure: counted\n", "缺少“records”"),
    ("    measure: counted\n    records: {kind: food_sample}\n", "food_sample"),
    ("    measure: counted\n    records: {kind: food_sampling, methods: [quick]}\n", "quick"),
    ("    measure: counted\n    records: {kind: food_sampling}\n    per: {residents: 0, base: resident}\n", "整数"),
    ("    measure: counted\n    records: {kind: food_sampling}\n    per: {residents: 1000, base: all}\n", "all"),
    ("    measure: reported\n    numerator_label: 合格批次\n    denominator_label: 全部批次\n", None),
    ("    measure: reported\n", "缺少“numerator_label”"),
    ("    measure: inspected\n", "缺少“filter”"),
    ("    measure: inspected\n    filter: {site_types: [catering]}\n", None),
    ("    measure: holding\n    filter: {site_types: [catering]}\n    holding: licence\n", None),
    ("    measure: holding\n    filter: {site_types: [catering]}\n    holding: lisence\n", "lisence"),
    ("    measure: marked\n    filter: {site_types: [catering]}\n    item: common.expired\n", None),
    ("    measure: marked\n    filter: {site_types: [catering]}\n    item: common.licence\n", None),
    ("    measure: marked\n    filter: {site_types: [catering]}\n    item: common.front-photo\n", "判不出合格"),
    ("    measure: marked\n    filter: {site_types: [catering, small_stall]}\n    item: common.expired\n", "没有条款在small_stall"),
    ("    measure: marked\n    filter: {site_types: [school_canteen]}\n    item: canteen.run-mode\n", "判不出合格"),
    ("    measure: closed\n    filter: {site_types: [catering]}\n", None),
    ("    measure: closed\n    filter: {site_types: [catering]}\n    items: [common.expired]\n", None),
    ("    measure: closed\n    filter: {site_types: [catering]}\n    items: [common.front-photo]\n", "不会产生问题"),
    ("    measure: summed\n    filter: {site_types: [school_canteen]}\n"
     "    items: {numerator: canteen.sample-weight, denominator: canteen.sample-weight}\n", "小数"),
    ("    measure: summed\n    filter: {site_types: [school_canteen]}\n"
     "    items: {numerator: canteen.sample-weight, denominator: common.staff-trained}\n", "数值题"),
    ("    measure: summed\n    filter: {site_types: [school_canteen]}\n    items: [canteen.sample-weight]\n", "分子和分母"),
    ("    measure: summed\n    filter: {site_types: [school_canteen]}\n    items: {numerator: canteen.sample-weight}\n", "denominator"),
])
def test_each_measure_takes_its_own_keys_and_no_others(bank, keys, message):
    mistakes = mistakes_of(PLAN + INDICATOR + keys, bank)
    if message is None:
        assert mistakes == []
    else:
        assert any(message in m.message or message in m.remedy for m in mistakes), mistakes


def test_batches_per_thousand_residents_cannot_be_a_per_cent(bank):
    keys = "    measure: counted\n    records: {kind: food_sampling}\n    per: {residents: 1000, base: resident}\n"
    mistakes = mistakes_of(PLAN + INDICATOR.replace("批次/千人", '"%"') + keys, bank)
    assert {m.key for m in mistakes} == {"indicators[1].target.unit"}


def test_a_number_of_batches_cannot_be_a_per_cent(bank):
    keys = "    measure: counted\n    records: {kind: food_sampling}\n"
    [mistake] = mistakes_of(PLAN + INDICATOR.replace("批次/千人", '"%"') + keys, bank)
    assert (mistake.key, "reported" in mistake.remedy) == ("indicators[1].target.unit", True)


def test_all_mistakes_of_one_file_are_told_at_once_in_order(bank):
    text = PLAN.replace("title: 小县", "titel: 小县").replace("kind: field", "kind: feild").replace("value: 90", "value: x")
    lines = [m.line for m in mistakes_of(text, bank)]
    assert len(lines) >= 4
    assert lines == sorted(lines)


def test_a_file_that_is_not_utf8_or_not_a_mapping_is_told(bank, tmp_path):
    path = tmp_path / "gbk.yaml"
    path.write_bytes("title: 食品安全".encode("gbk"))
    with pytest.raises(PlanError, match="UTF-8"):
        load_plan(path, bank)
    assert "键: 值" in mistakes_of("- a\n- b\n", bank)[0].message
    assert mistakes_of("just words\n", bank)


def test_a_file_with_a_byte_order_mark_reads_as_any_other(bank, tmp_path, plan):
    path = tmp_path / "bom.yaml"
    path.write_text(PLAN, encoding="utf-8-sig")
    assert load_plan(path, bank) == plan


def test_a_plan_error_says_everything_and_names_the_file(bank, tmp_path):
    path = Path(tmp_path) / "bad.yaml"
    path.write_text(PLAN.replace("kind: field", "kind: feild"), encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_plan(path, bank)
    assert "bad.yaml:" in str(caught.value)
    assert caught.value.mistakes[0].to_dict()["file"] == "bad.yaml"


def test_an_unknown_item_is_told_beside_a_slip_of_form(bank):
    mistakes = mistakes_of(PLAN.replace("title:", "titel:", 1).replace("items: [", "items: [no.such-item, ", 1), bank)
    assert any("titel" in str(mistake) for mistake in mistakes)
    assert any("no.such-item" in str(mistake) for mistake in mistakes)
