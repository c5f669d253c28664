"""A registration is saved to the scan, to a copy, or downloaded."""

from pathlib import Path

import pytest

from maxrf_core import DataStack
from maxrf_core.registration.exchange.write import TRANSFORM_KINDS
from server.uploads import is_upload
from tests.pages.conftest import Open, choice_of, labels, press, set_demo_points, texts


def test_a_page_that_is_locked_keeps_shared_scans_as_they_are(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    assert "Save to the scan" not in labels(app)
    assert "shared scans" in texts(app)
    before = (data_folder / "demo.datastack").read_bytes()
    press(app, "Save to a copy of my own")
    assert "Saved in" in texts(app)
    assert is_upload(choice_of(app).stack)
    assert (data_folder / "demo.datastack").read_bytes() == before
    copy = next(data_folder.glob(".uploads/*/*/*.datastack"))
    assert "imvis_reg_highres" in DataStack(copy).names
    assert "PNG" not in {button.label for button in app.get("link_button")}


def test_where_nothing_can_be_added_the_result_can_be_downloaded(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    labels = [button.label for button in app.get("link_button")]
    points = ["JSON", "QGIS", "BigWarp", "Butterfly Registrator"]
    assert labels == [*points, *(kind.title for kind in TRANSFORM_KINDS.values()), "GeoTIFF", "PNG", "TIFF"]
