"""Campaigns: many tasks at once, from a plan's window, from risk grades, or from a gap."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.tasks import CampaignBody, CampaignQuery, CampaignsQuery, EndBody, Targets
from inspect_api.services import aiming, campaigns, plans
from inspect_api.services.days import day_of

blueprint = Blueprint("campaigns", __name__, url_prefix="/api/v1", description="专项任务")


@endpoint(blueprint, "/campaigns/preview", action="campaign.write", method="POST", body=Targets, writes=False)
def preview(call: Call, body: dict):
    """预览：按乡镇、网格有多少户，前 20 户，多少户已有同样的任务。不写入。"""
    call.within(body["region"])
    return campaigns.preview(call.connection, body, call.now)


@endpoint(blueprint, "/campaigns", action="campaign.write", method="POST", body=CampaignBody, status=201)
def make(call: Call, body: dict):
    """发起专项任务，任务随下次同步到手机；同一编号重复发送只发起一次。"""
    call.within(body["region"])
    return campaigns.make(call.connection, call.actor, body, call.now)


@endpoint(blueprint, "/campaigns", action="campaign.read", query=CampaignsQuery)
def list_campaigns(call: Call, query: dict):
    """涉及某区域的专项任务，新的在前，附在该区域的进展。"""
    call.within(query["region"])
    return campaigns.page(call.connection, query, day_of(call.now))


@endpoint(blueprint, "/campaigns/<string:campaign_id>", action="campaign.read", query=CampaignQuery)
def show(call: Call, campaign_id: str, query: dict):
    """一次专项任务，按乡镇、网格的进展。"""
    campaign = campaigns.find(call.connection, campaign_id)
    region = campaigns.part(campaign, query.get("region"))
    return campaigns.one(call.connection, campaign, call.within(region), day_of(call.now))


@endpoint(blueprint, "/campaigns/<string:campaign_id>/withdraw", action="campaign.write", method="POST", body=EndBody)
def withdraw(call: Call, campaign_id: str, body: dict):
    """结束专项任务：未办的任务全部撤回，已办的保留。"""
    call.within(campaigns.find(call.connection, campaign_id)["region"])
    return campaigns.end(call.connection, call.actor, campaign_id, body.get("rev"), call.now)


@endpoint(blueprint, "/plans/<string:plan_id>/windows", action="plan.read")
def windows(call: Call, plan_id: str):
    """计划的全部时段：节令（开学、节日等）在前，然后是全期、年、半年、季、月。"""
    return aiming.windows_of(plans.find(call.connection, plan_id))
