"""The part Spectra: curves of pixels and rectangles, honest about smoothing and about missing values."""

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack, Region
from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.pages.conftest import Open, choice_of, go_to, texts
from tests.shown_charts import curves_in, figure_of


def test_pixels_and_rectangles_show_their_spectra_and_can_be_taken_away(open_page: Open):
    app = open_page("spectra")
    choice_of(app).pixels = [(3, 4), (100, 200)]
    choice_of(app).regions = [(10, 20, 30, 40)]
    app.run()
    assert not app.exception
    names = list(drawn_spectra(app))
    assert names[-3:] == [
        "1: Pixel 3, 4, smoothed",
        "2: Pixel 100, 200, smoothed",
        "3: Mean of 10, 20 to 30, 40",
    ]
    app.multiselect(key="spectra-kept-0").set_value([1, 2]).run()
    assert choice_of(app).pixels == [(100, 200)]
    assert choice_of(app).regions == [(10, 20, 30, 40)]


def drawn_spectra(app: AppTest) -> dict[str, np.ndarray]:
    """Return the counts of each curve in the chart of the part Spectra, by name."""
    return curves_in(figure_of(app, "spectra"))


@pytest.mark.parametrize("log", [True, False])
def test_without_smoothing_pixels_show_their_counts_and_a_mean_is_never_smoothed(
    open_page: Open, data_folder: Path, log: bool
):
    ds = DataStack(data_folder / "demo.datastack")
    mean = ds.region_spectrum(Region.rectangle(10, 20, 30, 40)).mean
    app = open_page("spectra")
    choice_of(app).pixels, choice_of(app).regions = [(3, 4)], [(10, 20, 30, 40)]
    app.toggle(key="spectra-log").set_value(log).run()
    shown = drawn_spectra(app)
    smooth = gaussian_filter1d(ds.spectrum(3, 4), 7)
    np.testing.assert_allclose(shown["1: Pixel 3, 4, smoothed"], smooth, rtol=1e-5)
    np.testing.assert_allclose(shown["2: Mean of 10, 20 to 30, 40"], mean, rtol=1e-6)
    app.toggle(key="spectra-smooth").set_value(False).run()
    shown = drawn_spectra(app)
    np.testing.assert_array_equal(shown["1: Pixel 3, 4"], ds.spectrum(3, 4))
    np.testing.assert_allclose(shown["2: Mean of 10, 20 to 30, 40"], mean, rtol=1e-6)
    np.testing.assert_allclose(shown["Mean of all pixels"], ds.read("maxrf_sumspectrum"), rtol=1e-6)


def test_a_maximum_of_smoothed_spectra_says_so(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    assert next(iter(drawn_spectra(open_page("spectra")))) == "Maximum of all pixels, smoothed"
    assert "Maximum of all pixels, smoothed" in curves_in(figure_of(open_page("maps"), "maps-spectrum"))
    ds.append({"maxrf_maxspectrum": ds.sum_and_max()[1]}, {"maxrf_maxspectrum": {"smoothing_sigma": 0.0}})
    shown = drawn_spectra(open_page("spectra"))
    np.testing.assert_array_equal(shown["Maximum of all pixels"], ds.sum_and_max()[1])


def test_spectra_that_maxrf4u_has_smoothed_are_called_so_and_not_smoothed_again(
    open_page: Open, data_folder: Path, shared
):
    shutil.copy(shared("data/maxrf4u/v2_0.1.16_24x20x4096.datastack"), data_folder / "old.datastack")
    app = open_page("spectra", "old.datastack")
    choice_of(app).pixels, choice_of(app).regions = [(3, 4)], [(1, 2, 3, 4)]
    app.run()
    shown = drawn_spectra(app)
    assert all(name.endswith(", smoothed") for name in shown)
    expected = DataStack(data_folder / "old.datastack").spectrum(3, 4)
    np.testing.assert_allclose(shown["1: Pixel 3, 4, smoothed"], expected, rtol=1e-6)


def test_missing_values_are_told_and_all_pages_show_the_rest(open_page: Open, data_folder: Path):
    counts = np.random.default_rng(0).poisson(3, (20, 30, 64)).astype(float)
    counts[4, 5] = counts[6, 7:9] = np.nan
    counts[:, :, 20] = np.inf
    convert(ArrayScan(counts), data_folder / "gaps.datastack")
    app = open_page("maps", "gaps.datastack")
    choice_of(app).pixels, choice_of(app).regions = [(5, 4), (1, 1)], [(0, 0, 9, 9)]
    app.run()
    assert not app.exception
    assert "3 pixels have no value:" in texts(app)
    go_to(app, "spectra")
    assert not app.exception
    assert "3 pixels have no value:" in texts(app)
    shown = drawn_spectra(app)
    known = np.where(np.isfinite(counts), counts, np.nan)[:10, :10]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy's, of a channel without values
        mean = np.nanmean(known, axis=(0, 1))
    np.testing.assert_allclose(shown["3: Mean of 0, 0 to 9, 9"], mean, rtol=1e-6)
    for page in ("open", "register", "compare", "contents"):
        go_to(app, page)
        assert not app.exception
