"""Energies are set by typed numbers or named peaks, and doubtful ones are told before they are saved."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.pages.conftest import Open, labels, press, texts


def test_energies_that_do_not_fit_are_told_and_can_be_set_again(open_page: Open, data_folder: Path):
    DataStack(data_folder / "demo.datastack").append({"maxrf_energies": np.arange(5.0)})
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    assert "calibrate it again" in texts(app)
    app.segmented_control(key="energies-way").set_value("typed").run()
    press(app, "Save these energies")
    assert DataStack(data_folder / "demo.datastack").axis.unit == "keV"


def test_energies_are_typed_and_kept(open_page: Open, data_folder: Path):
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    app.segmented_control(key="energies-way").set_value("typed").run()
    next(field for field in app.number_input if field.label.startswith("Gain")).set_value(0.01).run()
    press(app, "Save these energies")
    ds = DataStack(data_folder / "demo.datastack")
    assert ds.latest("maxrf_energies") == "maxrf_energies_"
    assert ds.axis.values[1] - ds.axis.values[0] == pytest.approx(0.01)


def test_a_width_of_a_channel_that_the_scan_tells_is_where_typing_begins(open_page: Open, data_folder: Path):
    scan = ArrayScan(np.ones((5, 6, 300), np.uint16))
    scan.about = {"ev_per_channel": 9.999}
    convert(scan, data_folder / "demo.datastack", overwrite=True)
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    app.segmented_control(key="energies-way").set_value("typed").run()
    assert not app.exception
    (gain,) = [field for field in app.number_input if field.label.startswith("Gain")]
    assert gain.value == pytest.approx(0.009999)


def test_energies_are_found_from_two_named_peaks(open_page: Open, data_folder: Path):
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    true = DataStack(data_folder / "demo.datastack").axis
    for number, (label, energy) in enumerate([("Ca Ka · calcium", 3.69), ("Fe Ka · iron", 6.4)]):
        app.number_input(key=f"energies-channel-{number}").set_value(float(true.index(energy))).run()
        app.selectbox(key=f"energies-line-{number}").select(label).run()
    press(app, "Save these energies")
    found = DataStack(data_folder / "demo.datastack").axis
    assert (
        np.abs(found.values - true.values)[: true.index(10.0)].max() < 0.035
    )  # typed to whole channels of 0.02 keV


def choose_energies(app: AppTest, *named: tuple[float, str]) -> AppTest:
    """Type channels and choose lines for peaks; gives the page of the task Set energies."""
    app.segmented_control(key="open-task").set_value("energies").run()
    for number, (channel, label) in enumerate(named):
        if number >= 2:
            press(app, "Add another peak")
        app.number_input(key=f"energies-channel-{number}").set_value(channel).run()
        app.selectbox(key=f"energies-line-{number}").select(label).run()
    assert not app.exception
    return app


def keep_button(app: AppTest):
    return next(button for button in app.button if button.label == "Save these energies")


def test_before_energies_are_kept_it_is_shown_where_the_zero_peak_and_the_lines_would_lie(
    open_page: Open, data_folder: Path
):
    axis = DataStack(data_folder / "demo.datastack").axis
    calcium, iron, lead = (float(axis.index(energy)) for energy in (3.69, 6.4, 10.54))
    app = choose_energies(open_page("open"), (calcium, "Ca Ka · calcium"), (iron, "Fe Ka · iron"))
    (table,) = app.dataframe
    rows = {
        name: float(energy) for name, energy in zip(table.value[""], table.value["Energy (keV)"], strict=True)
    }
    assert abs(rows["Zero peak"]) < 0.05
    assert rows["Rh Ka"] == pytest.approx(20.17, abs=0.1)
    assert rows["Peak near Fe Ka"] == pytest.approx(6.4, abs=0.02)
    assert keep_button(app).proto.type == "primary"
    assert not app.warning

    app = choose_energies(
        open_page("open"),
        (calcium, "Ca Ka · calcium"),
        (iron, "Fe Ka · iron"),
        (lead, "Pb La · lead"),
    )
    residuals = [float(found) for found in re.findall(r"([+-]\d+\.\d) eV", texts(app))]
    assert len(residuals) == 3
    assert max(map(abs, residuals)) < 10


def test_wrong_lines_are_doubted_before_they_are_kept(open_page: Open, data_folder: Path):
    axis = DataStack(data_folder / "demo.datastack").axis
    calcium, iron = (float(axis.index(energy)) for energy in (3.69, 6.4))
    app = choose_energies(open_page("open"), (calcium, "Ti Ka · titanium"), (iron, "Fe Ka · iron"))
    assert "where no detector has it" in app.warning[0].value
    assert keep_button(app).proto.type == "secondary"


def test_gains_in_electronvolts_are_refused(open_page: Open, data_folder: Path):
    app = choose_energies(open_page("open"))
    app.segmented_control(key="energies-way").set_value("typed").run()
    next(field for field in app.number_input if field.label.startswith("Gain")).set_value(10.0).run()
    assert "meant in eV? Then write" in texts(app)
    assert "Save these energies" not in labels(app)
