"""A scan without energies: the program's proposal, one line that decides, and one button that uses it."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, made_counts
from tests.maxrf_core.spectrum.genuine_spectra import NIST, bruker_spectra
from tests.pages.conftest import Open, choice_of, press, texts


def scan_of(path: Path, counts: np.ndarray) -> DataStack:
    """Write a scan of 4 by 5 pixels that share a spectrum's counts, without energies."""
    chance = np.random.default_rng(1)
    shared_out = chance.multinomial(counts.astype(np.int64), np.full(20, 1 / 20))
    return DataStack(convert(ArrayScan(shared_out.T.reshape(4, 5, -1).astype(np.uint32)), path))


def opened(open_page: Open, name: str) -> AppTest:
    """Open a scan of the list."""
    app = open_page("open", stack=None)
    app.button(key=f"open-{name}").click().run(timeout=120)
    assert not app.exception
    return app


def test_an_uncalibrated_scan_opens_on_a_proposal_that_one_button_uses(open_page: Open, data_folder: Path):
    path = data_folder / "plain.datastack"
    convert(ArrayScan(made_counts()), path)
    app = opened(open_page, path.name)
    (table,) = app.dataframe
    assert list(table.value) == ["Line", "Channel", "Energy (keV)", "Deviation (eV)"]
    assert len(table.value) >= 3
    assert max(abs(float(each)) for each in table.value["Deviation (eV)"]) < 30
    press(app, "Yes, use these energies")
    assert choice_of(app).part == "elements"
    assert app.title[0].value == "Look"
    energies = DataStack(path).axis.values
    true = CALIBRATION.energies(len(energies))
    assert np.abs(energies - true)[(true > 2) & (true < 12)].max() < 0.02
    assert DataStack(path).attributes("maxrf_energies")["source"].startswith("automatic")


def test_where_it_is_unsure_one_line_decides_in_the_same_place(open_page: Open, data_folder: Path, shared):
    zirconium = next(each for each in bruker_spectra(shared("data")) if each.name.startswith("Zr"))
    path = data_folder / "zirconium.datastack"
    scan_of(path, zirconium.counts)
    app = opened(open_page, path.name)
    assert "Say which line" in texts(app)
    shown = app.dataframe[0].value["Line"].tolist()
    app.segmented_control(key="energies-explanation").set_value("second").run()
    assert app.dataframe[0].value["Line"].tolist() != shown  # the runner-up with its lines
    app.selectbox(key="known-peak").select_index(0).run()  # the strongest
    assert choice_of(app).known_peak == pytest.approx(NIST.channel(15.75), abs=2)
    app.selectbox(key="known-line").select("Zr Ka · zirconium").run(timeout=120)
    assert not app.exception
    lines = dict(zip(app.dataframe[0].value["Line"], app.dataframe[0].value["Channel"], strict=True))
    assert lines["Zr Ka"] == pytest.approx(NIST.channel(15.75), abs=2)
    press(app, "Yes, use these energies")
    energies = DataStack(path).axis.values
    assert np.abs(energies - NIST.energies(len(energies)))[300:2300].max() < 0.02


def test_a_scan_can_be_looked_at_in_channels(open_page: Open, data_folder: Path):
    convert(ArrayScan(made_counts()), data_folder / "plain.datastack")
    app = opened(open_page, "plain.datastack")
    press(app, "Look at it in channels")
    assert choice_of(app).part == "bands"
    assert app.title[0].value == "Look"
    assert DataStack(data_folder / "plain.datastack").axis.unit == "channel"


def test_the_tube_that_the_visitor_names_is_used(open_page: Open, data_folder: Path, shared):
    """A tube of silver: its Ka is where rhodium's is not."""
    with np.load(shared("data/spectra/fresco_aurora-antico1-prova1_10264.npz")) as file:
        counts = file["counts"].reshape(-1, 1024).sum(axis=0) / 100
    path = data_folder / "fresco.datastack"
    scan_of(path, counts)
    app = opened(open_page, path.name)
    app.selectbox(key="tube-anode").set_value("Ag").run(timeout=120)
    app.number_input(key="tube-kv").set_value(38.0).run(timeout=120)
    assert not app.exception
    assert "Ag Ka" in app.dataframe[0].value["Line"].tolist()
    assert "are sure" in texts(app)
