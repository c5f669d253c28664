"""How does a file of several gigabytes get from a browser to the disk without filling the memory?

Streamlit's own uploader keeps a file in memory, twice its size at the worst. Here the pieces go to the disk
as they come, in a thread, so that other visitors are answered meanwhile.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from maxrf_core.errors import MaxrfError, PictureError, ScanError
from server import tickets
from server.looking_over import ENDINGS, CannotBeOpenedError, look_over
from server.settings import uploads
from server.uploads import Arrival, UploadRefusedError

ROUTE = "/uploads"
PIECE = 4 << 20  # bytes; smaller ones would be handed to a thread too often
BESIDE = "X-Upload-Beside"


async def receive_upload(request: Request) -> Response:
    """Take the body of a PUT request as a file; answer with its identifier, or with why not.

    The request carries a ticket (`server.tickets`) and the file's size, and for the second file of a raw
    scan the identifier of the first. Every file is checked before anything can open it. A GET request with
    the size in the address asks whether the file would be taken.
    """
    owner = tickets.read(request.headers.get(tickets.HEADER, ""))
    if owner is None or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return _refusal(403, "This page has been open for too long; reload it and upload the file again.")
    name = request.path_params["name"]
    if not name.lower().endswith(ENDINGS):
        return _refusal(415, f"Only files that end in {', '.join(ENDINGS)} can be uploaded here.")
    is_question = request.method == "GET"
    size = request.query_params.get("size") if is_question else request.headers.get("content-length")
    if size is None or not (size.isascii() and size.isdigit()):
        return _refusal(411, "The browser did not say how large the file is; please try another browser.")
    try:
        if is_question:
            uploads().check_room(int(size))
            return JSONResponse({})
        return JSONResponse({"identifier": await _received(request, owner, name, int(size))})
    except CannotBeOpenedError as error:
        return JSONResponse({"error": str(error), "broken": error.identifier})  # it has arrived
    except UploadRefusedError as error:
        return _refusal(413, str(error))
    except (ScanError, PictureError) as error:
        return _refusal(422, str(error))
    except MaxrfError as error:
        return _refusal(507, str(error))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it


async def _received(request: Request, owner: str, name: str, size: int) -> str:
    kept = uploads()
    with kept.receive(owner, name, size, request.headers.get(BESIDE)) as arrival:
        await _store(request, arrival)
    return (await run_in_threadpool(look_over, kept, arrival.upload)).identifier


async def _store(request: Request, arrival: Arrival) -> None:
    pieces: list[bytes] = []
    async for piece in request.stream():
        pieces.append(piece)
        if sum(map(len, pieces)) >= PIECE:
            await run_in_threadpool(arrival.write, b"".join(pieces))
            pieces.clear()
    await run_in_threadpool(arrival.write, b"".join(pieces))


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status)
