"""`flask sync …` and `flask users regions`, as an operator types them."""

import sqlalchemy as sa
from flask import Flask

from inspect_api.models import Audit, Change, Device, Operation
from tests.api.asking import count, pushed, write
from tests.api.test_cli import run
from tests.support.people import Person, Phone
from tests.support.world import GRID_A1, GRID_B1, site_id

DAY, PULL = "2021-05-01 09:30", "/api/v1/sync/pull"


def aged(app: Flask) -> None:
    """Everything in the feed and among the results is a year old."""
    write(app, lambda c: [c.execute(sa.update(table).values(at=1)) for table in (Change, Operation)])


def test_compact_counts_first_and_then_lets_go_of_what_is_old(app: Flask, as_supervisor: Phone, as_county: Person):
    pushed(as_supervisor, as_supervisor.visit(1, DAY, {}))
    as_supervisor.push(acked=1)
    as_county.ask("PATCH", f"/api/v1/sites/{site_id(1)}", json={"rev": 1, "set": {"grid": GRID_B1}})
    assert "删除记录 0 条，已确认的操作结果 0 条" in run(app, "sync", "compact"), "what is young stays"
    aged(app)
    assert "可清理：删除记录 2 条，已确认的操作结果 1 条" in run(app, "sync", "compact", "--dry-run")
    assert count(app, Change, Change.op == "moved") == 2
    assert "已清理：删除记录 2 条，已确认的操作结果 1 条" in run(app, "sync", "compact", "--days", "30")
    assert "已清理：删除记录 0 条，已确认的操作结果 0 条" in run(app, "sync", "compact", "--days", "30")
    assert count(app, Operation) == 1
    run(app, "sync", "compact", "--days", "0", exit_code=2)


def test_a_new_epoch_is_audited_and_makes_every_phone_pull_anew(app: Flask, as_supervisor: Phone):
    cursor = as_supervisor.get(PULL)["cursor"]
    assert "重新拉取" in run(app, "sync", "new-epoch")
    assert as_supervisor.ask("GET", PULL, query_string={"cursor": cursor}).get_json()["code"] == "epoch-changed"
    assert count(app, Audit, Audit.action == "sync.new-epoch") == 1
    assert "链条完整" in run(app, "audit", "verify")


def test_a_user_is_given_other_grids_and_their_devices_are_listed_there(app: Flask, as_supervisor: Phone):
    cursor = as_supervisor.get(PULL)["cursor"]
    assert GRID_B1 in run(app, "users", "regions", "supervisor", "--region", GRID_B1)
    page = as_supervisor.get(PULL, cursor=cursor)
    assert GRID_A1 in page["drop"] and {one["b"] for one in page["changes"]} == {GRID_B1}
    assert count(app, Device, Device.region == GRID_B1) == 1
    assert "没有区划 99" in run(app, "users", "regions", "supervisor", "--region", "99", exit_code=1)
    assert "没有用户" in run(app, "users", "regions", "nobody", "--region", GRID_B1, exit_code=1)
    run(app, "users", "regions", "supervisor", exit_code=2)
