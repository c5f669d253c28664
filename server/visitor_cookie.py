"""A signed cookie by which returning visitors are recognised.

Streamlit begins a new session with every reload. So a browser gets a cookie with a random secret that stays
as long as an upload does; a visitor's folder is named after the secret's checksum, so that a listing of the
folders does not tell the secrets. A private link carries the same secret to another browser.
"""

import hashlib
import math
import re
import secrets

from itsdangerous import BadSignature
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.settings import SettingError, uploads
from server.signing_key import signer

COOKIE = "maxrf_visitor"
MAX_COOKIE_AGE = 400 * 24 * 3600  # seconds that browsers keep a cookie at most
_SECRET = re.compile(r"[0-9a-f]{64}")


def new_secret() -> str:
    """Return a new random secret."""
    return secrets.token_hex(32)


def sign_secret(secret: str, purpose: str = COOKIE) -> str:
    """Return a secret, signed for the cookie or for another purpose."""
    return signer(purpose).sign(secret).decode()


def read_secret(text: str, purpose: str = COOKIE) -> str | None:
    """Return the secret in a signed text; None where it was not signed here, for this purpose."""
    if not text:
        return None
    try:
        secret = signer(purpose).unsign(text).decode()
    except (BadSignature, UnicodeError):
        return None
    return secret if _SECRET.fullmatch(secret) else None


def owner_id(secret: str) -> str:
    """Return the identifier of the visitor with this secret, which names the folder of the uploads.

    Examples
    --------
    >>> owner_id("a browser's secret")
    '9ebad92f944e62c7ef18cfbae869ae10'
    """
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def cookie(secret: str | None, secure: bool) -> str:
    """Return the header that makes a browser keep a secret, or forget the one it has.

    Parameters
    ----------
    secret : str or None
    secure : bool
        Whether the visitor came over https.
    """
    value, age = (sign_secret(secret), _seconds()) if secret else ("", 0)
    # Lax, not strict: a link in a mail would otherwise seem to come from a new visitor, who gets a new one
    text = f"{COOKIE}={value}; Max-Age={age}; Path=/; HttpOnly; SameSite=Lax"
    return text + ("; Secure" if secure else "")


class VisitorCookie:
    """Middleware that gives a browser its cookie, or renews it, with every page that it asks for.

    Parameters
    ----------
    app : ASGI application
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the cookie if it asks for a page."""
        if scope["type"] != "http" or "text/html" not in HTTPConnection(scope).headers.get("accept", ""):
            await self._app(scope, receive, send)
            return
        secret = read_secret(HTTPConnection(scope).cookies.get(COOKIE, "")) or new_secret()

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "set-cookie" not in headers or COOKIE not in headers["set-cookie"]:
                    headers.append("Set-Cookie", cookie(secret, scope["scheme"] == "https"))
                headers["Cache-Control"] = "no-store"  # no proxy may hand one visitor's cookie to the next
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _seconds() -> int:
    try:
        seconds = uploads().hours * 3600
    except SettingError:  # the page says so; nobody is forgotten for it
        return MAX_COOKIE_AGE
    return MAX_COOKIE_AGE if math.isinf(seconds) else min(math.ceil(seconds), MAX_COOKIE_AGE)
