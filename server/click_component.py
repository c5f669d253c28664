"""Fix of the page of `streamlit_image_coordinates`, whose picture might not appear.

The page of `streamlit_image_coordinates` starts its script before the picture's own place is there. A busy
browser may let Streamlit's first message in between: the script fails, and the picture stays away until
something else is done. Its address is Streamlit's, for which an app can have no route; hence a middleware.
"""

from contextlib import suppress
from functools import cache
from importlib.resources import files

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PACKAGE = "streamlit_image_coordinates"
ADDRESS = f"/component/{PACKAGE}.{PACKAGE}/index.html"


class StartScriptsLast:
    """Middleware that sends the component's page with scripts that wait until the page is there.

    Parameters
    ----------
    app : ASGI application
        What answers everything else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_page = scope["type"] == "http" and scope["method"] == "GET" and scope["path"].endswith(ADDRESS)
        page = _page() if is_page else None
        if page is None:
            await self._app(scope, receive, send)
        else:
            await HTMLResponse(page, headers={"Cache-Control": "no-cache"})(scope, receive, send)


@cache
def _page() -> str | None:
    """Return the page; None if a later version of the package has it elsewhere."""
    # Only now, since this imports the package, whose component Streamlit would forget before it has started.
    with suppress(OSError):
        page = (files(PACKAGE) / "frontend" / "index.html").read_text(encoding="utf-8")
        return page.replace("<script src=", "<script defer src=")
    return None
