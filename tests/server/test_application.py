"""The server checks its settings at the start, tidies up while it runs, and answers below a base path."""

import asyncio
import os
import time
from pathlib import Path

import pytest
from starlette.routing import Route

from server.application import below_app, lifespan, routes
from server.settings import uploads
from server.uploads import HOUR
from tests.server.stored_uploads import ANNA, put
from tests.server.streamlit_options import streamlit_options


def run(until) -> None:
    async def running() -> None:
        async with lifespan(None):  # type: ignore[arg-type]
            while not until():
                await asyncio.sleep(0)

    asyncio.run(running())


def test_expired_uploads_and_abandoned_work_are_gone_after_the_start(data_folder: Path):
    expired = put(uploads(), ANNA, b"counts").path
    os.utime(expired.parent, (0, time.time() - 10_000 * HOUR))
    new = put(uploads(), ANNA, b"counts").path
    run(until=lambda: not expired.exists())
    assert new.exists()


def test_an_invalid_setting_ends_the_start_with_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_UPLOAD_LIMIT", "much")
    with pytest.raises(SystemExit, match="MAXRF_UPLOAD_LIMIT is 'much'"):
        run(until=lambda: True)


def test_a_setting_that_becomes_invalid_ends_no_cleanup(data_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.application.CLEANUP_INTERVAL", 0)
    expired = put(uploads(), ANNA, b"counts").path
    partials = [data_folder / f".scan.datastack.{number:08x}.partial" for number in range(2)]

    async def running() -> None:
        async with asyncio.timeout(60), lifespan(None):  # type: ignore[arg-type]
            monkeypatch.setenv("MAXRF_UPLOAD_TTL", "a week")
            for partial in partials:  # the second one is removed by another cleanup than the first
                partial.touch()
                os.utime(partial, (0, 0))
                while partial.exists():
                    await asyncio.sleep(0)
            monkeypatch.delenv("MAXRF_UPLOAD_TTL")
            os.utime(expired.parent, (0, 0))
            while expired.exists():
                await asyncio.sleep(0)

    asyncio.run(running())


def test_all_routes_are_below_the_base_path():
    with streamlit_options(server__baseUrlPath="/xrf/"):
        assert below_app("/uploads") == "/xrf/uploads"
        assert all(isinstance(route, Route) and route.path.startswith("/xrf/") for route in routes())
    assert below_app("/uploads") == "/uploads"
