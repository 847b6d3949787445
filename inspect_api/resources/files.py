"""Photos come in: tus 1.0.0. Every answer is about bytes that are durable. See docs/sync-protocol.md, Photos."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint

from inspect_api.auth import Actor
from inspect_api.http import Call, endpoint, now_ms
from inspect_api.problems import Problem
from inspect_api.services.photos import storage, uploads
from inspect_api.services.photos.uploads import Body, State
from media import tus
from media.turn import PIECE

blueprint = Blueprint("files", __name__, url_prefix="/api/v1", description="照片上传（tus 1.0.0）")
_BODY = {"requestBody": {"content": {tus.CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}}}}


def _upload(work: Callable[[Actor, dict[str, Any]], Any]) -> Callable[[Actor, dict[str, Any]], Any]:
    """What a request does before anything is answered, with its errors as problems."""

    def before(actor: Actor, arguments: dict[str, Any]) -> Any:
        try:
            tus.check_version(request.headers)
            with storage.problems():
                return work(actor, arguments)
        except tus.TusError as error:
            raise uploads.told_as(error) from None

    return before


def _receive(work: Callable[[Actor, dict[str, Any], Body], State]) -> Callable[[Actor, dict[str, Any]], Any]:
    """The same for a request that brings bytes: only so many at once, so that answers of phones still come in."""

    def before(actor: Actor, arguments: dict[str, Any]) -> Any:
        slots: threading.Semaphore = current_app.extensions["upload slots"]
        if not slots.acquire(blocking=False):
            raise Problem("busy", "正在接收的照片过多，稍候自动继续", retry_after=2)
        body = _body()
        try:
            state = _upload(lambda actor, arguments: work(actor, arguments, body))(actor, arguments)
            _hear_out(body)
            return state
        except Problem as problem:
            if problem.code not in _ASKS_NEXT:
                _hear_out(body)
            raise
        finally:
            slots.release()

    return before


_ASKS_NEXT = ("cut-short", "superseded", "wrong-offset")  # after these a client asks with HEAD, whatever it heard
_HEARD_OUT = 32_000_000  # bytes


def _hear_out(body: Body) -> None:
    """Read the rest of a body that is refused, or was not needed: a client that is still sending would not see the answer (RFC 9112, 9.6)."""
    heard = 0
    while heard < _HEARD_OUT and (piece := body.read(PIECE)):
        heard += len(piece)


def _body() -> Body:
    """The body of the current request, straight from the server: it ends early when the connection does."""
    source, left = request.environ["wsgi.input"], request.content_length
    if left is None and "chunked" not in request.headers.get("Transfer-Encoding", ""):
        return Body(lambda most: b"", 0)

    def read(most: int) -> bytes:
        nonlocal left
        piece = source.read(most if left is None else min(most, left))
        if left is not None:
            left -= len(piece)
        return piece

    return Body(read, left)


def _answer(status: int, headers: Mapping[str, str]) -> Response:
    response = Response(status=status, headers={"Cache-Control": "no-store", **headers})
    del response.headers["Content-Type"]
    return response


@blueprint.after_request
def _speak_tus(response: Response) -> Response:
    """Every answer says the version, those of errors too; who spoke another one is told which there are (Core, Tus-Resumable)."""
    response.headers["Tus-Resumable"] = tus.VERSION
    if response.status_code == 412:
        response.headers["Tus-Version"] = tus.VERSION
    return response


def _progress(state: State) -> dict[str, str]:
    return {"Upload-Offset": str(state.offset), "Upload-Expires": tus.expires(state.upload.expires)}


@endpoint(blueprint, "/files", action="public", method="OPTIONS", database=False)
def abilities(call: Call):
    """服务器支持的 tus 版本、扩展和上限。"""
    return _answer(204, tus.options(current_app.config["UPLOAD_MAX_BYTES"]))


@endpoint(blueprint, "/files", action="photo.upload", method="POST", database=False, document=_BODY,
          before=_receive(lambda actor, _, body: uploads.create(actor, request.headers, body, now_ms())))
def create(call: Call, given: State):
    """创建一个上传，可同时带上内容；同一设备的同一张照片得到原来的上传。"""
    # A path, not an address (RFC 9110, 10.2.2): behind a TLS proxy the server does not know its own.
    return _answer(201, {"Location": f"/api/v1/files/{given.upload.id}", **_progress(given)})


@endpoint(blueprint, "/files/<string:upload_id>", action="photo.upload", method="PATCH", database=False, document=_BODY,
          before=_receive(lambda actor, path, body: uploads.resume(actor, path["upload_id"], request.headers, body, now_ms())))
def resume(call: Call, upload_id: str, given: State):
    """从 Upload-Offset 处继续上传。"""
    return _answer(204, _progress(given))


@endpoint(blueprint, "/files/<string:upload_id>", action="photo.upload", method="HEAD", database=False,
          before=_upload(lambda actor, path: uploads.state(uploads.find(actor, path["upload_id"], now_ms()), now_ms())))
def ask(call: Call, upload_id: str, given: State):
    """已收到多少字节。"""
    upload = given.upload
    told = {"Upload-Metadata": upload.metadata} if upload.metadata else {}
    return _answer(200, {"Upload-Length": str(upload.length), **_progress(given), **told})


@endpoint(blueprint, "/files/<string:upload_id>", action="photo.upload", method="DELETE", database=False,
          before=_upload(lambda actor, path: uploads.end(uploads.find(actor, path["upload_id"], now_ms()))))
def end(call: Call, upload_id: str, given: None):
    """放弃一个上传。已经存好的照片不受影响。"""
    return _answer(204, {})
