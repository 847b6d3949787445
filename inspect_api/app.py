"""create_app(): settings, database, the wrapper, the errors, the blueprints. Nothing else happens here."""

import logging
import sys
from threading import BoundedSemaphore
from typing import Any

import structlog
from flask import Flask
from flask_smorest import Api
from flask_swagger_ui import get_swaggerui_blueprint

from inspect_api import cli, db, http, problems
from inspect_api.config import load_settings
from inspect_api.overriding import MethodOverride
from inspect_api.resources import BLUEPRINTS
from inspect_api.schemas.answered import ANSWERS
from inspect_api.services import changes, sealing
from inspect_api.services.photos import examining, storage
from inspect_api.services.throttle import Throttle

OPENAPI = {
    "API_TITLE": "食品安全网格巡查 API",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"description": "从计划条款到指标：检查表、推送、审核、汇总。错误格式见 RFC 9457，代码见 docs/problems.md。"},
        "components": {"schemas": ANSWERS, "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}}},
        "security": [{"session": []}]},
}


def _logging(settings: dict[str, Any]) -> None:
    render: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if settings["LOG_JSON"] else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings["LOG_LEVEL"].upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def create_app(**overrides: Any) -> Flask:
    """The WSGI application. `overrides` replace settings by name (tests, command line)."""
    settings = load_settings() | overrides
    app = Flask("inspect_api", static_folder=None, template_folder="templates")
    app.config.update(settings, MAX_CONTENT_LENGTH=settings["REQUEST_MAX_BYTES"], **OPENAPI)
    _logging(settings)
    db.init_app(app, last=sealing.seal, watch=changes.watch)
    app.extensions["throttle"] = Throttle(settings["PUSHES_PER_MINUTE"])
    app.extensions["work slots"] = BoundedSemaphore(settings["WORK_AT_ONCE"])
    app.extensions["upload slots"] = BoundedSemaphore(settings["UPLOADS_AT_ONCE"])
    storage.init_app(app)
    examining.init_app(app)
    app.wsgi_app = MethodOverride(app.wsgi_app)
    http.register(app)
    api = Api(app)
    api.ERROR_SCHEMA = None
    problems.register(app)  # after flask-smorest, which installs a handler of HTTP errors of its own
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(get_swaggerui_blueprint("/api/docs", "/api/openapi.json", {"app_name": "API 文档"}))
    http.state_public(app, "api-docs.openapi_json", "swagger_ui.show")
    cli.register(app)
    return app
