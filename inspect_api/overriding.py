"""X-HTTP-Method-Override (tus 1.0.0, Core): for clients behind proxies that let no PATCH or DELETE through."""

from collections.abc import Callable, Iterable
from typing import Any

from media.tus import METHODS

_PATHS = "/api/v1/files"


class MethodOverride:
    """WSGI middleware: a POST of an upload that asks for another method is treated as that method."""

    def __init__(self, app: Callable[..., Iterable[bytes]]):
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Handle a request."""
        wanted = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if wanted in METHODS and environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].startswith(_PATHS):
            environ = {**environ, "REQUEST_METHOD": wanted}
        return self._app(environ, start_response)
