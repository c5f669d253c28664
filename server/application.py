"""Routes, middleware and life cycle of the server beside Streamlit's own pages."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import cv2
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import config
from streamlit.starlette import App

from maxrf_core.atomic.changes import remove_partials
from server import answering, receiving, returning, sending
from server.click_component import StartScriptsLast
from server.guarding import Guard
from server.memory import return_what_is_free
from server.sessions import EndSessions
from server.settings import SettingError, data_folder, saved_work, uploads
from server.slow_headers import limit_header_time
from server.visitors import RememberVisitor

TIDYING = 600.0  # seconds between two removals of expired uploads


def below_app(address: str) -> str:
    """Return the whole address of a path below the app's own (server.baseUrlPath)."""
    base = config.get_option("server.baseUrlPath").strip("/")
    return f"/{base}{address}" if base else address


def routes() -> Sequence[Route]:
    """Return the routes beside Streamlit's own pages."""
    return [
        Route(below_app(receiving.ROUTE) + "/{name}", receiving.receive_upload, methods=["GET", "PUT"]),
        Route(below_app(sending.ROUTE) + "/{name}", sending.send_download, methods=["GET"]),
        Route(below_app(answering.ROUTE) + "/{key}", answering.give_answer, methods=["GET"]),
        Route(below_app(returning.BACK), returning.come_back, methods=["GET", "POST"]),
        Route(below_app(returning.FORGET), returning.forget, methods=["GET", "POST"]),
    ]


def middleware() -> Sequence[Middleware]:
    """Return the middleware for every request."""
    return [
        Middleware(EndSessions),
        Middleware(Guard),
        Middleware(RememberVisitor),
        Middleware(StartScriptsLast),
    ]


@asynccontextmanager
async def life(_app: App) -> AsyncIterator[None]:
    """Check the settings at the start; remove old uploads while the server runs."""
    return_what_is_free()
    limit_header_time()
    # Many share the processors here, and sums for maps take OpenCV's threads twice the time of one. Only now:
    # to change it later, while some visitor's picture is being warped, could end the process.
    cv2.setNumThreads(1)
    try:
        uploads()
    except SettingError as error:
        sys.exit(str(error))
    tidying = asyncio.create_task(_tidy_for_ever())
    try:
        yield
    finally:
        tidying.cancel()
        with suppress(asyncio.CancelledError):
            await tidying


async def _tidy_for_ever() -> None:
    while True:
        with suppress(OSError):  # the data folder may be away for a while
            await run_in_threadpool(uploads().tidy)
            await run_in_threadpool(remove_partials, data_folder())
            await run_in_threadpool(saved_work().tidy, uploads().hours)
        await asyncio.sleep(TIDYING)
