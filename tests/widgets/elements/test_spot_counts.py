"""The counts of a pixel or a rectangle, in a sentence, in a table and as a file."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.conversion.convert import convert
from maxrf_core.elements.spot_fit import SpotFit, fit_spot
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, made_counts
from tests.pages.conftest import choice_of, come_to, go_to, texts
from tests.pages.elements_scan import NAME, PATIENCE, examined_folder, make_scan
from tests.shown_charts import curves_in, figure_of
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.examination import Examination
from widgets.elements.mean_identification import identify_soon, known_by
from widgets.elements.spot_counts import Spot, counts_sentence, counts_table
from widgets.elements.spot_counts import fit_of as fit_of_scan
from widgets.session.scan import open_scan_of

__all__ = ["examined_folder"]


@pytest.fixture
def open_at(examined_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that opens a page with a pixel and a rectangle, on a scan that is examined."""
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))

    def opened(page: str) -> AppTest:
        app = come_to("guide", {"stack": NAME}, PATIENCE)
        choice_of(app).pixels = [(4, 5)]
        choice_of(app).regions = [(2, 3, 11, 12)]
        go_to(app, page)
        identify_soon(open_scan_of(NAME)).result()
        app.run()
        assert not app.exception
        return app

    return opened


def fit_of(counts: np.ndarray, pixels: int) -> SpotFit:
    examination: Examination = made_examination()
    return fit_spot(examination.analysis, counts, examination.maps.names, pixels)


def test_a_sentence_names_what_is_seen_with_its_error_and_limits_of_what_is_not():
    said = counts_sentence(fit_of(made_counts()[:6, :6].sum(axis=(0, 1), dtype=np.float64), 36))
    there, absent = said.removeprefix("Net counts: ").split("; not seen: ")
    assert all(" ± " in part for part in there.split(", "))
    assert all(" < " in part for part in absent.split(", "))
    counts = [float(part.split()[1].replace(",", "")) for part in there.replace(", ", "; ").split("; ")]
    assert counts == sorted(counts, reverse=True)
    named = [part.split()[0] for part in [*there.replace(", ", "; ").split("; "), *absent.split(", ")]]
    assert len(named) == len(set(named))


def test_an_empty_pixel_has_nothing_above_its_limits():
    said = counts_sentence(fit_of(np.zeros(made_counts().shape[2]), 1))
    assert said.startswith("Nothing is above its detection limit: ")


def test_a_table_begins_with_what_is_seen_and_a_region_has_counts_per_pixel():
    fit = fit_of(made_counts()[:6, :6].sum(axis=(0, 1), dtype=np.float64), 36)
    table = counts_table(fit)
    assert list(table["seen"]) == sorted(table["seen"], reverse=True)
    np.testing.assert_allclose(table["net_counts_per_pixel"] * 36, table["net_counts"])
    assert (table["net_counts"] > table["detection_limit"]).equals(table["seen"])
    assert "net_counts_per_pixel" not in counts_table(fit_of(made_counts()[3, 4], 1))


def test_the_same_pixel_of_another_scan_has_counts_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    other = made_counts()[::-1]
    make_scan(tmp_path / NAME)
    convert(ArrayScan(other), tmp_path / "other.datastack", calibration=CALIBRATION)
    for name, counts in ((NAME, made_counts()), ("other.datastack", other)):
        scan = open_scan_of(name)
        fit = fit_of_scan(scan, known_by(scan, made_examination()), Spot((4, 5)))
        np.testing.assert_allclose(fit.net, fit_of(counts[5, 4].astype(np.float64), 1).net, rtol=1e-6)


def test_maps_opens_at_once_and_says_counts_when_elements_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    make_scan(tmp_path / NAME)
    app = come_to("guide", {"stack": NAME})
    choice_of(app).pixels = [(4, 5)]
    go_to(app, "maps")
    assert not any("Net counts" in each.value for each in app.markdown)
    assert list(curves_in(figure_of(app, "maps-pixel"))) == ["Pixel 4, 5"]
    identify_soon(open_scan_of(NAME)).result()
    app.run()
    assert any("Net counts" in each.value for each in app.markdown)
    assert list(curves_in(figure_of(app, "maps-pixel"))) == ["Model", "Pixel 4, 5"]


def test_maps_says_the_counts_of_the_pixel_and_draws_the_fit(open_at):
    app = open_at("maps")
    said = texts(app).replace("\\", "")
    assert "Net counts: " in said
    curves = curves_in(figure_of(app, "maps-pixel"))
    assert list(curves) == ["Model", "Pixel 4, 5"]
    fitted = np.isfinite(curves["Model"])
    assert curves["Model"][fitted].sum() == pytest.approx(curves["Pixel 4, 5"][fitted].sum(), rel=0.1)


def test_spectra_shows_the_table_of_the_chosen_one_and_its_file(open_at):
    app = open_at("spectra")
    assert "Model" in curves_in(figure_of(app, "spectra"))
    select = next(each for each in app.selectbox if each.key == "spectra-counts-of")
    assert select.options == ["1: Pixel 4, 5", "2: Rectangle 2, 3 to 11, 12"]
    select.select_index(1).run()
    assert "100 pixels together" in texts(app)
    files = app.session_state["offered-files"].files.values()
    file = next(each for each in files if "net-counts" in each.name)
    assert file.name == "made_net-counts_rectangle-2-3-11-12.csv"
    table = pd.read_csv(io.BytesIO(file.make())).set_index("family")
    examination: Examination = made_examination()
    names = list(examination.maps.names)
    summed = examination.maps.net[:, 3:13, 2:12].sum(axis=(1, 2), dtype=np.float64)
    for name in ("Fe-K", "Ca-K", "Pb-L"):
        expected, error = summed[names.index(name)], table.loc[name, "counting_error"]
        assert table.loc[name, "net_counts"] == pytest.approx(expected, abs=0.5 * error)
