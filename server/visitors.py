"""Who is it that comes back after a reload?

Streamlit begins a new session with every reload. So a browser gets a cookie with a random secret that lasts
as long as the browser is open; a visitor's folder is named after the secret's checksum, so that a listing of
the folders does not tell the secrets.
"""

import hashlib
import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "maxrf_visitor"
_SECRET = re.compile(r"[0-9a-f]{64}")


def new_secret() -> str:
    """Make a secret that nobody can guess."""
    return secrets.token_hex(32)


def is_secret(text: object) -> bool:
    """Whether what a browser sent can be a secret of ours."""
    return isinstance(text, str) and bool(_SECRET.fullmatch(text))


def owner_from(secret: str) -> str:
    """Give the name of the folder of whoever knows this secret.

    Examples
    --------
    >>> owner_from("a browser's secret")
    '9ebad92f944e62c7ef18cfbae869ae10'
    """
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


class RememberVisitor:
    """Middleware that gives a browser its cookie with the first page that it asks for.

    Parameters
    ----------
    app : ASGI application
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the cookie if the browser has none."""
        if scope["type"] != "http" or not _is_new(HTTPConnection(scope)):
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Set-Cookie", _cookie(secure=scope["scheme"] == "https"))
                headers["Cache-Control"] = "no-store"  # no proxy may hand one visitor's cookie to the next
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _is_new(request: HTTPConnection) -> bool:
    """Whether a browser that has no cookie yet asks for a page."""
    asks_for_page = "text/html" in request.headers.get("accept", "")
    return asks_for_page and not is_secret(request.cookies.get(COOKIE, ""))


def _cookie(secure: bool) -> str:
    # Lax, not strict: a link in a mail would otherwise seem to come from a new visitor, who gets a new one
    return f"{COOKIE}={new_secret()}; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
