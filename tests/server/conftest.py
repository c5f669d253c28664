"""What the tests of the server share: its routes as they run in the app, on a data folder of their own."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from server.application import middleware, routes


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the server a data folder of its own, for several visitors, with room for 50 MB."""
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
