"""Security headers of every answer, and the content security policy of pages."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from server import assets, download_route, made_file_route, private_link, quick_answers, upload_route
from server.settings import below_app

OWN_ROUTES = (
    upload_route.ROUTE,
    download_route.ROUTE,
    made_file_route.ROUTE,
    quick_answers.ROUTE,
    private_link.FORGET_ROUTE,
    private_link.OPEN_ROUTE,
)
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


def with_security_headers(scope: Scope, send: Send) -> Send:
    """Return a `send` that adds the headers to an answer."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    is_script = path.startswith(below_app(f"{assets.ROUTE}/"))  # which may have any name
    is_ours = not is_script and any(route in path for route in OWN_ROUTES)

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
