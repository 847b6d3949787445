"""YAML with line numbers, and the slips of the pen that people make in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.yamlfile import parse, shown


def only_mistake(text):
    _, mistakes = parse(text, "a.yaml")
    assert len(mistakes) == 1, mistakes
    return mistakes[0]


def test_every_key_and_list_entry_knows_its_line():
    doc, mistakes = parse("a: 1\nb:\n  - c: x\n  - d:\n      e: y\n", "a.yaml")
    assert mistakes == []
    assert doc.data == {"a": 1, "b": [{"c": "x"}, {"d": {"e": "y"}}]}
    assert [doc.line(p) for p in (("a",), ("b",), ("b", 0, "c"), ("b", 1, "d", "e"))] == [1, 2, 3, 5]


def test_a_path_that_is_not_there_has_the_line_of_what_would_hold_it():
    doc, _ = parse("a: 1\nb:\n  c: 2\n", "a.yaml")
    assert doc.line(("b", "missing", 3)) == 2
    assert doc.line(("missing",)) == 1


def test_a_path_is_shown_as_people_write_it():
    assert shown(("clauses", 3, "items", 0)) == "clauses[3].items[0]"


def test_a_tab_is_named_as_a_tab_with_its_line():
    mistake = only_mistake("a: 1\nb:\n\tc: 2\n")
    assert (mistake.line, "Tab" in mistake.message, "空格" in mistake.remedy) == (3, True, True)


def test_a_key_written_twice_names_both_lines():
    mistake = only_mistake("a: 1\nb: 2\na: 3\n")
    assert (mistake.line, mistake.key) == (3, "a")
    assert "第1行" in mistake.message


@pytest.mark.parametrize(("text", "line", "word"), [
    ("", 1, "空"),
    ("# only a remark\n", 1, "空"),
    ("a: 1\nb: [1, 2\n", 3, "写法"),
    ("a: 1\n---\nb: 2\n", 2, "多份"),
    ("a: *x\n", 1, "别名"),
    ("a: &x [1]\nb: *x\n", 1, "别名"),
    ("a: 1\nb: !!python/object:os.system {}\n", 2, "不支持"),
    ("a: 2022-02-30\n", 1, "2022-02-30"),
    ("a: 1\n? [x]\n: 2\n", 2, "键"),
    ("<<: {a: 1}\nb: 2\n", 1, "键"),
    ('a: "never closed\n', 1, "写法"),
])
def test_ugly_yaml_becomes_one_mistake_with_its_line(text, line, word):
    mistake = only_mistake(text)
    assert word in mistake.message
    assert mistake.line >= line
    assert mistake.remedy


def test_a_time_of_day_stays_a_text_and_is_not_a_number_of_minutes():
    doc, _ = parse("a: 12:30\n", "a.yaml")
    assert doc.data == {"a": "12:30"}


def test_a_deep_nest_is_refused_and_not_followed():
    _, mistakes = parse("[" * 60 + "]" * 60, "a.yaml")
    assert any("太深" in m.message for m in mistakes)


@given(st.text(max_size=200))
def test_no_text_whatever_raises(text):
    doc, mistakes = parse(text, "a.yaml")
    assert doc is not None or mistakes
