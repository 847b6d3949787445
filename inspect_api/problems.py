"""The one catalogue of errors, and the one place where an error becomes HTTP (RFC 9457).

Every refusal anywhere in the server is `raise Problem("code", …)`. Codes are stable; phones and offices may
branch on them. docs/problems.md lists each, and a test fails when one is missing there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from flask import Flask, Response, current_app, g
from orjson import dumps
from werkzeug.exceptions import ClientDisconnected, HTTPException, MethodNotAllowed


@dataclass(frozen=True, slots=True)
class Kind:
    """One named error: HTTP status, title for people, and what the reader can do about it."""

    status: int
    title: str
    remedy: str


CATALOGUE: dict[str, Kind] = {
    # who
    "unauthorized": Kind(401, "未登录或登录已失效", "请重新登录。"),
    "bad-credentials": Kind(401, "用户名或密码不正确", "请核对后重试；忘记密码请联系管理员。"),
    "device-revoked": Kind(403, "此设备已被停用", "手机上未上传的数据已留存，请联系街道/乡镇办公室；电脑可以重新登录，或联系县级管理人员。"),
    "forbidden": Kind(403, "没有此项操作的权限", "如确有需要，请联系管理员调整角色。"),
    "out-of-scope": Kind(403, "超出您的管辖区域", "请核对区域代码，或联系管理员调整辖区。"),
    "own-visit": Kind(403, "不能审核自己的检查", "请由另一位审核人员处理。"),
    "same-reviewer": Kind(403, "同一人不能审核两次", "初审已由您通过，请由另一位审核人员复审。"),
    "no-permission-stated": Kind(403, "此地址未声明权限，默认拒绝", "这是程序缺陷，请报告给维护人员。"),
    # what was asked
    "not-found": Kind(404, "没有找到", "请核对编号。"),
    "unknown-plan": Kind(404, "没有这份计划", "请从计划列表里选一份。"),
    "unknown-indicator": Kind(404, "计划里没有这个指标", "请从该计划的指标里选一个。"),
    "unknown-region": Kind(404, "没有这个区划代码", "请从辖区列表里选一个。"),
    "unknown-checklist": Kind(422, "没有这个版本的检查表", "请先同步检查表；已采集的内容已留存在待处理区。"),
    "method-not-allowed": Kind(405, "此地址不支持该方法", "请查看 API 文档。"),
    "conflict": Kind(409, "与现有数据冲突", "请刷新后重试。"),
    "state-changed": Kind(409, "状态已变化", "请刷新后再操作。"),
    "not-clean": Kind(409, "不能批量通过", "请打开这次检查，看过之后单独审核。"),
    # how it was said
    "malformed-json": Kind(400, "请求内容不是合法的 JSON", "请检查位置处的语法。"),
    "malformed-body": Kind(400, "请求内容无法解压或读取", "请检查 Content-Encoding 与内容是否一致。"),
    "cut-short": Kind(400, "请求在途中被截断", "网络中断：请原样重发，服务器没有处理任何内容。"),
    "bad-request": Kind(400, "请求无法理解", "请查看 API 文档。"),
    "invalid": Kind(422, "有字段填写不正确", "请按逐项指出的内容修改。"),
    "too-large": Kind(413, "内容过大", "请分批发送。"),
    "batch-too-large": Kind(413, "一次推送的操作过多", "请按 limit 分批发送，已发送成功的不会重复。"),
    "unsupported-media-type": Kind(415, "不支持的内容类型", "请使用 detail 里列出的类型。"),
    # sync
    "bad-cursor": Kind(422, "游标无法识别", "请去掉 cursor 重新拉取；本机未上传的内容照常保留。"),
    "cursor-expired": Kind(410, "离线过久，需要重新拉取", "请去掉 cursor 重新拉取；本机未上传的内容照常保留。"),
    "epoch-changed": Kind(410, "服务器数据已恢复，需要重新拉取", "请去掉 cursor 重新拉取，并重新推送本机仍保留的操作。"),
    "client-too-old": Kind(426, "应用版本过低", "请升级应用；本机数据不会丢失，升级后继续上传。"),
    "too-many-requests": Kind(429, "请求过于频繁", "请按 Retry-After 稍后重试，数据不会丢失。"),
    "op-reused": Kind(409, "同一操作编号对应了不同的内容", "多半是手机恢复了旧备份：请用新的设备编号登录后重新推送。"),
    "device-mismatch": Kind(403, "设备编号与登录会话不一致", "请用本机登录后再推送。"),
    "malformed-operation": Kind(422, "操作格式不正确", "内容已留存在待处理区，请联系管理员。"),
    "unknown-type": Kind(422, "不认识的对象类型", "请升级应用；内容已留存在待处理区。"),
    "unknown-site": Kind(422, "没有这个监管主体", "请先同步主体，或先推送新建主体的操作。"),
    "unknown-visit": Kind(422, "没有这次检查", "请先推送新建检查的操作。"),
    "already-exists": Kind(409, "编号已被使用", "内容已留存在待处理区，请联系管理员。"),
    "not-deletable": Kind(422, "不能删除", "主体关停请改为 active=false；内容已留存在待处理区。"),
    "visit-immutable": Kind(409, "检查已签字或已审核，不能再改", "请新建一次更正检查并注明更正的是哪一次。"),
    "answers-invalid": Kind(422, "有检查项的答案不符合要求", "请按逐项指出的检查项修改；内容已留存在待处理区。"),
    "clock-implausible": Kind(422, "采集时间不合理", "请校准手机时间；内容已留存在待处理区，由办公室核实。"),
    "signature-missing": Kind(422, "监督检查缺少两名执法人员或签字", "请补齐两名人员及证号、经营者签字或拒签原因。"),
    "waits": Kind(409, "所依赖的操作未被接受，此操作一并留存", "先处理它所依赖的操作。"),
    "unfinished-draft": Kind(422, "导出文件里未完成的检查", "在手机上接着做、签字即可；手机不能再用时，由办公室放行，成为本人的草稿。"),
    "broken-bundle": Kind(422, "导出文件无法载入", "请重新复制文件，或在手机上重新导出。"),
    # photos
    "bad-upload": Kind(400, "上传请求不符合 tus 协议", "请按指出的请求头修改。"),
    "tus-version": Kind(412, "不支持的 tus 协议版本", "请使用 Tus-Resumable: 1.0.0。"),
    "unknown-upload": Kind(404, "没有这个上传", "请重新创建上传；照片仍在手机上。"),
    "upload-expired": Kind(410, "上传已过期", "请重新创建上传；照片仍在手机上。"),
    "wrong-offset": Kind(409, "上传位置不一致", "请用 HEAD 查询 Upload-Offset，从该处继续。"),
    "superseded": Kind(409, "已有更新的请求在续传此照片", "请用 HEAD 查询 Upload-Offset，从该处继续。"),
    "upload-too-large": Kind(413, "照片过大", "请压缩后再上传，上限见 Tus-Max-Size。"),
    "checksum-mismatch": Kind(460, "校验和不一致", "这一段在途中损坏，未保存：请从原位置重发。"),
    "hash-mismatch": Kind(422, "收到的内容与所报的 SHA-256 不一致", "内容未保存：请核对照片后重新上传。"),
    "bad-photo": Kind(422, "不是可以使用的照片", "请按原因处理：重新拍摄，或改用 JPEG、PNG、WebP、HEIC 照片。"),
    "bad-range": Kind(416, "请求的范围超出了照片", "请按 size 给出的字节数重新请求。"),
    "storage-full": Kind(507, "存储空间不足", "照片仍在手机上，请稍后再传；请通知维护人员清理磁盘。"),
    "storage-down": Kind(503, "照片存储暂时不可用", "请按 Retry-After 稍后重试，已收到的内容不会丢失。"),
    # imports and reports
    "broken-ledger": Kind(422, "台账文件无法读取", "请用 Excel 另存为 .xlsx 或 UTF-8 的 .csv 后重试。"),
    "ledger-rows": Kind(422, "台账里有错误行", "请按所列的行、列、原因修改后重新导入；重复导入不会产生重复主体。"),
    "bad-boundary": Kind(422, "边界数据不正确", "请提供 GeoJSON 多边形，经度在前、纬度在后。"),
    "report-overlaps": Kind(409, "上下级区域对同一时段重复填报", "请先撤回其中一级的填报，避免重复计算。"),
    "bad-document": Kind(422, "不是可以保存的文件", "请按原因处理：改用 PDF、JPEG、PNG、XLSX 或 DOCX。"),
    "not-reported": Kind(422, "该指标不由办公室填报", "它由现场检查自动汇总。"),
    "plan-mistakes": Kind(422, "计划文件有错误", "请按所列的行和字段修改。"),
    # us
    "busy": Kind(503, "服务器繁忙", "请按 Retry-After 稍后重试，数据不会丢失。"),
    "not-ready": Kind(503, "服务尚未就绪", "请稍后重试。"),
    "internal": Kind(500, "服务器内部错误", "已记录，请把 request_id 告诉维护人员；数据可安全重发。"),
}

_BY_STATUS = {400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found",
              405: "method-not-allowed", 409: "conflict", 413: "too-large", 415: "unsupported-media-type",
              422: "invalid", 503: "busy"}


class Problem(Exception):
    """A named error. `errors` is a list of {field|row|column|item, message} that say where and why."""

    def __init__(self, code: str, detail: str = "", errors: Sequence[dict[str, Any]] = (), **extra: Any):
        super().__init__(detail or CATALOGUE[code].title)
        self.code, self.detail, self.errors, self.extra = code, detail, list(errors), extra

    def to_dict(self) -> dict[str, Any]:
        """The body of RFC 9457 with `code`, `remedy` and `errors` beside its standard members."""
        kind = CATALOGUE[self.code]
        body = {"type": f"/docs/problems#{self.code}", "title": kind.title, "status": kind.status,
                "code": self.code, "detail": self.detail or kind.title, "remedy": kind.remedy}
        if self.errors:
            body["errors"] = self.errors
        return body | self.extra


def field_errors(messages: Any, path: str = "") -> list[dict[str, str]]:
    """marshmallow's nested messages as a flat list of {field, message}."""
    if isinstance(messages, dict):
        return [e for key, value in messages.items() for e in field_errors(value, f"{path}.{key}" if path else str(key))]
    if isinstance(messages, list):
        return [{"field": path, "message": str(message)} for message in messages]
    return [{"field": path, "message": str(messages)}]


