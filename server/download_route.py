"""Downloads of several gigabytes, sent without filling the memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from maxrf_core.atomic import changes as atomic
from maxrf_core.errors import MaxrfError
from maxrf_core.language import _
from server import transfer_tickets
from server.settings import data_folder

CHUNK = 1 << 20  # bytes
ROUTE = "/downloads"
# Kept nowhere on its way, nor compressed by Streamlit's server, which takes longer than to send it.
UNCHANGED = {"Cache-Control": "no-store", "Content-Encoding": "identity"}


def download_address(path: Path) -> str:
    """Return the address, below the app's own, from which a file can be downloaded for some hours.

    Parameters
    ----------
    path : Path
        A file in the data folder, that this visitor may open.
    """
    relative = path.relative_to(data_folder()).as_posix()
    ticket = transfer_tickets.issue(relative, transfer_tickets.DOWNLOAD)
    return f"{ROUTE}/{quote(path.name)}?ticket={quote(ticket)}"


def send_download(request: Request) -> Response:
    """Send the file that the ticket in the address was made for."""
    relative = transfer_tickets.read(request.query_params.get("ticket", ""), transfer_tickets.DOWNLOAD)
    if relative is None:
        return PlainTextResponse(_("This link is too old; reload the page in which it was."), 403)
    try:
        pieces = _pieces(data_folder() / relative)  # signed by us, so it does not lead out
        size = next(pieces)
    except MaxrfError:
        return PlainTextResponse(_("This file is not here any more."), 404)
    name = quote(Path(relative).name)
    headers = UNCHANGED | {
        "Content-Length": str(size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
    }
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=headers)


def _pieces(path: Path) -> Iterator[Any]:
    """Yield the size of a file, then its committed state in pieces; stop if it is changed meanwhile."""
    with atomic.reading(path) as view:
        yield view.seek(0, 2)
        view.seek(0)
        while piece := view.read(CHUNK):
            yield piece
