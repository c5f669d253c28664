"""The panel says what a peak may be, and where it is strongest."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.maxrf_core.elements.made_scan import INSTRUMENT, N, made_counts
from tests.pages.conftest import choice_of, labels, press, texts
from tests.pages.elements_scan import NAME, make_scan, open_made
from tests.shown_charts import figure_of
from widgets.elements.mean_identification import identify_soon
from widgets.session.scan import open_scan_of

LIMIT = 120  # seconds


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with the scan whose elements are known, and a speck of mercury."""
    counts = made_counts().copy()
    speck = 900 * INSTRUMENT.family("Hg-L", N)
    counts[9, 17] += np.random.default_rng(2).poisson(speck).astype(np.uint16)
    folder = tmp_path_factory.mktemp("peaks")
    make_scan(folder / NAME, counts)
    return folder


@pytest.fixture
def open_identified(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that opens a page on the scan, when its elements have been identified."""
    monkeypatch.setenv("MAXRF_DATA", str(folder))
    identify_soon(open_scan_of(NAME)).result(LIMIT)

    return open_made


def ask(app: AppTest, chart: str, energy: float) -> str:
    app.number_input(key=f"{chart}-peak").set_value(energy).run()
    assert not app.exception
    return texts(app).replace("\\", "")


@pytest.mark.parametrize(("page", "chart"), [("maps", "maps-spectrum"), ("spectra", "spectra")])
def test_a_typed_energy_names_its_candidates_and_closes_again(open_identified, page: str, chart: str):
    app = open_identified(page)
    names = {each["text"] for each in figure_of(app, chart)["layout"]["annotations"]}
    assert {"Fe Ka", "Ca Ka"} <= names
    assert not any(name.startswith("As") for name in names)
    said = ask(app, chart, 10.55)
    first, second = (line for line in said.splitlines() if line.startswith(("1. ", "2. ")))
    assert first.startswith("1. **Pb La** (lead, sure)")
    assert first.endswith("Seen as well: Pb Lb, Pb Lg.")
    assert second.startswith("2. As Ka (arsenic, not found)")
    assert second.endswith("Not seen: As Kb.")
    press(app, "Close")
    assert "Candidates for the peak" not in texts(app)


def test_the_pixel_where_a_peak_is_strongest_can_be_chosen(open_identified):
    app = open_identified("maps")
    said = ask(app, "maps-spectrum", 9.98)
    assert "These are the candidates in the pixel where it is strongest." in said
    assert "1. Hg La (mercury, not found)" in said
    assert "This peak is strongest in the pixel x 17, y 9" in said
    press(app, "Choose this pixel")
    assert choice_of(app).pixels[-1] == (17, 9)
    assert "Pixel 17, 9:" in texts(app)


def test_on_the_page_spectra_the_pixel_is_added_to_the_spectra(open_identified):
    app = open_identified("spectra")
    ask(app, "spectra", 9.98)
    press(app, "Choose this pixel")
    assert any(name.startswith("1: Pixel 17, 9") for name in app.multiselect[0].options)


def test_an_energy_with_nothing_says_so(open_identified):
    said = ask(open_identified("maps"), "maps-spectrum", 16.3)
    assert "No peak stands out from the background at 16.3" in said
    assert "No single pixel stands out from the noise here." in said


def test_before_the_elements_are_known_charts_have_no_names_and_the_panel_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    make_scan(tmp_path / NAME)
    app = open_made("maps")
    assert not figure_of(app, "maps-spectrum")["layout"].get("annotations")
    assert "The elements of this scan are being found" in ask(app, "maps-spectrum", 10.55)
    assert "Choose this pixel" not in labels(app)
