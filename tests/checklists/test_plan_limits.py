"""What a plan's text must not do to the server that reads it: nest without end, hold what no table holds, last for ever."""

import subprocess
import sys

import pytest

from checklists.bank import load_bank
from checklists.plan import check_plan
from tests.api.small import PLAN

LONG = "长" * 201


@pytest.mark.parametrize(("old", "new", "key"), [
    ("title: 测试计划：数字", 'title: "有\\0空字符"', "title"), ("title: 测试计划：数字", f"title: {LONG}", "title"),
    ("id: small\n", f"id: {'a' * 65}\n", "id"), ("id: over-half", "id: 'over|half'", "indicators[0].id"), ("id: over-half", f"id: {'a' * 65}", "indicators[0].id"),
    ("id: autumn", f"id: {'a' * 31}", "seasons[0].id"), ("to: 2022-12-31", "to: 9999-12-31", "period.to"), ("from: 2021-01-01", "from: 0001-01-01", "period.from"),
])
def test_what_no_table_holds_is_a_mistake_at_its_key(old: str, new: str, key: str):
    plan, mistakes = check_plan(PLAN.replace(old, new, 1), load_bank())
    assert plan is None and key in [one.key for one in mistakes], mistakes


@pytest.mark.parametrize("text", ["[" * 50_000 + "]" * 50_000, "{a: " * 50_000 + "}" * 50_000, "- " * 50_000], ids=["lists", "mappings", "blocks"])
def test_a_text_nested_without_end_is_a_mistake_and_not_the_end_of_the_process(text: str):
    script = "import sys; from checklists.yamlfile import parse; print(parse(sys.stdin.read(), 'a.yaml')[1][0].line)"
    done = subprocess.run([sys.executable, "-c", script], input=text, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr[-300:]
