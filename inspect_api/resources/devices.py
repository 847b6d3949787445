"""The devices that push and pull."""

import sqlalchemy as sa
from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.models import Device, User
from inspect_api.problems import Problem
from inspect_api.schemas.asked import DevicesQuery
from inspect_api.services import audit, devices, people

blueprint = Blueprint("devices", __name__, url_prefix="/api/v1", description="设备")


@endpoint(blueprint, "/sync/devices", action="device.read", query=DevicesQuery)
def list_devices(call: Call, query: dict):
    """设备：最近联系时间、未上传数量、时钟偏差、应用版本。"""
    call.within(query["region"])
    return devices.page(call.connection, query, call.now)


@endpoint(blueprint, "/devices/<string:device_id>/revoke", action="device.revoke", method="POST")
def revoke(call: Call, device_id: str):
    """停用一台设备：它只能再把未上传的内容交到待处理区。"""
    row = call.connection.execute(sa.select(Device.id, User.regions, User.role).join(User, User.id == Device.user_id)
                                  .where(Device.id == device_id)).first()
    if row is None:
        raise Problem("not-found", f"没有设备 {device_id}")
    people.reach(call.actor, {"role": row.role, "regions": row.regions})
    call.connection.execute(sa.update(Device).where(Device.id == device_id, Device.revoked_at.is_(None))
                            .values(revoked_at=call.now))
    audit.append(call.connection, (row.regions or [""])[0][:6], call.now, call.actor.user_id, "device.revoke", device_id, {})
    return {"id": device_id, "revoked": True}
