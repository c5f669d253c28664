"""The private link by which visitors find their uploads elsewhere, and the way to be forgotten.

Both ask first, on a small page: a link alone must neither forget a visitor nor make somebody else of them.
"""

import html
from pathlib import PurePosixPath
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server.settings import uploads
from server.uploads import is_upload
from server.visitors import COOKIE, cookie, owner_from, secret_in, signed

BACK, FORGET = "/visitor/back", "/visitor/forget"
_PURPOSE = "private link"
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>maxrf4all</title>
<meta name="viewport" content="width=device-width">
<style>:root {{ color-scheme: light dark }} body {{ font: 1rem/1.5 sans-serif; max-width: 36rem;
margin: 4rem auto; padding: 0 1rem }} button {{ font: inherit; padding: 0.4rem 1rem; margin: 0 1rem 0 0 }}
</style></head>
<body><h1>{title}</h1><p>{words}</p>{forms}</body></html>"""


def link_back(cookie_value: str, identifier: str | None = None) -> str | None:
    """Return the address, below the app's own, by which this visitor is known in another browser.

    Parameters
    ----------
    cookie_value : str
        What the visitor's browser has sent.
    identifier : str, optional
        Of the upload that is opened there.

    Returns
    -------
    str or None
        None where the browser has no cookie of ours.
    """
    secret = secret_in(cookie_value)
    if secret is None:
        return None
    opened = f"&stack={quote(identifier)}" if identifier else ""
    return f"{BACK}?key={quote(signed(secret, _PURPOSE))}{opened}"


def come_back(request: Request) -> Response:
    """Show a page that asks before this browser gets the uploads of the link; then grant it."""
    secret = secret_in(request.query_params.get("key", ""), _PURPOSE)
    if secret is None or not (uploads().folder / owner_from(secret)).is_dir():
        return _page("This link is too old", "What it led to has been removed.", "", 404)
    if request.method == "GET":
        words = (
            "This browser will then show the uploads of this private link, and what you upload here can be "
            "seen by everyone who has the link. Go on only if it is your own."
        )
        return _page("Open my uploads on this computer?", words, _button(request, "Open my uploads"))
    identifier = request.query_params.get("stack", "")
    opened = f"?stack={identifier}" if is_upload(identifier) else ""
    return _to_app(request, opened, cookie(secret, request.url.scheme == "https"))


def forget(request: Request) -> Response:
    """Show a page that asks before this browser is forgotten, with or without its uploads; then do it."""
    if request.method == "GET":
        words = (
            "This browser will not find your uploads any more. By your private link you can still open them, "
            "until they are removed."
        )
        buttons = _button(request, "Forget me") + _button(
            request, "Forget me and remove my uploads", "remove=1"
        )
        return _page("Forget me on this computer?", words, buttons)
    secret = secret_in(request.cookies.get(COOKIE, ""))
    if secret is not None and request.query_params.get("remove"):
        uploads().remove_all(owner_from(secret))
    return _to_app(request, "", cookie(None, request.url.scheme == "https"))


def _button(request: Request, label: str, more: str = "") -> str:
    query = "&".join(part for part in (request.url.query, more) if part)
    action = html.escape(f"{request.url.path}?{query}")
    return f'<form method="post" action="{action}" style="display: inline"><button>{label}</button></form>'


def _page(title: str, words: str, forms: str, status: int = 200) -> Response:
    return HTMLResponse(_PAGE.format(title=title, words=words, forms=forms), status)


def _to_app(request: Request, query: str, header: str) -> Response:
    app = PurePosixPath(request.url.path).parent.parent.as_posix().rstrip("/") + "/"
    return RedirectResponse(app + query, 303, headers={"Set-Cookie": header})
