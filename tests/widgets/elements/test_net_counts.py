"""Gross or net counts: what the picture, its numbers and its file say is the same."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.conversion.convert import convert
from maxrf_core.errors import CalibrationError
from maxrf_core.imaging.read import read_picture
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import made_counts
from tests.pages.conftest import choice_of, come_to, go_to, texts
from tests.pages.elements_scan import NAME, PATIENCE, examined_folder
from tests.shown_charts import figure_of
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.net_counts import family_of_band

__all__ = ["examined_folder"]


@pytest.fixture
def open_maps(examined_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that opens a page on the scan whose elements are known, with a choice of counts."""
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))

    def opened(page: str, counts: str, lo: float, hi: float) -> AppTest:
        app = come_to("guide", {"stack": NAME, "lo": str(lo), "hi": str(hi), "counts": counts}, PATIENCE)
        choice_of(app).pixels = [(4, 5)]
        go_to(app, page)
        assert not app.exception
        return app

    return opened


def map_file(app: AppTest) -> tuple[str, np.ndarray]:
    """Return the name and the values of the map that is offered as TIFF."""
    files = app.session_state["offered-files"].files.values()
    file = next(each for each in files if each.name.endswith(".tiff"))
    path = Path(app.session_state["made-folder"]) / "map.tiff"
    path.write_bytes(file.make())
    return file.name, read_picture(path)


@pytest.mark.parametrize(
    ("counts", "units", "name"),
    [
        ("gross", "counts per channel", "made_Fe-Ka_6.25-6.55-keV.tiff"),
        ("sides", "net counts per channel", "made_Fe-Ka_6.25-6.55-keV_net-side-bands.tiff"),
        ("fit", "net counts per pixel", "made_Fe-K_net-fit.tiff"),
    ],
)
def test_picture_numbers_and_file_tell_the_same(
    open_maps, tmp_path: Path, counts: str, units: str, name: str
):
    app = open_maps("maps", counts, 6.25, 6.55)
    app.session_state["made-folder"] = str(tmp_path)
    assert figure_of(app, "maps-map")["map"]["units"] == units
    found, values = map_file(app)
    assert found == name
    said = next(each.value for each in app.markdown if each.value.startswith("**Pixel 4, 5:**"))
    assert said == f"**Pixel 4, 5:** {values[5, 4]:.4g} {units}"
    if counts == "fit":
        maps = made_examination().maps
        sigma = maps.sigma[maps.index("Fe")]
        assert np.abs(values - maps.net[maps.index("Fe")]).max() < 0.5 * sigma.max()
    assert (values.min() < 0) == (counts != "gross")


def test_all_pages_show_the_counts_that_were_chosen_on_one(open_maps):
    app = open_maps("maps", "gross", 6.25, 6.55)
    app.segmented_control(key="band-counts").set_value("sides").run()
    for page, chart in (("spectra", "spectra-map"), ("maps", "maps-map")):
        go_to(app, page)
        assert figure_of(app, chart)["map"]["units"] == "net counts per channel"
    app.switch_page("pages/register.py").run()
    assert app.segmented_control(key="band-counts").value == "sides"
    assert "the background is taken from side bands" in texts(app)


def test_limits_in_counts_do_not_stay_when_counts_mean_another_thing(open_maps):
    app = open_maps("maps", "gross", 6.25, 6.55)
    app.segmented_control(key="clip-kind").set_value("counts").run()
    app.segmented_control(key="band-counts").set_value("fit").run()
    assert choice_of(app).clip == "percent"


def test_an_absent_element_s_fitted_map_is_said_to_be_noise(open_maps):
    app = open_maps("maps", "fit", 10.382, 10.682)  # As Ka
    assert "Arsenic is not found in this scan: the map shows noise." in texts(app)
    assert figure_of(app, "maps-map")["map"]["units"] == "net counts per pixel"


def test_a_map_that_cannot_be_fitted_shows_gross_counts_and_says_why(open_maps):
    app = open_maps("maps", "fit", 16.0, 16.31)
    assert "nothing to fit" in texts(app)
    assert "shows gross counts" in texts(app)
    assert figure_of(app, "maps-map")["map"]["units"] == "counts per channel"


def test_without_energies_there_is_no_fit_to_choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    convert(ArrayScan(made_counts()), tmp_path / "plain.datastack")
    app = come_to("maps", {"stack": "plain.datastack", "counts": "fit"}, PATIENCE)
    assert app.segmented_control(key="band-counts").options == ["Gross", "Net (side bands)"]
    assert figure_of(app, "maps-map")["map"]["units"] == "counts per channel"
    app.segmented_control(key="band-counts").set_value("sides").run()
    assert "channels" in next(each.value for each in app.caption if "side bands" in each.value)


@pytest.mark.parametrize(
    ("line", "lo", "hi", "family"),
    [("As Ka", 10.382, 10.682, "As-K"), ("", 10.4, 10.7, "Pb-L"), ("", 6.3, 6.5, "Fe-K")],
)
def test_a_band_is_of_the_line_it_was_chosen_by_or_of_its_main_one(line, lo, hi, family):
    assert family_of_band(made_examination(), line, lo, hi) == family


def test_a_band_without_a_line_has_no_family():
    with pytest.raises(CalibrationError, match="nothing to fit"):
        family_of_band(made_examination(), "", 16.0, 16.31)


def test_the_map_follows_a_drag_in_net_counts_too(open_maps):
    app = open_maps("maps", "sides", 6.25, 6.55)
    answer = app.session_state["preview/maps-map"].answer
    figure = json.loads(answer({"from": "8.0", "to": "8.4", "number": "1"}))
    assert figure["map"]["units"] == "net counts per channel"
    app.number_input(key="band-hi").set_value(8.4).run()
    app.number_input(key="band-lo").set_value(8.0).run()
    assert figure_of(app, "maps-map")["hash"] == figure["hash"]


def test_a_fit_follows_when_the_drag_ends(open_maps):
    app = open_maps("maps", "fit", 6.25, 6.55)
    assert "preview/maps-map" not in app.session_state