def respond(problem: Problem) -> Response:
    """A Problem as an HTTP answer, with the request's id."""
    body = problem.to_dict()
    if request_id := getattr(g, "request_id", None):
        body["request_id"] = request_id
    response = Response(dumps(body), status=body["status"], mimetype="application/problem+json")
    if body["status"] in (429, 503, 507):
        response.headers["Retry-After"] = str(problem.extra.get("retry_after", 5))
    if body["status"] == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _where(error: BaseException | None) -> str:
    """Line and column of a JSON error, when it tells them."""
    cause = error if isinstance(error, JSONDecodeError) else getattr(error, "__cause__", None)
    return f"第 {cause.lineno} 行第 {cause.colno} 列：{cause.msg}" if isinstance(cause, JSONDecodeError) else ""


def _from_http(error: HTTPException) -> Problem:
    if isinstance(error, ClientDisconnected):
        return Problem("cut-short")
    data = getattr(error, "data", None) or {}
    if messages := data.get("messages"):
        if error.code == 400:
            return Problem("malformed-json", _where(data.get("exc") or getattr(error, "exc", None)))
        located = {k: v for group in messages.values() if isinstance(group, dict) for k, v in group.items()}
        return Problem("invalid", errors=field_errors(located or messages))
    stock = error.code in _BY_STATUS and error.description == type(error).description  # English; the title says the same
    return Problem(_BY_STATUS.get(error.code or 500, "internal" if (error.code or 500) >= 500 else "bad-request"),
                   "" if stock else error.description or "")


def register(app: Flask) -> None:
    """Turn every exception of a request into problem+json; never a stack trace to the client."""

    @app.errorhandler(Problem)
    def _problem(error: Problem) -> Response:
        return respond(error)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.code is not None and error.code < 400:
            return error.get_response()
        response = respond(_from_http(error))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # RFC 9110, 15.5.6
        return response

    @app.errorhandler(Exception)
    def _crash(error: Exception) -> Response:
        current_app.logger.exception("unhandled", exc_info=error)
        return respond(Problem("internal"))
