"""The bench keeps what lies on it while another part of Look is shown; see `tests/pages/test_look.py` too."""

from pathlib import Path

import pytest

from maxrf_core.datastack.stored_elements import keep_element_maps
from server.work_queue import BusyError
from tests.maxrf_core.elements.made_scan import COUNTS
from tests.pages.conftest import Open, choice_of
from tests.pages.elements_scan import NAME, examined_folder, make_scan, open_made
from tests.shown_charts import figure_of
from tests.widgets.elements.made_examination import made_examination

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


def test_a_band_is_seen_until_the_elements_are_known(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    examined = made_examination()
    keep_element_maps(make_scan(data_folder / NAME), examined.maps)
    examine = "maxrf_core.datastack.scan_elements.examine_scan"

    def refuse(*_: object, **__: object) -> None:
        raise BusyError("There is too much to do.")

    monkeypatch.setattr(examine, refuse)
    app = open_page("look", NAME)
    assert "There is too much to do" in app.error[0].value
    assert [key.partition(":")[0] for key in choice_of(app).bench.keys] == ["band"]
    assert len(figure_of(app, "look-picture")["map"]["layers"]) == 1
    monkeypatch.setattr(examine, lambda *_, **__: (examined.analysis, examined.identification))
    app.run()
    assert not app.exception
    assert choice_of(app).bench.keys[0] in COUNTS
    assert app.button(key="look-undo").disabled
