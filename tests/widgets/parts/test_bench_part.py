"""The bench keeps what lies on it while another part of Look is shown; see `tests/pages/test_look.py` too."""

from pathlib import Path

import pytest

from tests.maxrf_core.elements.made_scan import COUNTS
from tests.pages.conftest import choice_of
from tests.pages.elements_scan import examined_folder, open_made

__all__ = ["examined_folder"]


def test_layers_and_pixel_are_the_same_after_a_visit_to_another_part(
    examined_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    app = open_made("look")
    bench = choice_of(app).bench
    app.selectbox(key="look-add").set_value(next(each for each in COUNTS if each not in bench.keys)).run()
    choice_of(app).choose_pixel(3, 4)
    app.run()
    before = list(bench.looks)
    assert len(before) == 2
    app.segmented_control(key="look-part").set_value("spectra").run()
    app.segmented_control(key="look-part").set_value("bench").run()
    assert not app.exception
    assert choice_of(app).bench.looks == before
    assert any("**Pixel 3, 4**" in each.value for each in app.markdown)
