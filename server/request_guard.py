"""Middleware that refuses requests for foreign hosts and from foreign origins, and bodies that stall."""

import anyio
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maxrf_core.language import _
from server.host_check import is_known_host, is_known_origin
from server.security_headers import with_security_headers
from server.streamlit_internals import uploader_bytes

MAX_BODY_STALL = 45.0  # seconds; `server.upload_route` reports a stall earlier
MAX_IN_MEMORY = 64 << 20  # bytes of all files that Streamlit's own uploader holds
_METRICS, _UPLOADS = "/_stcore/metrics", "/_stcore/upload_file/"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Middleware that refuses foreign hosts and origins, and adds the security headers.

    Parameters
    ----------
    app : ASGI application
        The app behind this middleware.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or open a websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope)
        if scope["type"] == "websocket":
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
        elif refusal is None:
            await self._app(scope, _in_time(receive), with_security_headers(scope, send))
        else:
            await refusal(scope, receive, with_security_headers(scope, send))


def _refusal(scope: Scope) -> Response | None:
    headers, path = Headers(scope=scope), scope["path"]
    if not is_known_host(headers.get("host")):
        return PlainTextResponse(_("This app is not known by that name; see docs/deploy.md."), 421)
    if scope["type"] == "websocket":
        return None  # Streamlit looks at its origin
    if path.endswith(_METRICS):
        return PlainTextResponse(_("Not found."), 404)
    is_change = scope["method"] not in _SAFE_METHODS
    if is_change and not is_known_origin(headers.get("origin"), headers.get("host")):
        return PlainTextResponse(_("Another page may not do that."), 403)
    if is_change and _UPLOADS in path and uploader_bytes() > MAX_IN_MEMORY:
        return PlainTextResponse(_("Too many files are held at the moment; please try again later."), 413)
    return None


def _in_time(receive: Receive) -> Receive:
    """Return a `receive` that ends a request whose body stalls."""
    is_whole = False

    async def received() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        with anyio.move_on_after(MAX_BODY_STALL):
            message = await receive()
            is_whole = not message.get("more_body", False)
            return message
        is_whole = True
        return {"type": "http.disconnect"}

    return received
