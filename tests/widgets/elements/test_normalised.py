"""Maps are normalised only on request, only where the scan allows it, and say it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.conversion.convert import convert
from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.normalise import Divisor
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import AXIS, CALIBRATION, TUBE, made_counts
from tests.pages.conftest import Open, choice_of, texts
from tests.pages.elements_scan import NAME, make_scan
from tests.shown_charts import figure_of
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.normalised import LIVE_TIME, NONE, SCATTER, normalised


@pytest.fixture
def open_element(open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that opens an element of the made scan."""
    make_scan(data_folder / NAME)
    made = made_examination()
    monkeypatch.setattr(
        "maxrf_core.datastack.scan_elements.examine_scan",
        lambda *_, **__: (made.analysis, made.identification),
    )
    return lambda element: open_page("elements", NAME, element=element)


def test_counts_are_shown_at_first_and_what_is_not_offered_is_said(open_element):
    app = open_element("Fe")
    control = app.segmented_control(key="elements-per")
    assert control.value == "none"
    assert control.options == ["None", "Per tube scatter"]
    assert "Not offered per live second: This scan has no zero peak" in texts(app).replace("\\", "")


def test_a_map_per_tube_scatter_says_so_everywhere(open_element):
    app = open_element("Fe")
    choice_of(app).pixels = [(3, 4)]
    app.segmented_control(key="elements-per").set_value("scatter").run()
    assert not app.exception
    assert figure_of(app, "elements-map")["map"]["units"] == "net counts per count of tube scatter"
    said = texts(app).replace("\\", "")
    assert "**Per tube scatter.** Tube scatter is the counts" in said
    made = made_examination()
    value = float(made.map_of("Fe")[0][4, 3] / made.maps.references.scatter[4, 3])
    told = next(each.value for each in app.markdown if each.value.startswith("**Pixel 3, 4:**"))
    assert float(told.split()[3]) == pytest.approx(value, abs=0.06)
    assert "net counts per count of tube scatter" in told
    app.segmented_control(key="elements-kind").set_value("error").run()
    units = figure_of(app, "elements-map")["map"]["units"]
    assert units == "standard deviation in net counts per count of tube scatter"


def test_live_seconds_divide_the_map():
    seconds = np.full(made_examination().maps.residual.shape, 0.01, np.float32)
    made = replace(made_examination(), live_time=Divisor(seconds, 0 * seconds, "told"))
    net, sigma = made.map_of("Pb")
    quotient, error = normalised(made, "Pb", LIVE_TIME, 1)
    np.testing.assert_allclose(quotient, net / 0.01, rtol=1e-5)
    np.testing.assert_allclose(error, sigma / 0.01, rtol=1e-5)
    np.testing.assert_array_equal(normalised(made, "Pb", NONE, 1)[0], net)
    assert normalised(made, "Pb", SCATTER, 3)[0].shape == net.shape


def test_live_seconds_are_offered_where_the_zero_peak_is_a_clock(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    random = np.random.default_rng(4)
    live = 0.02 - 2.3e-6 * made_counts().sum(axis=2)
    peak = np.exp(-0.5 * (AXIS.values / 0.045) ** 2)
    zero = random.poisson(9969 * live[..., np.newaxis] * peak / peak.sum())
    counts = (made_counts() + zero).astype(np.uint16)
    path = convert(ArrayScan(counts), data_folder / NAME, calibration=CALIBRATION)
    DataStack(path).set_tube(TUBE.attributes())
    analysis = analyse(counts.sum(axis=(0, 1), dtype=np.float64), AXIS, TUBE)
    found = made_examination().identification
    monkeypatch.setattr("maxrf_core.datastack.scan_elements.examine_scan", lambda *_, **__: (analysis, found))
    app = open_page("elements", NAME, element="Pb")
    app.segmented_control(key="elements-per").set_value("live-time").run()
    assert not app.exception
    assert figure_of(app, "elements-map")["map"]["units"] == "net counts per live second"
    said = texts(app).replace("\\", "")
    assert "**Per live second.** The zero peak is a clock in this scan" in said
    assert "A pixel's net counts per live second have a standard deviation" in said
