"""Fixtures of all tests: real data, some of which may be absent."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import settings

from maxrf_core import language
from maxrf_core.demo.make import make_demo
from tests.demo_folder import DemoFolder
from tests.once import made_once

# Speed is measured in benchmarks/; a test never fails because the machine is busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED = Path(__file__).resolve().parents[2] / "shared"
OWN = Path(__file__).resolve().parent  # its folder data holds what may be passed on


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that are marked `soak` or `interop`, unless ``-m`` names them.

    The browser's files, which take longest, come first: at the end of a run no processor waits for one.
    """
    unwanted = [marker for marker in ("soak", "interop") if marker not in config.getoption("markexpr")]
    left_out = [item for item in items if any(map(item.get_closest_marker, unwanted))]
    config.hook.pytest_deselected(items=left_out)
    wanted = [item for item in items if item not in left_out]
    items[:] = sorted(wanted, key=lambda item: item.get_closest_marker("browser") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why tests were run once more: each is looked into, though it passed then."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"Run once more: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext[-2000:])


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Put Python's main module back: Streamlit's AppTest replaces it, and new processes would run that."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demo scan once, with its photograph and its points, in a folder of which tests take copies."""
    return made_once(tmp_path_factory, "demo", lambda folder: make_demo(folder / "demo.datastack"))


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    """Return the data folder of all tests that run the app in this process; hold in it what a test needs."""
    return DemoFolder(tmp_path_factory.mktemp("app"))


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return the path of a test file, in the shared folder or in tests/data; skip the test if in neither."""

    def path_of(name: str) -> Path:
        for folder in (SHARED, OWN):
            if (folder / name).exists():
                return folder / name
        pytest.skip(f"the test data {name} is not on this machine")

    return path_of


@pytest.fixture
def translations(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[dict[str, str]], None]]:
    """Return a function that installs a Dutch translation."""
    root = tmp_path_factory.mktemp("locale")

    def install(texts: dict[str, str]) -> None:
        folder = root / "nl" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        catalogue = Catalog(locale="nl")
        for text, translated in texts.items():
            catalogue.add(text, translated)
        with (folder / "maxrf4all.mo").open("wb") as file:
            write_mo(file, catalogue)

    monkeypatch.setattr(language, "LOCALE", root)
    language.translation.cache_clear()
    yield install
    language.translation.cache_clear()
