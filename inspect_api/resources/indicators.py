"""A plan's indicators against their targets, the sites behind them, and what offices report."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.asked import ReportBody, ReportsQuery
from inspect_api.schemas.tasks import BoardQuery, ExplainQuery, GapQuery, TrendQuery
from inspect_api.services import audit, explain, holders, indicators, plans, reports, trend
from inspect_api.services.days import day_of

blueprint = Blueprint("indicators", __name__, url_prefix="/api/v1", description="指标")


@endpoint(blueprint, "/plans/<string:plan_id>/indicators", action="indicator.read", query=BoardQuery)
def show(call: Call, plan_id: str, query: dict):
    """计划的全部指标：数值、目标、是否达标、进度，以及下级区域分解。"""
    plan = plans.find(call.connection, plan_id)
    region = indicators.check_region(call.connection, plan, query.get("region"))
    call.within(region.code)
    today = day_of(call.now)
    return indicators.table(call.connection, plan, region, query["basis"], min(query.get("as_of") or today, today), today,
                            query["windows"] == "current")


@endpoint(blueprint, "/plans/<string:plan_id>/indicators/<string:indicator_id>/sites", action="indicator.read",
          query=GapQuery)
def sites(call: Call, plan_id: str, indicator_id: str, query: dict):
    """指标背后的主体：拖后腿的（missing）、已达标的（met）、不适用的（none）。"""
    plan, indicator = plans.find_indicator(call.connection, plan_id, indicator_id)
    region = indicators.check_region(call.connection, plan, query.get("region"))
    call.within(region.code)
    return holders.page(call.connection, plan, indicator, region.code, query, day_of(call.now))


@endpoint(blueprint, "/plans/<string:plan_id>/indicators/<string:indicator_id>/explain", action="indicator.explain", query=ExplainQuery)
def explained(call: Call, plan_id: str, indicator_id: str, query: dict):
    """数字的由来：收到与通过、较晚送达、待传照片、待审核、更正、待处理、未联系的手机。"""
    plan, indicator = plans.find_indicator(call.connection, plan_id, indicator_id)
    region = indicators.check_region(call.connection, plan, query.get("region"))
    window = holders.window(plan, indicator, query.get("window"), day_of(call.now))
    return explain.explain(call.connection, plan, indicator, window, call.within(region.code), query["basis"], call.now)


@endpoint(blueprint, "/plans/<string:plan_id>/indicators/<string:indicator_id>/trend", action="indicator.trend", query=TrendQuery)
def show_trend(call: Call, plan_id: str, indicator_id: str, query: dict):
    """走势：逐日留存的数字。"""
    plan, indicator = plans.find_indicator(call.connection, plan_id, indicator_id)
    region = indicators.check_region(call.connection, plan, query.get("region"))
    today = day_of(call.now)
    window = holders.window(plan, indicator, query.get("window"), today)
    return trend.trend(call.connection, plan, indicator, window, call.within(region.code), query["basis"], query.get("from_"), query.get("to"), today)


@endpoint(blueprint, "/plans/<string:plan_id>/indicators/<string:indicator_id>/reports", action="indicator.report",
          method="POST", body=ReportBody, status=201)
def report(call: Call, plan_id: str, indicator_id: str, body: dict):
    """办公室填报：数值（分子分母）或抽检批次；快检单列、不计入总量，国抽省抽计入并单列。"""
    plan, indicator = plans.find_indicator(call.connection, plan_id, indicator_id)
    region = indicators.check_region(call.connection, plan, call.within(body["region"]))
    entered = reports.enter(call.connection, plan, indicator, body, call.now, call.actor.user_id)
    audit.append(call.connection, region.code[:6], call.now, call.actor.user_id, "indicator.report",
                 f"{plan_id}/{indicator_id}", {name: str(value) for name, value in body.items()})
    return entered


_REPORTS = "/plans/<string:plan_id>/indicators/<string:indicator_id>/reports"


@endpoint(blueprint, _REPORTS, action="indicator.read", query=ReportsQuery)
def list_reports(call: Call, plan_id: str, indicator_id: str, query: dict):
    """现行有效的填报。"""
    plan, indicator = plans.find_indicator(call.connection, plan_id, indicator_id)
    region = indicators.check_region(call.connection, plan, query.get("region"))
    return reports.listed(call.connection, plan, indicator, call.within(region.code), query["after"], query["limit"])


@endpoint(blueprint, _REPORTS + "/<string:report_id>", action="indicator.report", method="DELETE")
def withdraw_report(call: Call, plan_id: str, indicator_id: str, report_id: str):
    """撤回一条填报：不再计入，原文保留。"""
    plan, indicator = plans.find_indicator(call.connection, plan_id, indicator_id)
    table, row = reports.find(call.connection, plan, indicator, report_id)
    call.within(row["region"])
    reports.withdraw(call.connection, table, report_id, call.now)
    audit.append(call.connection, row["region"][:6], call.now, call.actor.user_id, "indicator.report.withdraw",
                 f"{plan_id}/{indicator_id}", {"id": report_id})
    return {"id": report_id, "withdrawn": True}
