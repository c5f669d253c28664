"""The private link that opens a visitor's uploads in another browser, and the page that forgets a visitor.

Both show a small page that asks first: following a link must neither forget a visitor nor make the browser
another visitor's.
"""

import html
from pathlib import PurePosixPath
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from maxrf_core.errors import MaxrfError
from maxrf_core.language import _, current_language
from server.settings import uploads, uploads_folder
from server.uploads import is_upload
from server.visitor_cookie import COOKIE, cookie, owner_id, read_secret, sign_secret

OPEN_ROUTE, FORGET_ROUTE = "/visitor/back", "/visitor/forget"
_PURPOSE = "private link"
_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>maxrf4all</title>
<meta name="viewport" content="width=device-width">
<style>:root {{ color-scheme: light dark }} body {{ font: 1rem/1.5 sans-serif; max-width: 36rem;
margin: 4rem auto; padding: 0 1rem }} button {{ font: inherit; padding: 0.4rem 1rem; margin: 0 1rem 0 0 }}
</style></head>
<body><h1>{title}</h1><p>{words}</p>{forms}</body></html>"""


def private_link_path(cookie_value: str, identifier: str | None = None) -> str | None:
    """Return the path, below the app's own, of the link that opens this visitor's uploads in another browser.

    Parameters
    ----------
    cookie_value : str
        Value of the visitor's cookie.
    identifier : str, optional
        Of the upload that is opened there.

    Returns
    -------
    str or None
        None if the browser has no valid cookie.
    """
    secret = read_secret(cookie_value)
    if secret is None:
        return None
    opened = f"&stack={quote(identifier)}" if identifier else ""
    return f"{OPEN_ROUTE}?key={quote(sign_secret(secret, _PURPOSE))}{opened}"


def open_private_link(request: Request) -> Response:
    """Show a page that asks before this browser gets the uploads of the link; after a POST, do it."""
    secret = read_secret(request.query_params.get("key", ""), _PURPOSE)
    if secret is None or not (uploads_folder() / owner_id(secret)).is_dir():
        return _page(_("This link is too old"), _("What it led to has been removed."), "", 404)
    if request.method == "GET":
        words = _(
            "This browser will then show the uploads of this private link, and what you upload here can be "
            "seen by everyone who has the link. Go on only if it is your own."
        )
        button = _button(request, _("Open my uploads"))
        return _page(_("Open my uploads on this computer?"), words, button)
    identifier = request.query_params.get("stack", "")
    opened = f"?stack={identifier}" if is_upload(identifier) else ""
    return _to_app(request, opened, cookie(secret, request.url.scheme == "https"))


def forget_visitor(request: Request) -> Response:
    """Show a page that asks before this browser and, if wished, its uploads are forgotten; then do it."""
    if request.method == "GET":
        words = _(
            "This browser will not find your uploads any more. By your private link you can still open them, "
            "until they are removed."
        )
        buttons = _button(request, _("Forget me")) + _button(
            request, _("Forget me and remove my uploads"), "remove=1"
        )
        return _page(_("Forget me on this computer?"), words, buttons)
    secret = read_secret(request.cookies.get(COOKIE, ""))
    if secret is not None and request.query_params.get("remove"):
        try:
            uploads().remove_all(owner_id(secret))
        except MaxrfError as error:
            return _page(_("Your uploads are not removed"), str(error), "", 500)
    return _to_app(request, "", cookie(None, request.url.scheme == "https"))


def _button(request: Request, label: str, more: str = "") -> str:
    query = "&".join(part for part in (request.url.query, more) if part)
    action = html.escape(f"{request.url.path}?{query}")
    button = f"<button>{html.escape(label)}</button>"
    return f'<form method="post" action="{action}" style="display: inline">{button}</form>'


def _page(title: str, words: str, forms: str, status: int = 200) -> Response:
    texts = {"title": html.escape(title), "words": html.escape(words)}
    return HTMLResponse(_PAGE.format(language=current_language(), forms=forms, **texts), status)


def _to_app(request: Request, query: str, header: str) -> Response:
    app = PurePosixPath(request.url.path).parent.parent.as_posix().rstrip("/") + "/"
    return RedirectResponse(app + query, 303, headers={"Set-Cookie": header})
