"""Scans on one photograph are found, compared in plain words, and joined in the background."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from server.conversions import conversions
from server.visitor_cookie import owner_id
from tests.maxrf_core.mosaic.made_parts import RIGHT, make_both, make_part
from tests.pages.conftest import labels, press, texts


@pytest.fixture
def joining(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """Return a function that opens one of two overlapping scans, or a third one on another photograph."""
    make_both(tmp_path, off=(3, 0))
    make_part(tmp_path / "other.datastack", RIGHT, sha256="b" * 64)
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))

    def page(identifier: str) -> None:
        from widgets.mosaic.join_scans import join_scans
        from widgets.session.scan import open_scan_of

        join_scans(open_scan_of(identifier))

    return lambda name: AppTest.from_function(page, args=(name,), default_timeout=60).run()


def said(app: AppTest) -> str:
    return texts(app).replace("\\", "")


def test_two_scans_on_one_photograph_become_a_mosaic(joining: Callable[[str], AppTest], tmp_path: Path):
    app = joining("left.datastack")
    app.toggle(key="mosaic-on").set_value(True).run()
    assert not app.exception
    assert app.multiselect(key="mosaic-scans").options == ["right.datastack"]
    press(app, "Compare the overlaps")
    overlaps, counts = app.table[0].value, app.dataframe[0].value
    assert overlaps["Apart"][0].startswith(("2.9", "3.0"))
    assert "Scans 1 and 2 are" in said(app)
    assert "check the registration of both" in said(app)
    assert list(counts.columns) == ["Element", "2 ÷ 1"]
    app.toggle(key="mosaic-match").set_value(True).run()
    assert app.dataframe[0].value["× 2"][0].startswith("0.6")
    press(app, "Make the mosaic")
    [begun] = conversions.of(owner_id(app.session_state["visitor-secret"]))
    assert begun.wait(60)
    assert begun.state == "done"
    assert DataStack(tmp_path / "left_mosaic.datastack").map_names == ["Fe-K", "Pb-L", "Ca-K"]
    app.run()
    assert app.multiselect(key="mosaic-scans").options == ["right.datastack"]  # the mosaic is no further scan


def test_a_scan_that_is_alone_on_its_photograph_is_told_so(joining: Callable[[str], AppTest]):
    app = joining("other.datastack")
    app.toggle(key="mosaic-on").set_value(True).run()
    assert not app.exception
    assert "No other scan is registered on p.png" in said(app)
    assert "Compare the overlaps" not in labels(app)
