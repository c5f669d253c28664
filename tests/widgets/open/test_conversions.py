"""A conversion goes on while its visitor looks at other pages; each of them shows it, to nobody else."""

import threading
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.transform.coordinates import View
from server.conversions import Conversion, conversions
from tests.pages.conftest import APP, Open, labels, press, start, texts
from tests.widgets.open.test_convert import orientation, put_raw_scan
from widgets.open import conversions as shown

LIMIT = 60  # seconds, on a busy machine


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold conversions back until this is set."""
    may_go_on = threading.Event()
    real = shown.convert

    def held_back(*given, progress, **options):
        progress(0.25, "writing row 5 of 20")
        assert may_go_on.wait(LIMIT)
        return real(*given, progress=progress, **options)

    monkeypatch.setattr(shown, "convert", held_back)
    return may_go_on


@pytest.fixture(autouse=True)
def without_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversions, "_all", [])


def begin(open_page: Open) -> AppTest:
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    press(app, "Convert")
    return app


def same_visitor(app: AppTest) -> AppTest:
    """Start the app in another window of a visitor; only a window's first run has the sidebar in AppTest."""
    window = AppTest.from_file(str(APP), default_timeout=60)
    window.session_state["visitor-secret"] = app.session_state["visitor-secret"]
    return window.run()


def only_conversion() -> Conversion:
    [begun] = conversions._all
    return begun


def test_it_goes_on_while_another_page_is_shown_and_can_then_be_opened(
    open_page: Open, data_folder: Path, gate: threading.Event
):
    counts = put_raw_scan(data_folder)
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    orientation(app).set_value(View(1, True)).run()
    press(app, "Convert")
    assert "is being converted" in texts(app)
    assert "Convert" not in labels(app)
    side = same_visitor(app).sidebar
    assert [each.value for each in side.markdown] == ["**scan** is being made"]
    assert "Stop" in [button.label for button in side.button]
    assert "Stop" not in labels(start())  # another visitor
    gate.set()
    assert only_conversion().wait(LIMIT)
    app = same_visitor(app)
    assert "Stop" not in labels(app)
    assert [toast.value for toast in app.toast] == ["scan is ready: open it from the sidebar."]
    assert "Open it" in labels(app)  # a browser presses it in tests/browser/test_walking_away.py
    expected = np.rot90(counts[:, ::-1], -1)
    assert np.array_equal(DataStack(data_folder / "scan.datastack").read("maxrf_cube"), expected)


def test_a_stopped_conversion_leaves_nothing(open_page: Open, data_folder: Path, gate: threading.Event):
    put_raw_scan(data_folder)
    app = begin(open_page)
    press(same_visitor(app), "Stop")
    gate.set()
    assert only_conversion().wait(LIMIT)
    app.run()
    assert "Convert" in labels(app)
    assert "Stop" not in labels(same_visitor(app))
    assert not [path for path in data_folder.iterdir() if path.name.startswith(("scan.datastack", ".scan"))]


def test_an_error_is_told_in_the_sidebar_until_it_is_closed(open_page: Open, data_folder: Path):
    put_raw_scan(data_folder)
    (data_folder / "scan.datastack").write_bytes(b"another one")
    app = begin(open_page)
    assert only_conversion().wait(LIMIT)
    app = same_visitor(app)
    [error] = app.sidebar.error
    assert "scan\\.datastack exists already" in error.value
    press(app, "Close")
    assert not same_visitor(app).error
    assert (data_folder / "scan.datastack").read_bytes() == b"another one"
