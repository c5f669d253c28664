"""Peaks and the zero peak, compared with published values and on measured spectra."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from maxrf_core.autoalign.map_selection import select_bands
from maxrf_core.conversion.convert import convert
from maxrf_core.conversion.preview import preview
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import CalibrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.lines import find_line
from maxrf_core.spectrum.peaks import centroid, find_peaks, nearest_peak, zero_peak, zero_peak_end
from tests.maxrf_core.spectrum.genuine_spectra import bruker_spectra, other_spectra


def peak(channels, centre, height, sigma=6.0):
    return height * np.exp(-((np.arange(channels) - centre) ** 2) / (2 * sigma**2))


@given(st.floats(60, 340), st.floats(4, 9), st.floats(-6, 6), st.floats(0, 500), st.floats(-0.5, 0.5))
def test_a_peak_is_found_to_a_fraction_of_a_channel_from_a_click_beside_it(centre, sigma, off, level, slope):
    channels = np.arange(400)
    spectrum = peak(400, centre, 5000, sigma) + level + slope * channels + 200
    assert centroid(spectrum, centre + off) == pytest.approx(centre, abs=0.1)


@pytest.mark.parametrize("height", [20, 300, 4000])
def test_a_peak_that_a_neighbour_drowns_is_refused_and_the_neighbour_not_taken_for_it(height):
    channels = np.arange(400)
    large = 10_000 * np.exp(-((channels - 200) ** 2) / (2 * 9**2))
    small = height * np.exp(-((channels - 220) ** 2) / (2 * 9**2))
    with pytest.raises(CalibrationError, match=r"No peak stands|lost beside"):
        centroid(large + small + 5, 220)


def test_where_no_peak_stands_none_is_made_up():
    with pytest.raises(CalibrationError, match="No peak stands near channel 50"):
        centroid(np.zeros(100), 50)
    with pytest.raises(CalibrationError, match="outside the spectrum"):
        centroid(np.ones(100), 100)


def test_the_zero_peak_never_wins_on_measured_spectra(pure):
    for name, counts in pure.items():
        end = zero_peak_end(counts)
        assert 100 < end < 125, name
        assert 0.05 < counts[:end].sum() / counts.sum() < 0.65, name
        assert find_peaks(counts).min() >= end, name


@pytest.mark.parametrize("channels", [4096, 3000, 2500, 2048, 1600, 1200])
def test_the_zero_peak_is_found_in_spectra_that_are_cut_above_and_in_none_that_are_cut_below(
    shared, channels
):
    for each in bruker_spectra(shared("data")):
        upper, lower = each.counts[:channels], each.counts[-channels:]
        for energies in (None, each.energies[:channels]):
            assert 105 <= zero_peak_end(upper, energies) <= 115, each.name
            assert zero_peak(upper, energies) == pytest.approx(95.5, abs=0.1), each.name
        assert find_peaks(upper, 30).min() > 115, each.name
        if channels < 4096:
            assert zero_peak_end(lower) == 0, each.name
            assert zero_peak_end(lower, each.energies[-channels:]) == 0, each.name


def test_other_instruments_have_a_zero_peak_only_where_they_have_one(shared):
    """Handheld Titans put it at 0.38 to 0.40 keV; the plateau of an Amptek at 0.4 to 0.9 keV is none."""
    for each in other_spectra(shared("data/spectra")):
        axis = SpectralAxis(each.energies, "keV")
        for channels in (len(each.counts), 2500, 2048, 1600, 1200):
            part, energies = each.counts[:channels], each.energies[:channels]
            if each.name.startswith("pdz"):
                for found in (zero_peak(part), zero_peak(part, energies)):
                    assert found is not None, each.name
                    assert 0.37 < np.interp(found, np.arange(len(part)), energies) < 0.41, each.name
            else:
                assert zero_peak_end(part) == zero_peak_end(part, energies) == 0, each.name
            assert (axis.values[find_peaks(part, 40, axis.first)] > 0.6).all(), each.name


def test_no_zero_peak_is_made_up_where_the_low_end_is_cut_off(shared):
    """At 40 places of each spectrum, wherever a line then comes first."""
    made_up = [
        f"{each.name} from {start:.1f} keV"
        for each in bruker_spectra(shared("data")) + other_spectra(shared("data/spectra"))
        for start in np.linspace(0.7, 0.5 * each.energies[-1], 40)
        if zero_peak_end(each.counts[each.energies > start])
    ]
    assert made_up == []


@pytest.mark.parametrize("channels", [4096, 2048, 1200])
def test_the_zero_peak_wins_neither_the_orientation_preview_nor_the_bands_chosen_first(
    shared, tmp_path, channels
):
    """A scan without energies: every pixel has the same zero peak, and lines that rise to the right."""
    for each in bruker_spectra(shared("data")):
        spectrum = each.counts[:channels]
        shares = np.where(np.arange(channels) < 120, 1.0, np.arange(1, 7)[:, np.newaxis] / 6)
        scan = ArrayScan(np.round(spectrum * shares)[np.newaxis].astype(np.uint32))
        assert (np.diff(preview(scan)[0]) > 0).all(), each.name
        ds = DataStack(convert(scan, tmp_path / f"{each.name}.datastack", overwrite=True))
        assert 105 <= ds.axis.first <= 115, each.name
        assert min(lo for lo, _ in select_bands(ds.axis, ds.read("maxrf_maxspectrum"))) > 115, each.name


def test_the_strongest_peak_of_a_pure_element_is_its_own_line(pure):
    for name in ("Si", "S", "Ti", "Cr", "Fe", "Ni", "Cu", "Zr"):
        energy = -0.9553045 + 0.009999 * find_peaks(pure[name])[0]
        assert energy == pytest.approx(find_line(f"{name} Ka").energy, abs=0.02), name


def test_a_spectrum_without_peaks_has_none():
    assert zero_peak_end(np.ones(2048)) == 0
    assert len(find_peaks(np.ones(2048))) == 0
    assert len(find_peaks(np.zeros(2048))) == 0


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.2, 2.0, 50.0, 1e4]))
def test_noise_is_no_peak(seed, level):
    counts = np.random.default_rng(seed).poisson(level, 2048)
    assert len(find_peaks(counts)) <= 1


@example(4512830, 1.0)  # noise makes the small peak 5 % narrower
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1 / 84000]))
def test_peaks_come_most_prominent_first_in_counts_and_in_means_alike(seed, scale):
    truth = peak(2048, 48, 5000, 3) + peak(2048, 368, 900, 4) + peak(2048, 500, 3000, 4) + 30
    counts = np.random.default_rng(seed).poisson(truth) * scale
    assert find_peaks(counts, count=2) == pytest.approx([500, 368], abs=2)
    assert zero_peak_end(counts) in range(55, 75)


def test_missing_channels_make_no_peak_and_hide_no_other():
    counts = np.random.default_rng(4).poisson(peak(2048, 48, 5000, 3) + peak(2048, 500, 3000, 4) + 30.0) * 1.0
    counts[900:905] = counts[-1] = np.nan
    counts[0] = np.inf
    assert find_peaks(counts) == pytest.approx([500], abs=2)
    assert centroid(counts, 501) == pytest.approx(500, abs=0.2)
    assert len(find_peaks(np.full(64, np.nan))) == 0


@pytest.mark.parametrize("channels", range(1, 8))
def test_a_few_channels_have_no_peaks(channels):
    counts = np.arange(channels)[::-1] ** 2
    assert len(find_peaks(counts)) == 0
    assert zero_peak_end(counts) == 0


def test_a_spectrum_that_is_none_is_refused():
    with pytest.raises(CalibrationError, match="at least 8 channels"):
        centroid([1, 2, 3], 1)
    with pytest.raises(CalibrationError, match="one axis"):
        find_peaks(np.ones((4, 4)))


@pytest.mark.parametrize("level", [0.02, 0.5, 3.0, 40.0])
@pytest.mark.parametrize("pixels", [1, 300])
def test_noise_of_smoothed_spectra_is_no_peak_and_gets_no_name(level, pixels):
    """Smoothed noise looks like peaks: their height is compared with what Poisson statistics allow."""
    counts = np.random.default_rng(0).poisson(level, (pixels, 4096)).astype(float)
    smoothed = gaussian_filter1d(counts, 7, axis=1).max(axis=0)
    assert len(find_peaks(smoothed, first=0)) > 10  # the trap is there
    assert len(find_peaks(smoothed, first=0, smoothed=7)) == 0


@given(st.floats(-30, 18))
def test_a_click_takes_the_nearest_peak_not_the_highest(off):
    spectrum = peak(2048, 300, 500, 4) + peak(2048, 340, 9000, 4)
    assert nearest_peak(spectrum, 300 + off, reach=30) == pytest.approx(300, abs=0.1)


def test_a_click_far_from_every_peak_is_refused():
    with pytest.raises(CalibrationError, match="No peak stands near channel 900"):
        nearest_peak(peak(2048, 300, 500, 4), 900, reach=30)
