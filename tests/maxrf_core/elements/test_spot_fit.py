"""The fit of a region has the numbers of the element maps, summed over it."""

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.maps import DETECTION, element_maps
from maxrf_core.elements.spot_fit import fit_spot, largest_deviation
from maxrf_core.errors import CalibrationError
from tests.maxrf_core.elements.made_scan import COUNTS, SHAPE, N, analysed, made_counts, made_spectrum, truth


@pytest.fixture(scope="module")
def maps():
    cube = Cube(zarr.array(made_counts(), chunks=(16, 16, 64)))
    return element_maps(cube, analysed(), list(COUNTS))


def fit_of(rows, columns, without=()):
    counts = made_counts(without)[rows, columns]
    pixels = counts.shape[0] * counts.shape[1]
    return fit_spot(analysed(without), counts.sum(axis=(0, 1), dtype=np.float64), list(COUNTS), pixels)


@settings(max_examples=25)
@given(st.data())
def test_the_counts_of_any_rectangle_are_those_of_the_maps_summed_over_it(maps, data):
    top, left = (data.draw(st.integers(0, side - 1)) for side in SHAPE)
    bottom = data.draw(st.integers(top + 1, SHAPE[0]))
    right = data.draw(st.integers(left + 1, SHAPE[1]))
    part = slice(top, bottom), slice(left, right)
    fit = fit_of(*part)
    net = maps.net[:, *part].sum(axis=(1, 2), dtype=np.float64)
    sigma = np.sqrt((maps.sigma[:, *part].astype(np.float64) ** 2).sum(axis=(1, 2)))
    assert fit.families[: len(COUNTS)] == maps.names
    np.testing.assert_allclose(fit.net[: len(COUNTS)], net, atol=1e-3 * sigma.min(), rtol=1e-5)
    np.testing.assert_allclose(fit.sigma[: len(COUNTS)], sigma, rtol=1e-4)


def test_what_was_put_into_a_region_is_found_and_the_model_describes_it():
    part = slice(3, 20), slice(5, 25)
    fit = fit_of(*part)
    true = truth()[:, *part].sum(axis=(1, 2))
    np.testing.assert_allclose(fit.net[: len(COUNTS)], true, rtol=0.07)
    assert fit.seen[: len(COUNTS)].all()
    assert fit.chi2 == pytest.approx(1, abs=0.3)
    fitted = np.isfinite(fit.fitted)
    counts = made_counts()[part].sum(axis=(0, 1))
    assert fit.fitted[fitted].sum() == pytest.approx(counts[fitted].sum(), rel=0.01)


def test_chi2_of_single_pixels_is_about_one_however_few_counts_they_have():
    found = [fit_of(slice(y, y + 1), slice(x, x + 1)).chi2 for y in range(0, 30, 6) for x in range(0, 28, 7)]
    assert np.mean(found) == pytest.approx(1, abs=0.1)


def test_a_missing_element_makes_chi2_rise():
    part = slice(3, 20), slice(5, 25)
    strange = made_counts()[part].sum(axis=(0, 1), dtype=np.float64)
    strange[700:710] += strange.max()
    assert fit_spot(analysed(), strange, list(COUNTS)).chi2 > 5


@pytest.mark.parametrize("absent", ["Ti-K", "Pb-L"])
def test_an_absent_element_lies_below_its_detection_limit(absent):
    fit = fit_of(slice(0, 12), slice(0, 12), (absent,))
    number = fit.families.index(absent)
    assert not fit.seen[number]
    assert fit.limits[number] == DETECTION * fit.error[number]
    assert fit.limits[number] < 0.3 * truth()[list(COUNTS).index(absent), :12, :12].sum()
    assert (fit.error >= fit.sigma * (1 - 1e-9)).all()


def test_a_spectrum_with_other_channels_is_refused_in_words():
    with pytest.raises(CalibrationError, match=f"{N} channels"):
        fit_spot(analysed(), made_spectrum()[:-1])


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_deviation_is_where_counts_were_added_or_lost(sign):
    part = slice(3, 20), slice(5, 25)
    strange = made_counts()[part].sum(axis=(0, 1), dtype=np.float64)
    fit = fit_spot(analysed(), strange, list(COUNTS))
    channel = 725  # 14 keV, where no line lies
    changed = strange.copy()
    changed[channel - 3 : channel + 4] += sign * 0.8 * strange[channel - 3 : channel + 4]
    added = float((changed - strange).sum())
    energy, counts, error = largest_deviation(analysed(), changed, fit)
    assert energy == pytest.approx(analysed().energies[channel], abs=0.15)
    assert counts == pytest.approx(added, rel=0.35)
    assert abs(counts) > 5 * error
