"""A mosaic tells on its page which scans it was made of and how far these were apart."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.mosaic.make import make_mosaic, plan_mosaic
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.survey import survey
from tests.maxrf_core.mosaic.made_parts import make_both
from tests.pages.conftest import texts


def test_the_scans_and_their_distance_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = survey(placed_scans(make_both(tmp_path, off=(3, 0))))
    make_mosaic(plan_mosaic(found), tmp_path / "mosaic.datastack")
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))

    def page() -> None:
        from widgets.mosaic.join_scans import join_scans
        from widgets.session.scan import open_scan_of

        join_scans(open_scan_of("mosaic.datastack"))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert "**1** left" in texts(app)
    (rows,) = [each.value for each in app.table]
    assert float(rows["Apart (pixels)"][0]) == pytest.approx(3, abs=0.15)
    assert float(rows["After moving them to meet"][0]) < 0.2
    assert "Counts are as measured" in texts(app)
