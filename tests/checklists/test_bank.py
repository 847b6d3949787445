"""The item bank and every way of writing an item wrongly."""

import pytest

from checklists.bank import check_bank, load_bank
from checklists.errors import PlanError

from .small import CANTEEN, COMMON, line_of, write_bank


def mistakes_of(tmp_path, **files):
    bank, mistakes = check_bank(write_bank(tmp_path, **files))
    assert (bank is None) == bool(mistakes)
    return mistakes


def test_the_small_bank_reads_in_order_with_common_first(bank):
    assert list(bank.sections) == ["common", "canteen"]
    assert list(bank.items)[:2] == ["common.front-photo", "common.licence"]
    assert bank.items["canteen.sample-weight"].options == {"unit": "克", "min": 0, "max": 2000, "pass_min": 125}
    assert bank.items["common.front-photo"].polarity == "positive"


@pytest.mark.parametrize(("old", "new", "word", "remedy"), [
    ("    question: 许可证是否有效？\n", "", "缺少“question”", "question"),
    ("    kind: certificate", "    kind: certificat", "certificat", "certificate"),
    ("    polarity: negative", "    polarity: bad", "bad", "negative"),
    ("    polarity: negative", "    polarty: negative", "polarty", "polarity"),
    ("[school_canteen, catering, small_stall]", "[school_canten]", "school_canten", "school_canteen"),
    ("[school_canteen, catering, small_stall]", "[]", "不能为空", "site_types"),
    ("    key: true\n    polarity: negative", "    key: 1\n    polarity: negative", "true或false", "key: true"),
    ("    remedy: {action: 立即下架, days: 1}\n", "", "整改", "remedy"),
    ("days: 1}", "days: soon}", "整数", "days"),
    ("days: 1}", "days: 1.5}", "整数", "days"),
    ("days: 1}", "days: true}", "整数", "days"),
    ("    validity: true\n", "", "有效期", "validity"),
    ("{when: on_fail, min: 1}", "{when: on_fail, min: 0}", "至少", "min"),
    ("{when: on_fail, min: 1}", "{when: sometimes, min: 1}", "sometimes", "可用"),
    ("id: common.expired", "id: Common.Expired", "写法不对", "area.kebab-name"),
    ("id: common.expired", "id: common.licence", "重复", "换一个"),
    ("id: common.expired", "id: 12", "应为文字", '"12"'),
    ("    have_label: 培训人数\n", "", "have_label", "have_label"),
    ("    of_label: 总人数\n", "    of_label: 总人数\n    pass_ratio: 95\n", "0到1", "0.9"),
    ("    of_label: 总人数\n", "    of_label: 总人数\n    pass_ratio: .nan\n", "0到1", "0.9"),
    ("    of_label: 总人数\n", "    of_label: 总人数\n    recorded_mark: fail\n", "pass", "pass"),
    ("    of_label: 总人数\n", "    of_label: 总人数\n    unit: 人\n", "unit", "可用"),
])
def test_a_wrong_item_is_told_with_its_line_and_remedy(tmp_path, old, new, word, remedy):
    text = COMMON.replace(old, new, 1)
    assert text != COMMON
    [mistake] = mistakes_of(tmp_path, common=text)
    assert mistake.file == "common.yaml"
    assert word in mistake.message
    assert remedy in mistake.remedy
    assert mistake.line > 1


def test_an_unknown_key_names_the_line_it_stands_on(tmp_path):
    text = COMMON.replace("polarity: negative", "polarty: negative")
    [mistake] = mistakes_of(tmp_path, common=text)
    assert mistake.line == line_of(text, "polarty")
    assert mistake.key == "items[2].polarty"
    assert str(mistake).startswith(f"common.yaml:{mistake.line}: items[2].polarty: ")


@pytest.mark.parametrize(("old", "new", "word"), [
    ("item: canteen.run-mode", "item: canteen.run-mod", "不认识检查项"),
    ("item: canteen.run-mode", "item: canteen.sample-weight", "之后"),
    ("item: canteen.run-mode", "item: canteen.contractor", "之后"),
    ("in: [contracted]", "in: [pass]", "不会有“pass”"),
    ("in: [contracted]", "in: []", "不能为空"),
    ("value: own,", "value: yes,", "不是文字"),
    ("value: own,", "value: contracted,", "重复"),
    ("    pass_min: 125", "    pass_min: 5000", "范围"),
    ("    max: 2000", "    max: -1", "max应大于min"),
    ("    max: 2000", "    max: .inf", "不是数字"),
    ("    max: 2000", "    max: true", "不是数字"),
    ("    unit: 克\n", "", "单位"),
])
def test_a_wrong_condition_or_limit_is_told(tmp_path, old, new, word):
    text = CANTEEN.replace(old, new, 1)
    assert text != CANTEEN
    assert any(word in m.message for m in mistakes_of(tmp_path, canteen=text))


def test_an_advisory_item_needs_no_remedy(bank):
    assert bank.items["canteen.parents"].advisory
    assert bank.items["canteen.parents"].remedy is None


def test_an_id_of_another_file_cannot_be_taken_again(tmp_path):
    [mistake] = mistakes_of(tmp_path, canteen=CANTEEN.replace("canteen.parents", "common.licence"))
    assert (mistake.file, "common.yaml" in mistake.message) == ("canteen.yaml", True)


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path):
    write_bank(tmp_path, common="a: [", canteen=CANTEEN.replace("kind: number", "kind: numbr"))
    with pytest.raises(PlanError) as caught:
        load_bank(tmp_path)
    assert {m.file for m in caught.value.mistakes} == {"common.yaml", "canteen.yaml"}


def test_a_folder_without_items_is_a_mistake_and_not_an_empty_bank(tmp_path):
    bank, [mistake] = check_bank(tmp_path)
    assert bank is None
    assert mistake.remedy
