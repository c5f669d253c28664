"""Fixtures of the visitor tests: the real app in its own process, with the demo scan."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.app_server import AppServer
from tests.visitors.requests_of_visitors import add_photograph

DEMO = "demo.datastack"
PHOTO = (1200, 1300)  # width and height of photographs


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, made_demo: Path) -> Iterator[AppServer]:
    """Run the real app, once for all tests here, on the demo with a photograph registered on it."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(made_demo, folder, dirs_exist_ok=True)
    add_photograph(folder / DEMO, PHOTO)
    with AppServer(folder, environment={"MAXRF_SHARED": "1"}) as server:
        yield server
        assert "Traceback" not in server.output(), server.output()
