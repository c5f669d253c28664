"""The wheel holds the whole app: installed elsewhere, the command maxrf4all opens the demo."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from maxrf_core._version import VERSION
from tests.browser.app_server import PROJECT, AppServer
from tests.browser.visitor import open_page, visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty environment and return its command."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = folder / "environment"
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command: str | Path) -> None:
        done = subprocess.run(command, cwd=PROJECT, env=outside, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    uv = (sys.executable, "-m", "uv")
    run(*uv, "build", "--wheel", "--out-dir", folder)
    [wheel] = folder.glob("*.whl")
    run(*uv, "venv", "--python", sys.executable, environment)
    python = environment / "bin" / "python"
    run(*uv, "pip", "install", "--python", python, "--constraint", "requirements.lock", wheel)
    return environment / "bin" / "maxrf4all"


def test_the_installed_command_opens_the_app(
    page: Page, launcher: Path, tmp_path: Path, made_demo: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = tmp_path / "my scans"
    shutil.copytree(made_demo, folder)
    with AppServer(folder, launcher=launcher) as app:
        visit(page, f"{app.url}/look?part=bands&stack=demo.datastack")
        expect(page.locator(".st-key-chart-maps-map .js-plotly-plot")).to_be_visible()
        open_page(page, "Guide")
        page.get_by_role("button", name="The demo, from opening").click()
        expect(page.get_by_role("img", name="The page Open")).to_be_visible()
        assert "Scans:" in app.output()


def test_the_installed_command_says_its_version_and_what_it_cannot_open(launcher: Path, tmp_path: Path):
    told = subprocess.run([launcher, "--version"], capture_output=True, text=True, cwd=tmp_path)
    assert told.stdout == f"maxrf4all {VERSION}\n"
    missing = subprocess.run([launcher, "no such folder"], capture_output=True, text=True, cwd=tmp_path)
    assert (missing.returncode, missing.stderr) == (2, "maxrf4all: There is no folder no such folder.\n")
