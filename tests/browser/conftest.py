"""Fixtures of the browser tests: the real app in its own process, and a visitor's page in a real Chromium.

A test asks for ``app`` and ``page``. It fails by itself when the app writes a traceback to its terminal, when
the page writes an error to its console, or when it asks any other computer for anything; a failed test leaves
a picture of the page in ``build/browser``.
"""

import re
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.app_server import PROJECT, AppServer
from tests.browser.visitor import DESKTOP, PATIENCE, Troubles, forget_visitor, prepare
from tests.demo_folder import DemoFolder
from tests.once import made_once
from tools.browser import HINT, find_chromium, launch_with_profile
from tools.screenshots import register_demo

PICTURES = PROJECT / "build" / "browser"
FAILED = pytest.StashKey[bool]()

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def registered_demo(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Register the demo's photograph once, in a folder of which tests take copies."""

    def make(folder: Path) -> None:
        shutil.copytree(made_demo, folder, dirs_exist_ok=True)
        register_demo(folder)

    return made_once(tmp_path_factory, "registered-demo", make)


@pytest.fixture(scope="session")
def running_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AppServer, DemoFolder]]:
    """Run the real app once for many modules, and give the data folder on which it runs."""
    folder = DemoFolder(tmp_path_factory.mktemp("browser"))
    with AppServer(folder.path, environment={"MAXRF_SHARED": ""}) as server:
        yield server, folder


@pytest.fixture(scope="module")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """Run the real app on a data folder that no other module has changed.

    The folder holds the demo already where the module says ``WITH_DEMO = True``; with
    ``WITH_REGISTERED_DEMO = True`` its photograph is registered. The app of such modules goes on running,
    but where the module says ``SHARED = True``: then it serves several visitors instead of its own computer
    alone. Without the demo the folder is empty, and the app has just started.
    """
    fixtures = {"WITH_DEMO": "made_demo", "WITH_REGISTERED_DEMO": "registered_demo"}
    wanted = [fixtures[name] for name in fixtures if getattr(request.module, name, False)]
    source: Path | None = request.getfixturevalue(wanted[0]) if wanted else None
    shared = "1" if getattr(request.module, "SHARED", False) else ""
    if source is not None and not shared and sys.platform != "win32":  # its folder is never another
        server, running_on = request.getfixturevalue("running_app")
        running_on.hold(source)
        yield server
        return
    folder = tmp_path_factory.mktemp("data")
    if source is not None:
        shutil.copytree(source, folder, dirs_exist_ok=True)
    with AppServer(folder, environment={"MAXRF_SHARED": shared}) as server:
        yield server


@pytest.fixture(scope="session")
def chromium_path() -> Path | None:
    """Look for a Chromium that starts; None if there is none."""
    return find_chromium()


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which Chromium keeps compiled scripts: the next module's pages need them again."""
    return tmp_path_factory.mktemp("chromium")


@pytest.fixture(scope="module")
def window(chromium_path: Path | None, profile: Path) -> Iterator[BrowserContext]:
    """Start Chromium, once for all tests of a module: while Playwright runs, no other event loop can."""
    if chromium_path is None:
        pytest.fail(HINT, pytrace=False)
    with sync_playwright() as playwright:
        context = launch_with_profile(playwright, chromium_path, profile, DESKTOP)
        prepare(context)
        yield context
        context.close()


@pytest.fixture(scope="module")
def browser(window: BrowserContext) -> Browser:
    """Return the module's Chromium, for windows of another kind and for other visitors."""
    assert window.browser is not None
    return window.browser


@pytest.fixture
def viewport(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Return the size of the browser's window, a desktop's; parametrize it indirectly for others."""
    size: tuple[int, int] = getattr(request, "param", DESKTOP)
    return size


@pytest.fixture
def colour_scheme(request: pytest.FixtureRequest) -> str:
    """Return the visitor's preference, "light"; parametrize it indirectly for "dark"."""
    scheme: str = getattr(request, "param", "light")
    return scheme


@pytest.fixture
def page(
    request: pytest.FixtureRequest,
    app: AppServer,
    window: BrowserContext,
    viewport: tuple[int, int],
    colour_scheme: str,
) -> Iterator[Page]:
    """Open an empty page as a new visitor; what goes wrong in it fails the test.

    Nothing is left of the visitor before but the browser's cache, where the app's scripts are.
    """
    troubles, written_before = Troubles(), len(app.output())
    troubles.watch(window)
    opened = window.new_page()
    opened.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    opened.emulate_media(color_scheme="dark" if colour_scheme == "dark" else "light")
    yield opened
    troubles.read_terminal(app.output()[written_before:])
    if request.node.stash.get(FAILED, False) or troubles:
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]+", "-", request.node.name)
        opened.screenshot(path=PICTURES / f"{name}.png")
    forget_visitor(window)
    troubles.leave(window)
    if troubles:
        pytest.fail("\n".join(["The page had troubles:", *troubles]), pytrace=False)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Run a browser test that fails once more: others take its processor. The summary lists it as a rerun."""
    if item.get_closest_marker("browser"):
        item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note a failure for the page's fixture, and add what the app wrote to the failure's report."""
    report = yield
    if report.failed and not item.stash.get(FAILED, False):
        item.stash[FAILED] = True
        server = getattr(item, "funcargs", {}).get("app")
        if isinstance(server, AppServer):
            report.sections.append(("What the app wrote to its terminal", server.output()))
            report.sections.append(("Picture of the page", f"is in {PICTURES}"))
    return report
