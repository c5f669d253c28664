"""Downloads of files that are made at the moment when a visitor takes them, such as a map as TIFF.

Streamlit (1.67) can make a file when its button is pressed, but does not record for whom, and removes it
after the next run of any visitor's page: with many visitors, before the browser has fetched it. Here the
request that gets the file makes it.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from maxrf_core.errors import MaxrfError
from maxrf_core.language import _
from server.download_route import UNCHANGED
from server.session_addresses import SessionAddresses

ROUTE = "/made"
log = logging.getLogger(__name__)


class MadeFile:
    """A file that one visitor's page offers; the offer ends with the visitor's session, which holds it.

    Parameters
    ----------
    make : callable
        Return the content, or the path of a file that holds it and is sent in pieces; called in a thread of
        the server at every download.
    name : str
        Of the file, as the browser saves it.
    mime : str

    Attributes
    ----------
    make, name, mime
        May be set anew, for what the page shows later; the address stays.
    address : str
        Below the app's own.
    """

    def __init__(self, make: Callable[[], bytes | Path], name: str, mime: str) -> None:
        self.make, self.name, self.mime = make, name, mime
        self.address = _addresses.give(self)


_addresses: SessionAddresses[MadeFile] = SessionAddresses(ROUTE)


def send_made_file(request: Request) -> Response:
    """Make a file and send it; a sentence says why where that fails."""
    found = _addresses.find(request)
    if found is None:
        return PlainTextResponse(_("This link is too old; reload the page in which it was."), 404)
    name, mime = found.name, found.mime
    try:
        content = found.make()
    except MaxrfError as error:
        return PlainTextResponse(str(error), 409)
    except Exception:
        log.exception("%s could not be made", name)
        return PlainTextResponse(_("This file could not be made; the server's log says why."), 500)
    named = f'filename="{name}"' if quote(name) == name else f"filename*=UTF-8''{quote(name)}"
    headers = UNCHANGED | {"Content-Disposition": f"attachment; {named}"}
    if isinstance(content, Path):
        return FileResponse(content, media_type=mime, headers=headers)
    return Response(content, media_type=mime, headers=headers)
