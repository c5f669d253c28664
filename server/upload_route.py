"""Uploads of several gigabytes, received without filling the memory.

Streamlit's own uploader keeps a file in memory, twice its size at the worst. Here a thread writes the
pieces to the disk as they arrive, so that other visitors are answered meanwhile.
"""

from collections.abc import AsyncIterator

import anyio
from anyio.lowlevel import RunVar
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from maxrf_core.errors import MaxrfError
from maxrf_core.language import _
from server import transfer_tickets
from server.incoming_file import IncomingFile
from server.settings import uploads
from server.upload_check import UPLOAD_ENDINGS, CannotBeOpenedError, ContentRefusedError, check_upload
from server.upload_space import UploadRefusedError
from server.visitor_cookie import COOKIE

ROUTE = "/uploads"
CHUNK = 1 << 20  # bytes; smaller ones would be handed to a thread too often
MAX_STALL = 30.0  # seconds within which some progress is expected
PROGRESS = 64 << 10  # bytes
MAX_CHECKS = 2  # files that are checked at a time; the others wait without a thread
BESIDE = "X-Upload-Beside"


async def receive_upload(request: Request) -> Response:
    """Receive the body of a PUT request as a file; answer with its identifier or an error.

    The request carries a ticket (`server.transfer_tickets`) and the file's size, and for the second file of
    a raw scan the identifier of the first. Every file is checked before anything can open it. A GET request
    with the size in the address is answered by whether the file can be uploaded.
    """
    cookie = request.cookies.get(COOKIE, "")
    owner = transfer_tickets.read_upload(request.headers.get(transfer_tickets.HEADER, ""), cookie)
    if owner is None or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return _refusal(403, _("This page has been open for too long; reload it and upload the file again."))
    name = request.path_params["name"]
    if not name.lower().endswith(UPLOAD_ENDINGS):
        words = _("Only files that end in {endings} can be uploaded here.")
        return _refusal(415, words.format(endings=", ".join(UPLOAD_ENDINGS)))
    is_question = request.method == "GET"
    size = request.query_params.get("size") if is_question else request.headers.get("content-length")
    if size is None or not (size.isascii() and size.isdigit()):
        return _refusal(411, _("The browser did not say how large the file is; please try another browser."))
    try:
        if is_question:
            await run_in_threadpool(uploads().check_space, owner, int(size))
            return JSONResponse({})
        return JSONResponse({"identifier": await _received(request, owner, name, int(size))})
    except CannotBeOpenedError as error:
        return JSONResponse({"error": str(error), "broken": error.identifier})  # it has arrived
    except UploadRefusedError as error:
        return _refusal(413, str(error))
    except ContentRefusedError as error:
        return _refusal(422, str(error))
    except MaxrfError as error:
        return _refusal(507, str(error))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it


async def _received(request: Request, owner: str, name: str, size: int) -> str:
    kept = uploads()
    place = kept.receive(owner, name, size, request.headers.get(BESIDE))
    arrival = await run_in_threadpool(place.__enter__)
    try:
        await _store(request, arrival)
    except BaseException as error:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(place.__exit__, type(error), error, error.__traceback__)
        raise
    await run_in_threadpool(place.__exit__, None, None, None)
    checked = anyio.to_thread.run_sync(check_upload, kept, arrival.upload, limiter=_checks())
    return (await checked).identifier


async def _store(request: Request, arrival: IncomingFile) -> None:
    """Write the body as it comes.

    Raises
    ------
    UploadRefusedError
        If nothing comes any more.
    """
    stream = request.stream()
    waiting: list[bytes] = []
    is_whole = False
    while not is_whole:
        try:
            with anyio.fail_after(MAX_STALL):
                is_whole = await _progress(stream, waiting)
        except TimeoutError:
            words = _(
                "Nothing arrived for {seconds:g} seconds, and nothing was kept. Please upload the file again."
            )
            raise UploadRefusedError(words.format(seconds=MAX_STALL)) from None
        if is_whole or sum(map(len, waiting)) >= CHUNK:
            await run_in_threadpool(arrival.write, b"".join(waiting))
            waiting.clear()


async def _progress(stream: AsyncIterator[bytes], pieces: list[bytes]) -> bool:
    """Collect some bytes; return True at the end of the stream."""
    came = 0
    async for piece in stream:
        pieces.append(piece)
        came += len(piece)
        if came >= PROGRESS:
            return False
    return True


def _checks() -> anyio.CapacityLimiter:
    """Return the limit for checks side by side, one for each event loop."""
    try:
        return _limiter.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(MAX_CHECKS)
        _limiter.set(limiter)
        return limiter


_limiter: RunVar[anyio.CapacityLimiter] = RunVar("checks of uploads")


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status)
