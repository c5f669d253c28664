"""Displaced rows are said, shifted back only on request, and then on every page and in every number."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.conversion.convert import convert
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, made_counts
from tests.pages.conftest import Open, choice_of, go_to, press, texts
from tests.shown_charts import curves_in, figure_of
from tests.widgets.elements.made_examination import made_examination

KEY = "elements-straight-rows"
NAME = "zigzag.datastack"


@pytest.fixture
def ds(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> DataStack:
    """Return the made scan, whose odd rows show everything one pixel too far to the right."""
    counts = made_counts().copy()
    counts[1::2] = np.roll(counts[1::2], 1, axis=1)
    ds = DataStack(convert(ArrayScan(counts), data_folder / NAME, calibration=CALIBRATION))
    ds.set_tube({"tube_kV": 50.0, "tube_anode": "Rh"})
    made = made_examination()
    monkeypatch.setattr(
        "maxrf_core.datastack.scan_elements.examine_scan",
        lambda *_, **__: (made.analysis, made.identification),
    )
    return ds


def test_displaced_rows_are_said_and_nothing_is_done(open_page: Open, ds: DataStack):
    app = open_page("elements", NAME, element="Pb")
    assert "pixels to the right, alike in" in texts(app)
    assert app.toggle(key=KEY).value is False
    assert choice_of(app).rows is None
    assert "Odd rows are shown" not in texts(app)


def test_in_the_view_maps_and_clicks_follow_on_every_page(open_page: Open, ds: DataStack):
    app = open_page("elements", NAME, element="Pb")
    choice_of(app).pixels = [(6, 4), (6, 5)]
    app.toggle(key=KEY).set_value(True).run()
    assert not app.exception
    rows = choice_of(app).rows
    assert rows == pytest.approx(1, abs=0.1)
    assert choice_of(app).pixels == [(6, 4), (5, 5)]  # the same pixels of the scan
    assert "Odd rows are shown" in texts(app)
    net = ds.element_maps(["Pb"], keep=False).straightened(rows).net[0]
    told = next(each.value for each in app.markdown if each.value.startswith("**Pixel 5, 5:**"))
    assert float(told.split()[3].replace(",", "")) == pytest.approx(net[5, 5], abs=0.6)
    go_to(app, "spectra")
    assert not app.exception
    assert "Odd rows are shown" in texts(app)
    app.toggle(key="spectra-smooth").set_value(False).run()
    curve = next(values for name, values in curves_in(figure_of(app, "spectra")).items() if "5, 5" in name)
    shown = np.asarray(curve)
    assert shown.max() == ds.straightened(0).spectrum(6, 5).max()
    assert not DataStack(ds.path).row_displacement  # nothing was written


def test_the_view_is_kept_on_request_without_a_second_examination(
    open_page: Open, ds: DataStack, monkeypatch: pytest.MonkeyPatch
):
    app = open_page("elements", NAME, element="Pb")
    app.toggle(key=KEY).set_value(True).run()
    rows = choice_of(app).rows
    before = ds.straightened(0).band_map(6.0, 6.8)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the scan was examined again")

    monkeypatch.setattr("maxrf_core.datastack.scan_elements.examine_scan", refuse)
    press(app, "Keep this view in the scan")
    assert DataStack(ds.path).row_displacement == pytest.approx(rows)
    assert choice_of(app).rows is None
    assert "The file says that odd rows lie" in texts(app)
    assert app.toggle(key=KEY).value is True
    app.toggle(key=KEY).set_value(False).run()
    assert choice_of(app).rows == 0
    assert "Odd rows are shown" not in texts(app)
    opened = DataStack(ds.path)
    np.testing.assert_array_equal(opened.straightened(0).band_map(6.0, 6.8), before)
    np.testing.assert_allclose(opened.band_map(6.0, 6.8), straighten(before, rows))


def test_a_pixel_that_the_scan_does_not_have_is_no_error(open_page: Open, ds: DataStack):
    app = open_page("elements", NAME, element="Pb")
    app.toggle(key=KEY).set_value(True).run()
    width = ds.shape[1]
    choice_of(app).pixels = [(width - 1, 5)]
    choice_of(app).regions = [(width - 1, 5, width - 1, 5)]
    app.run()
    assert f"**Pixel {width - 1}, 5** has no value." in texts(app)
    for page in ("maps", "spectra"):
        go_to(app, page)
        assert not app.exception
        assert not app.error


def test_a_straight_scan_is_said_to_be_straight(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    convert(ArrayScan(made_counts()), data_folder / NAME, calibration=CALIBRATION)
    made = made_examination()
    monkeypatch.setattr(
        "maxrf_core.datastack.scan_elements.examine_scan",
        lambda *_, **__: (made.analysis, made.identification),
    )
    app = open_page("elements", NAME, element="Pb")
    assert "Odd and even rows lie alike" in texts(app)
    assert KEY not in [toggle.key for toggle in app.toggle]
