"""Guards before everything that the server answers: foreign hosts and origins, headers, slow bodies, metrics.

A page elsewhere may have a name that leads to this computer (DNS rebinding). Its browser then sends that name
as the host, so only hosts are answered that the app is known by.
"""

import ipaddress
import re
import socket
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import cast
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from server import answering, receiving, returning, sending
from server.audience import LOOPBACK, is_local

BODY_STALL = 45.0  # seconds that a request's body may pause; `server.receiving` speaks up before
MAX_IN_MEMORY = 64 << 20  # bytes of all files that Streamlit's own uploader holds
OURS = (receiving.ROUTE, sending.ROUTE, answering.ROUTE, returning.FORGET, returning.BACK)
_METRICS, _UPLOADS = "/_stcore/metrics", "/_stcore/upload_file/"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",  # Streamlit puts components of the app into frames
    "Referrer-Policy": "same-origin",
}
# Components come as scripts of the page itself and as blobs; nothing is fetched from, or sent to, elsewhere.
_PAGE_POLICY = (
    "default-src 'self'; script-src 'self' blob: {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; "
    "worker-src 'self' blob:; connect-src 'self' data: blob: {sockets}; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_OWN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class Guard:
    """Middleware that refuses what comes by a foreign name, and adds the headers that protect the answers.

    Parameters
    ----------
    app : ASGI application
        What answers.
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
            await self._app(scope, _in_time(receive), _with_headers(scope, send))
        else:
            await refusal(scope, receive, _with_headers(scope, send))


def is_known_host(host: str | None) -> bool:
    """Return True if the app is known by a host's name.

    These are the names in Streamlit's ``server.allowedHosts``. Where that is empty: this computer's own
    names, ``browser.serverAddress``, and where the app answers other computers also its addresses in numbers,
    which no foreign name can stand for.

    Parameters
    ----------
    host : str or None
        As the request has it, with or without a port.
    """
    name = _host_name(host)
    if name is None:
        return False
    allowed = [each.strip().lower().rstrip(".") for each in config.get_option("server.allowedHosts")]
    if allowed:
        return any(
            each in ("*", name) or (each.startswith("*.") and name.endswith(each[1:])) for each in allowed
        )
    if name in LOOPBACK or name == config.get_option("browser.serverAddress").lower():
        return True
    return not is_local() and (_is_number(name) or name in _names_of_this_computer())


def is_known_origin(origin: str | None, host: str | None) -> bool:
    """Return True if a page of this origin is ours; requests without a page have none.

    Parameters
    ----------
    origin, host : str or None
        As the request has them.
    """
    if origin is None:
        return True
    parts = urlsplit(origin)
    if parts.netloc and parts.netloc == host:
        return True
    if origin in config.get_option("server.corsAllowedOrigins"):
        return True
    name, port = config.get_option("browser.serverAddress"), config.get_option("browser.serverPort")
    is_public = config.is_manually_set("browser.serverAddress")
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return is_public and parts.hostname == name and (parts.port or usual) == port


def _refusal(scope: Scope) -> Response | None:
    headers, path = Headers(scope=scope), scope["path"]
    if not is_known_host(headers.get("host")):
        return PlainTextResponse("This app is not known by that name; see docs/deploy.md.", 421)
    if scope["type"] == "websocket":
        return None  # Streamlit looks at its origin
    if path.endswith(_METRICS):
        return PlainTextResponse("Not found.", 404)
    is_change = scope["method"] not in _SAFE_METHODS
    if is_change and not is_known_origin(headers.get("origin"), headers.get("host")):
        return PlainTextResponse("Another page may not do that.", 403)
    if is_change and _UPLOADS in path and _held_in_memory() > MAX_IN_MEMORY:
        return PlainTextResponse("Too many files are held at the moment; please try again later.", 413)
    return None


def _in_time(receive: Receive) -> Receive:
    """Break off a body that pauses for too long; waiting for the visitor to leave may take any time."""
    is_whole = False

    async def received() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        with anyio.move_on_after(BODY_STALL):
            message = await receive()
            is_whole = not message.get("more_body", False)
            return message
        is_whole = True
        return {"type": "http.disconnect"}

    return received


def _with_headers(scope: Scope, send: Send) -> Send:
    is_ours = any(route in scope["path"] for route in OURS)

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            if is_ours:
                headers["Content-Security-Policy"] = _OWN_POLICY
                headers["Cache-Control"] = "no-store"
            elif _is_page(scope, headers):
                headers["Content-Security-Policy"] = _page_policy(Headers(scope=scope).get("host", ""))
        await send(message)

    return sent


def _is_page(scope: Scope, headers: MutableHeaders) -> bool:
    is_component = "/component/" in scope["path"]  # another's page, in a frame
    return headers.get("content-type", "").startswith("text/html") and not is_component


def _page_policy(host: str) -> str:
    """Return what Streamlit's page may do; not every browser takes 'self' for its websocket too."""
    return _PAGE_POLICY.format(scripts=_scripts_in_page(), sockets=f"ws://{host} wss://{host}")


@cache
def _scripts_in_page() -> str:
    """Return the checksums of the scripts that stand in Streamlit's page itself."""
    try:
        page = (files("streamlit") / "static" / "index.html").read_text(encoding="utf-8")
    except OSError:  # a later version has it elsewhere
        return "'unsafe-inline'"
    sums = (
        sha256(found.encode()).digest() for found in re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    )
    return " ".join(f"'sha256-{b64encode(each).decode()}'" for each in sums)


def _held_in_memory() -> int:
    """Count the bytes of the files that Streamlit's uploader holds for all visitors."""
    if not runtime.exists():
        return 0
    held = cast(MemoryUploadedFileManager, runtime.get_instance().uploaded_file_mgr)
    return sum(each.byte_length for family in held.get_stats().values() for each in family)


def _host_name(host: str | None) -> str | None:
    try:
        parts = urlsplit(f"//{host}")
        port_is_number = parts.port is None or parts.port >= 0
    except ValueError:
        return None
    is_host_alone = parts.netloc == host and parts.username is None and not (parts.path or parts.query)
    if not (host and port_is_number and is_host_alone and parts.hostname):
        return None
    return parts.hostname.rstrip(".")


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@cache
def _names_of_this_computer() -> frozenset[str]:
    return frozenset({socket.gethostname().lower(), socket.getfqdn().lower()})
