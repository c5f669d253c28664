"""Fixtures of the server's tests: its routes as they run in the app, on an empty data folder."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from server.application import middleware, routes
from server.uploads import Uploads
from tests.server.browser import Browser
from tests.server.stored_uploads import LIMITS


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder, set for several visitors, with room for 50 MB."""
    monkeypatch.setenv("MAXRF_SHARED", "1")
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    monkeypatch.setenv("MAXRF_UPLOAD_LIMIT", "0.04")
    monkeypatch.setenv("MAXRF_UPLOAD_QUOTA", "0.05")
    return tmp_path


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """Run what the server answers beside Streamlit's pages, as it runs in the app, in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=routes(), middleware=middleware())
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="session")
def demo(made_demo: Path) -> Path:
    """Return the demo scan, which is only read."""
    return made_demo / "demo.datastack"


@pytest.fixture
def client(port: int) -> Iterator[Browser]:
    """Return a browser without cookies."""
    with Browser(port) as browser:
        yield browser


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    """Return an empty place for uploads, of at most 1000 bytes each, 2000 for a visitor and 2500 together."""
    return Uploads(tmp_path / ".uploads", LIMITS, hours=24)
