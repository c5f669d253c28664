"""Middleware that answers each request in the language of the visitor's browser.

Pages of Streamlit know that language by themselves; this is for the routes beside them.
"""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from maxrf_core.language import in_locale

# A path to the translation is made of it: letters and digits alone, as BCP 47 has them.
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")
MAX_LENGTH = 1000  # characters of the header that are read


def preferred_locale(accept_language: str) -> str | None:
    """Return the locale that a browser prefers; None if it names none.

    Parameters
    ----------
    accept_language : str
        Value of the header ``Accept-Language`` (RFC 9110, section 12.5.4).

    Examples
    --------
    >>> preferred_locale("en;q=0.8, nl-NL, nl;q=0.9")
    'nl-NL'
    """
    preferred, highest = None, 0.0
    for part in accept_language[:MAX_LENGTH].split(","):
        tag, _semicolon, parameter = part.strip().partition(";")
        weight = _WEIGHT.fullmatch(parameter or "q=1")
        if weight and _TAG.fullmatch(tag.strip()) and float(weight[1]) > highest:
            preferred, highest = tag.strip(), float(weight[1])
    return preferred


class RequestLanguage:
    """Middleware that translates what the app behind it says, by the header ``Accept-Language``.

    Parameters
    ----------
    app : ASGI application
        The app behind this middleware.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        locale = None
        if scope["type"] == "http":
            locale = preferred_locale(Headers(scope=scope).get("accept-language", ""))
        if locale is None:
            await self._app(scope, receive, send)
            return
        with in_locale(locale):
            await self._app(scope, receive, send)
