"""Every command of `flask`, as an operator types it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask

from checklists.measures import MEASURES
from checklists.plan import plan_files
from inspect_api.cli import COMMANDS
from inspect_api.config import SETTINGS
from inspect_api.models import Audit, Region, Tally, User, Visit
from inspect_api.services import stamps
from tests.api.asking import count, numbers, pair, pushed, write
from tests.support.databases import Template, app_on
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, PASSWORD

PLANS = ("jincheng-chengqu-2022", "wuqing-2022", "yima-2022-2024", "yuncheng-2020", "zezhou-2021")
SMALL = Path(__file__).parent / "small_plan.yaml"


def run(app: Flask, *words: str, exit_code: int = 0, **more: Any) -> str:
    """Run `flask …`; its output."""
    told = app.test_cli_runner(env={"COLUMNS": "200"}).invoke(args=list(words), **more)
    assert told.exit_code == exit_code, (told.output, told.exception)
    assert "Traceback" not in told.output
    return told.output


def test_every_command_has_help(one_app: Flask):
    for command in COMMANDS:
        assert command.help or command.short_help, command.name
        for name in getattr(command, "commands", {}):
            assert "Usage:" in run(one_app, command.name, name, "--help")


def test_settings_prints_every_setting_and_hides_the_password_of_the_database(template: Template):
    with template.copy() as app:
        told = run(app, "settings")
        assert all(setting.name in told for setting in SETTINGS)
        app.config["DATABASE_URL"] = "postgresql://me:secret@db.example/inspect"
        assert "secret" not in run(app, "settings") and "db.example" in run(app, "settings")


# Plans


def test_plans_check_finds_nothing_wrong_with_the_five(one_app: Flask):
    told = run(one_app, "plans", "check", *(str(path) for path in plan_files()))
    assert told.count("无误") == 5


MISTAKES = {
    "of form": {'region: "140525"': "region: here", "measure: summed": "measure: guessed", 'op: "<="': 'op: "=<"', "issued: 2021-01-01": "issued: soon"},
    "of what is named": {"items: [kitchen.bright, common": "items: [kitchen.bright, commom", "id: farms, clause: c1": "id: farms, clause: c9"},
}


@pytest.mark.parametrize("changes", MISTAKES.values(), ids=list(MISTAKES))
def test_plans_check_names_file_line_key_and_remedy_of_every_mistake(one_app: Flask, tmp_path: Path, changes: dict[str, str]):
    broken, lines, wrong = tmp_path / "broken.yaml", SMALL.read_text("utf-8").splitlines(), set()
    for old, new in changes.items():
        [at] = [n for n, line in enumerate(lines) if old in line]
        lines[at] = lines[at].replace(old, new)
        wrong.add(at + 1)
    broken.write_text("\n".join(lines), "utf-8")
    told = run(one_app, "plans", "check", str(broken), str(SMALL), exit_code=1)
    named = [line.split(":", 3) for line in told.splitlines() if line.startswith(str(broken))]
    assert {int(line[1]) for line in named} >= wrong, told
    assert all(line[2].strip() and "（" in line[3] and line[3].endswith("）") for line in named), "a key, and a remedy"
    assert f"{SMALL}: 无误" in told


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "id: [", "\t", "id: a\nid: b\n", "\x00", "&a [*a]", "id: !!python/object:os.system x"], ids=repr)
def test_plans_check_survives_what_is_no_plan(one_app: Flask, tmp_path: Path, text: str):
    broken = tmp_path / "broken.yaml"
    broken.write_text(text, "utf-8")
    assert f"{broken}:" in run(one_app, "plans", "check", str(broken), exit_code=1)


def test_plans_check_of_a_file_that_is_not_there_or_not_text(one_app: Flask, tmp_path: Path):
    run(one_app, "plans", "check", str(tmp_path / "none.yaml"), exit_code=2)
    (tmp_path / "gbk.yaml").write_bytes("title: 计划".encode("gbk"))
    assert "gbk.yaml" in run(one_app, "plans", "check", str(tmp_path / "gbk.yaml"), exit_code=1)
    assert "gbk.yaml" in run(one_app, "plans", "load", str(tmp_path / "gbk.yaml"), exit_code=1)


def test_plans_load_loads_the_five_and_says_so_when_nothing_changed(app: Flask):
    told = run(app, "plans", "load")
    assert all(f"{plan}: 没有变化" in told for plan in PLANS)
    assert f"small: 已载入（2 条，{SMALL.read_text('utf-8').count('measure:')} 个指标）" in run(app, "plans", "load", str(SMALL))
    assert "small: 没有变化" in run(app, "plans", "load", str(SMALL))


def test_plans_load_loads_nothing_when_one_file_is_wrong(app: Flask, tmp_path: Path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(SMALL.read_text("utf-8").replace("id: small", "id: other").replace("op: \">\"", "op: \"=>\""), "utf-8")
    told = run(app, "plans", "load", str(SMALL), str(broken), exit_code=1)
    assert "plan-mistakes" in told and f"{broken}:" in told
    assert "small" not in run(app, "plans", "list")


def test_a_plan_loaded_again_with_another_target_changes_its_indicators_and_keeps_the_visits(app: Flask, as_supervisor: Phone, tmp_path: Path):
    county = Person(app, "county")
    run(app, "plans", "load", str(SMALL))
    pushed(as_supervisor, as_supervisor.visit(1, "2021-05-01 09:30", {"kitchen.bright": {"mark": "pass"}}))
    changed = tmp_path / "small.yaml"
    changed.write_text(SMALL.read_text("utf-8").replace("id: half,", "id: halves,"), "utf-8")
    assert "small: 已载入" in run(app, "plans", "load", str(changed))
    assert pair(county, "halves", plan="small") == (1, 2)
    assert [i["id"] for i in county.get("/api/v1/plans/small/indicators")["indicators"]].count("half") == 0


def test_plans_list_lists_what_is_in_force_and_withdraw_takes_one_out(app: Flask):
    told = run(app, "plans", "list")
    assert all(plan in told for plan in PLANS) and "义马市" in told, "title and id"
    assert "zezhou-2021: 已停用" in run(app, "plans", "withdraw", "zezhou-2021")
    assert "zezhou-2021" not in run(app, "plans", "list")
    assert count(app, Tally, Tally.plan == "zezhou-2021") == 0
    assert "unknown-plan" in run(app, "plans", "show", "zezhou-2021", exit_code=1)
    run(app, "plans", "load")
    assert "zezhou-2021" in run(app, "plans", "list") and count(app, Tally, Tally.plan == "zezhou-2021") > 0


def keys(rows: list[dict[str, Any]]) -> set[str]:
    """The keys that every row has."""
    return set.intersection(*(set(row) for row in rows))


@pytest.mark.parametrize("plan", PLANS)
def test_plans_show_json_has_the_shape_that_others_read(one_app: Flask, plan: str):
    told = json.loads(run(one_app, "plans", "show", plan, "--json"))
    assert set(told) == {"id", "title", "doc_number", "issuer", "region", "period", "clauses", "indicators", "reports"}
    assert told["id"] == plan and set(told["period"]) == {"from", "to"}
    assert keys(told["clauses"]) >= {"article", "quote", "kind", "departments", "site_types", "items"}
    assert keys(told["indicators"]) >= {"id", "article", "title", "measure", "target", "level", "window"}
    assert all(set(one["target"]) == {"op", "value", "unit", "inferred"} for one in told["indicators"])
    assert keys(told["reports"]) >= {"kind", "due", "article"}
    source = yaml.safe_load(next(path for path in plan_files() if path.stem == plan).read_text("utf-8"))
    assert [clause["quote"] for clause in told["clauses"]] == [clause["quote"] for clause in source["clauses"]]
    assert Person(one_app, "admin").get(f"/api/v1/plans/{plan}") == told


def test_plans_list_keeps_the_id_in_one_piece_on_a_narrow_screen(one_app: Flask):
    told = one_app.test_cli_runner(env={"COLUMNS": "80"}).invoke(args=["plans", "list"]).output
    assert all(plan in told for plan in PLANS)


def test_plans_show_leaves_out_deadlines_where_there_are_none(app: Flask):
    run(app, "plans", "load", str(SMALL))
    assert not json.loads(run(app, "plans", "show", "small", "--json"))["reports"]
    assert "报送期限" not in run(app, "plans", "show", "small")


def test_plans_show_prints_clauses_indicators_and_deadlines(one_app: Flask):
    told = run(one_app, "plans", "show", "zezhou-2021")
    assert "泽政办发〔2021〕31号" in told and "报送期限" in told and "推定" in told
    assert all(title in told for title in (MEASURES["marked"].title, "现场检查", "工作要求", "每月"))
    assert not re.search(r"\b(organizational|marked|monthly|field|target)\b", told)
    assert "unknown-plan" in run(one_app, "plans", "show", "none", exit_code=1)


@pytest.mark.parametrize("plan", PLANS)
def test_plans_coverage_finds_an_indicator_for_every_target_and_an_item_for_every_field_clause(one_app: Flask, plan: str):
    assert "没有缺指标的目标条款，也没有缺检查项的现场检查条款" in run(one_app, "plans", "coverage", plan)
    told = Person(one_app, "admin").get(f"/api/v1/plans/{plan}/coverage")
    assert all(one["indicators"] for one in told["clauses"] if one["kind"] == "target")
    assert all(one["items"] for one in told["clauses"] if one["kind"] == "field")


def test_plans_coverage_lists_every_clause_when_asked(one_app: Flask):
    told = run(one_app, "plans", "coverage", "zezhou-2021", "--all")
    clauses = json.loads(run(one_app, "plans", "show", "zezhou-2021", "--json"))["clauses"]
    assert told.count("工作要求") >= sum(clause["kind"] == "organizational" for clause in clauses) > 0
    assert "unknown-plan" in run(one_app, "plans", "coverage", "none", exit_code=1)


def test_a_plan_with_a_target_that_no_indicator_counts_is_not_loaded(app: Flask, tmp_path: Path):
    bare = tmp_path / "bare.yaml"
    bare.write_text(SMALL.read_text("utf-8").partition("indicators:")[0] + "indicators: []\n", "utf-8")
    assert "c2" in run(app, "plans", "load", str(bare), exit_code=1)
    assert "small" not in run(app, "plans", "list")


# Users, regions, rollup, audit


def test_users_add_makes_a_person_who_can_log_in(app: Flask):
    assert "已添加 wang" in run(app, "users", "add", "wang", "--name", "王某", "--role", "supervisor", "--region", COUNTY,
                            "--password", PASSWORD)
    who = Person(app, "wang").get("/api/v1/sessions/current")
    assert (who["name"], who["role"], who["regions"]) == ("王某", "supervisor", [COUNTY])
    run(app, "users", "add", "zhao", "--name", "赵某", "--role", "admin", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert Person(app, "zhao").get("/api/v1/sessions/current")["regions"] == []


WRONG_USERS: dict[str, tuple[list[str], int, str]] = {
    "a login that is taken": (["county", "--role", "county", "--region", COUNTY, "--password", PASSWORD], 1, "conflict"),
    "a short password": (["li", "--role", "county", "--region", COUNTY, "--password", "short"], 1, "password"),
    "no region": (["li", "--role", "reviewer", "--password", PASSWORD], 1, "region"),
    "a region that is not there": (["li", "--role", "county", "--region", "99", "--password", PASSWORD], 1, "99"),
    "a role that is none": (["li", "--role", "king", "--region", COUNTY, "--password", PASSWORD], 2, "king"),
    "a login too long": (["l" * 65, "--role", "county", "--region", COUNTY, "--password", PASSWORD], 1, "login"),
    "an empty login": (["", "--role", "county", "--region", COUNTY, "--password", PASSWORD], 1, "login"),
}


@pytest.mark.parametrize("words,exit_code,named", WRONG_USERS.values(), ids=list(WRONG_USERS))
def test_users_add_refuses_by_name(app: Flask, words: list[str], exit_code: int, named: str):
    before = count(app, User)
    assert named in run(app, "users", "add", *words, "--name", "李某", exit_code=exit_code)
    assert count(app, User) == before


def test_a_new_password_ends_every_session_and_the_old_one_no_longer_opens(app: Flask, as_supervisor: Phone):
    run(app, "users", "password", "supervisor", "--password", "a different one")
    assert as_supervisor.ask("GET", "/api/v1/sessions/current").status_code == 401
    for password, status in ((PASSWORD, 401), ("a different one", 201)):
        answer = app.test_client().post("/api/v1/sessions", json={
            "login": "supervisor", "password": password, "device_id": as_supervisor.device})
        assert answer.status_code == status
    assert "password" in run(app, "users", "password", "supervisor", "--password", "short", exit_code=1)
    assert "not-found" in run(app, "users", "password", "nobody", "--password", PASSWORD, exit_code=1)


def test_a_disabled_person_is_out_at_once_and_in_again_when_enabled(app: Flask, as_supervisor: Phone):
    visit = pushed(as_supervisor, as_supervisor.visit(1, "2021-05-01 09:30", {}))
    run(app, "users", "disable", "supervisor")
    assert as_supervisor.ask("GET", "/api/v1/sessions/current").status_code == 401
    assert Person(app, "county").get(f"/api/v1/visits/{visit}")["inspector"] == "supervisor", "what was captured stays"
    run(app, "users", "enable", "supervisor")
    assert as_supervisor.ask("GET", "/api/v1/sessions/current").status_code == 200
    assert "not-found" in run(app, "users", "disable", "nobody", exit_code=1)
    assert "链条完整" in run(app, "audit", "verify")


def test_regions_load_adds_only_what_is_missing(app: Flask):
    assert "新增区划 0 个" in run(app, "regions", "load")
    write(app, lambda c: c.execute(sa.update(Region).where(Region.code == COUNTY).values(name="改名的县")))
    leaf = write(app, lambda c: c.execute(sa.select(sa.func.min(Region.code)).where(
        Region.level == "village", Region.code.startswith("1408"))).scalar_one())
    write(app, lambda c: c.execute(sa.delete(Region).where(Region.code == leaf)))
    assert "新增区划 1 个" in run(app, "regions", "load")
    assert Person(app, "county").get(f"/api/v1/regions/{COUNTY}")["name"] == "改名的县", "what an office edited stays"


def test_regions_add_makes_a_county_of_another_province_from_the_top_down(app: Flask):
    assert "上级区划 5101 不存在，请先建立" in run(app, "regions", "add", "510104", "锦江区", exit_code=1)
    for code, name in (("51", "四川省"), ("5101", "成都市"), ("510104", " 锦江区 ")):
        assert f"区划 {code} {name.strip()} 已登记" in run(app, "regions", "add", code, name)
    told = Person(app, "admin").get("/api/v1/regions/510104")
    assert (told["name"], told["level"]) == ("锦江区", "county")
    assert count(app, Audit, Audit.actor == "command-line", Audit.action == "region.put") == 3
    run(app, "users", "add", "jin", "--name", "金某", "--role", "county", "--region", "510104", "--password", PASSWORD)
    assert Person(app, "jin").get("/api/v1/sessions/current")["regions"] == ["510104"]


@pytest.mark.parametrize(("code", "name", "exit_code", "word"), [
    ("123", "三位", 1, "2、4、6、9、12 或 14 位数字"), ("5x", "字母", 1, "位数字"), ("51", " ", 2, "1 至 100"), ("51", "省" * 101, 2, "1 至 100")])
def test_regions_add_refuses_what_is_no_region(app: Flask, code: str, name: str, exit_code: int, word: str):
    assert word in run(app, "regions", "add", code, name, exit_code=exit_code)
    assert count(app, Region, Region.code == code) == 0


def test_demo_accounts_says_so_when_no_demo_is_loaded(one_app: Flask):
    assert "没有演示数据" in run(one_app, "demo", "accounts", exit_code=1)


@pytest.mark.parametrize("words", [("demo", "accounts", "--url", "http://desk:8080/"), ("demo", "--url", "http://desk:8080/", "accounts")], ids=" ".join)
def test_demo_accounts_prints_the_address_that_was_asked_for(app: Flask, words: tuple[str, ...]):
    write(app, lambda c: stamps.put(c, "demo", 1))
    told = run(app, *words)
    assert "http://desk:8080/api/docs/" in told and "county-140525" in told


def test_rollup_rebuild_gives_the_same_numbers_and_check_says_when_it_does_not(app: Flask, as_supervisor: Phone):
    pushed(as_supervisor, as_supervisor.visit(1, "2021-05-01 09:30", {"kitchen.bright": {"mark": "fail"}}))
    right = numbers(app)
    assert "与原有数字一致" in run(app, "rollup", "rebuild", "--check")
    assert "已重新汇总" in run(app, "rollup", "rebuild", "--region", COUNTY)
    assert numbers(app) == right
    write(app, lambda c: c.execute(sa.update(Tally).where(Tally.indicator == "cold-store-inspected").values(num=Tally.num + 5)))
    assert "cold-store-inspected" in run(app, "rollup", "rebuild", "--check", exit_code=1)
    assert numbers(app) == right, "and it is mended"
    assert count(app, Visit) == 1


def test_audit_verify_walks_the_chain_and_finds_a_row_that_was_tampered_with(app: Flask, as_county: Person):
    as_county.ask("PUT", "/api/v1/regions/140525100", json={"name": "一"})
    as_county.ask("PUT", "/api/v1/regions/140525100", json={"name": "二", "valid_from": "2020-01-01", "residents": [
        {"year": 2020, "base": "resident", "residents": 5, "source": "测试"}]})
    assert "链条完整" in run(app, "audit", "verify")
    entries = count(app, Audit)

    def last(connection: Any) -> int:
        return connection.execute(sa.select(sa.func.max(Audit.seq)).where(Audit.org == COUNTY)).scalar_one()

    seq = write(app, last)
    here = (Audit.org == COUNTY, Audit.seq == seq)
    write(app, lambda c: c.execute(sa.update(Audit).where(*here).values(actor="somebody-else")))
    assert f"{COUNTY}/{seq}: 内容与哈希不符" in run(app, "audit", "verify", exit_code=1)
    write(app, lambda c: c.execute(sa.update(Audit).where(*here).values(actor="user-county")))
    assert f"审计日志 {entries} 条" in run(app, "audit", "verify")
    first = write(app, lambda c: c.execute(sa.select(sa.func.min(Audit.seq)).where(Audit.org == COUNTY)).scalar_one())
    write(app, lambda c: c.execute(sa.delete(Audit).where(Audit.org == COUNTY, Audit.seq == first)))
    assert "不衔接" in run(app, "audit", "verify", exit_code=1)


def test_reviews_reports_imports_and_revocations_are_in_the_audit_log(app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    visit = pushed(as_supervisor, as_supervisor.visit(1, "2021-05-01 09:30", {}))
    as_reviewer.post(f"/api/v1/visits/{visit}/review", {"decision": "approve"})
    as_county.post("/api/v1/plans/zezhou-2021/indicators/agri-routine-pass-rate/reports",
                   {"region": COUNTY, "numerator": 1, "denominator": 1}, 201)
    as_county.post(f"/api/v1/devices/{as_supervisor.device}/revoke", {})
    actions = write(app, lambda c: set(c.execute(sa.select(Audit.action)).scalars()))
    assert {"visit.approve", "indicator.report", "device.revoke", "plan.load"} <= actions
    assert "链条完整" in run(app, "audit", "verify")


def test_prepare_makes_an_empty_database_ready_and_does_nothing_the_second_time(tmp_path: Path):
    app = app_on("", str(tmp_path))
    first = run(app, "prepare", "--no-demo")
    assert "数据库结构已更新" in first and first.count("计划 ") == 5
    assert app.test_client().get("/readyz").status_code == 200
    assert run(app, "prepare", "--no-demo") == ""
