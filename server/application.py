"""Routes, middleware and lifespan of the server beside Streamlit's own pages."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import cv2
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit.starlette import App

from maxrf_core.atomic.changes import remove_partials
from server import assets, download_route, made_file_route, private_link, quick_answers, upload_route
from server.allocator import limit_freed_memory
from server.binned_caches import binned_caches, remove_orphans
from server.conversions import conversions
from server.header_timeout import set_header_timeout
from server.imports_ahead import import_ahead
from server.request_guard import Guard
from server.request_language import RequestLanguage
from server.session_cleanup import SessionCleanup
from server.settings import SettingError, below_app, data_folder, saved_work, uploads
from server.visitor_cookie import VisitorCookie

CLEANUP_INTERVAL = 600.0  # seconds between two removals of expired uploads


def routes() -> Sequence[Route]:
    """Return the routes beside Streamlit's own pages."""
    return [
        Route(below_app(upload_route.ROUTE) + "/{name}", upload_route.receive_upload, methods=["GET", "PUT"]),
        Route(below_app(download_route.ROUTE) + "/{name}", download_route.send_download, methods=["GET"]),
        Route(below_app(made_file_route.ROUTE) + "/{key}", made_file_route.send_made_file, methods=["GET"]),
        Route(below_app(quick_answers.ROUTE) + "/{key}", quick_answers.send_answer, methods=["GET"]),
        Route(below_app(assets.ROUTE) + "/{version}/{name:path}", assets.send_asset, methods=["GET"]),
        Route(below_app(private_link.OPEN_ROUTE), private_link.open_private_link, methods=["GET", "POST"]),
        Route(below_app(private_link.FORGET_ROUTE), private_link.forget_visitor, methods=["GET", "POST"]),
    ]


def middleware() -> Sequence[Middleware]:
    """Return the middleware for every request."""
    return [
        Middleware(SessionCleanup),
        Middleware(RequestLanguage),
        Middleware(Guard),
        Middleware(VisitorCookie),
    ]


@asynccontextmanager
async def lifespan(_app: App) -> AsyncIterator[None]:
    """Check the settings, tidy up while the server runs, and stop work in the background at its end."""
    limit_freed_memory()
    set_header_timeout()
    # Many share the processors here, and sums for maps take OpenCV's threads twice the time of one. Only now:
    # to change it later, while some visitor's picture is being warped, could end the process.
    cv2.setNumThreads(1)
    try:
        uploads()
    except SettingError as error:
        sys.exit(str(error))
    cleanup = asyncio.create_task(_clean_up_regularly())
    imports = asyncio.create_task(run_in_threadpool(import_ahead))
    try:
        yield
    finally:
        await run_in_threadpool(conversions.stop_all)
        await run_in_threadpool(binned_caches.stop)
        await imports
        cleanup.cancel()
        with suppress(asyncio.CancelledError):
            await cleanup


async def _clean_up_regularly() -> None:
    while True:
        # The data folder may be away for a while; st.secrets sets settings anew when its file is changed.
        with suppress(OSError, SettingError):
            await run_in_threadpool(remove_partials, data_folder())
            await run_in_threadpool(remove_orphans)
            await run_in_threadpool(uploads().remove_expired)
            await run_in_threadpool(saved_work().remove_expired, uploads().hours)
        await asyncio.sleep(CLEANUP_INTERVAL)
