"""Channels, energies and peaks, compared with published values and on measured spectra."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.autoalign.map_selection import select_bands
from maxrf_core.conversion.convert import convert, preview
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import CalibrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis, calibrate_from_peaks
from maxrf_core.spectrum.lines import find_line
from maxrf_core.spectrum.peaks import centroid, find_peaks, zero_peak, zero_peak_end
from tests.maxrf_core.spectrum.genuine_spectra import bruker_spectra, other_spectra

# The lines' places in the original, which rounds them to a grid of 40 keV / 1999.
ORIGINAL_FE, ORIGINAL_RH = 320 * 40 / 1999, 1010 * 40 / 1999


@pytest.fixture(scope="module")
def pure(shared):
    """Spectra of pure elements, measured with a Rh tube at 50 kV: name to counts."""
    measured = np.load(shared("data/real/nexl_rh50kv/rh50kv_measured_spectra.npz"))
    return {
        str(name): np.clip(row, 0, None)
        for name, row in zip(measured["names"], measured["counts"], strict=True)
    }


def peak(channels, centre, height, sigma=6.0):
    return height * np.exp(-((np.arange(channels) - centre) ** 2) / (2 * sigma**2))


def test_the_original_scan_is_calibrated_as_its_documents_say():
    calibration = calibrate_from_peaks([(736, ORIGINAL_FE), (2112, ORIGINAL_RH)])
    energies = calibration.energies(4096)
    assert energies[:3] == pytest.approx([-0.98188629, -0.97185221, -0.96181812], abs=1e-8)
    assert energies[-1] == pytest.approx(40.1076992, abs=1e-7)
    assert SpectralAxis(energies, "keV").channels(6.1, 6.7) == slice(706, 766)


def test_a_band_is_closed_below_and_open_above():
    axis = SpectralAxis(np.arange(10.0), "channel")
    assert axis.channels(3, 6) == slice(3, 6)
    assert axis.channels(2.5, 3.1) == slice(3, 4)
    assert axis.channels(-5, 50) == slice(0, 10)


@given(
    st.floats(0.001, 0.05), st.floats(-2, 1), st.integers(8, 5000), st.floats(-5, 60), st.floats(0.001, 30)
)
def test_a_band_holds_exactly_the_channels_whose_centres_lie_in_it(gain, offset, count, lo, width):
    axis = SpectralAxis(Calibration(gain, offset).energies(count), "keV")
    same = 1e-6 * gain
    inside = np.flatnonzero((axis.values >= lo - same) & (axis.values < lo + width - same))
    if len(inside):
        assert axis.channels(lo, lo + width) == slice(inside[0], inside[-1] + 1)
    else:
        with pytest.raises(CalibrationError, match=r"No channel lies in the band|is empty"):
            axis.channels(lo, lo + width)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("gain", "offset", "held"), [(0.01, -0.96, 10), (0.02, -0.96, 5), (0.005, -0.475, 20), (0.01, 0.0, 10)]
)
def test_bands_between_round_limits_that_meet_centres_all_hold_as_many_channels(gain, offset, held, dtype):
    axis = SpectralAxis(Calibration(gain, offset).energies(4096).astype(dtype), "keV")
    for tenth in range(190):
        band = axis.channels(tenth / 10, (tenth + 1) / 10)
        assert (band.start, band.stop - band.start) == (round((tenth / 10 - offset) / gain), held)


def test_a_limit_that_is_clearly_beside_a_centre_does_not_count_as_equal_to_it():
    axis = SpectralAxis(Calibration(0.01, -0.96).energies(4096), "keV")
    assert axis.channels(7.30001, 7.4) == slice(827, 836)
    assert axis.channels(7.3, 7.40001) == slice(826, 837)
    assert axis.channels(7.29999, 7.39999) == slice(826, 836)


def test_neighbouring_bands_of_a_slope_are_as_bright_as_their_middles():
    ds = DataStack(Path(__file__).parents[2] / "data/faults/band_edges.datastack")
    assert ds.axis.channels(7.3, 7.4) == slice(826, 836)
    slope = ds.spectrum(1, 1)
    for tenth in range(290):
        first = round((tenth / 10 + 0.96) / 0.01)
        found = ds.band_map(tenth / 10, (tenth + 1) / 10)[1, 1]
        assert found == pytest.approx(slope[first : first + 10].mean())


def test_an_empty_band_names_the_nearest_channel():
    axis = SpectralAxis(Calibration(0.02, -0.96).energies(2048), "keV")
    with pytest.raises(CalibrationError, match=r"nearest is channel 368 at 6\.4 keV"):
        axis.channels(6.401, 6.402)
    with pytest.raises(CalibrationError, match="its end has to lie above its start"):
        axis.channels(6.7, 6.1)
    with pytest.raises(CalibrationError, match="two numbers"):
        axis.channels(float("nan"), 6.1)


@pytest.mark.parametrize("values", [[], [1.0, 1.0], [2.0, 1.0], [0.0, np.nan], [[1.0, 2.0]]])
def test_an_axis_that_does_not_rise_is_refused(values):
    with pytest.raises(CalibrationError, match="rising numbers"):
        SpectralAxis(np.array(values), "keV")


@given(st.floats(0.002, 0.05), st.floats(-2, 1), st.floats(0, 4000))
def test_energy_and_channel_undo_each_other(gain, offset, channel):
    calibration = Calibration(gain, offset)
    assert calibration.channel(offset + gain * channel) == pytest.approx(channel, abs=1e-6)


@given(
    st.floats(0.002, 0.05),
    st.floats(-2, 1),
    st.lists(st.integers(0, 4095), min_size=2, max_size=9, unique=True),
)
def test_peaks_on_a_straight_line_give_that_line_back(gain, offset, channels):
    found = calibrate_from_peaks([(channel, offset + gain * channel) for channel in channels])
    assert found.gain == pytest.approx(gain, rel=1e-6)
    assert found.offset == pytest.approx(offset, abs=1e-5)


@pytest.mark.parametrize(
    ("peaks", "reason"),
    [
        ([], "needs two peaks"),
        ([(736, 6.4)], "needs two peaks"),
        ([(736, 6.4), (736, 20.2)], "the same one, at channel 736"),
        ([(2112, 6.4), (736, 20.2)], "are two swapped"),
        ([(736, float("nan")), (900, 8.0)], "not a number"),
    ],
)
def test_peaks_that_make_no_calibration_are_refused_with_the_reason(peaks, reason):
    with pytest.raises(CalibrationError, match=reason):
        calibrate_from_peaks(peaks)


@pytest.mark.parametrize(("gain", "offset"), [(0, 0), (-0.01, 0), (float("nan"), 0), (0.01, float("inf"))])
def test_a_typed_calibration_that_makes_no_sense_is_refused(gain, offset):
    with pytest.raises(CalibrationError):
        Calibration(gain, offset)


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


def test_two_lines_far_apart_calibrate_measured_spectra_within_two_electronvolts(pure):
    """The lines that README names: Si and Zr set the scale, the elements between them check it."""
    places = {}
    for name in ("Si", "Ti", "Cr", "Fe", "Ni", "Cu", "Zr"):
        energy = find_line(f"{name} Ka").energy
        places[name] = (centroid(pure[name], Calibration(0.01, -0.955).channel(energy)), energy)
    calibration = calibrate_from_peaks([places["Si"], places["Zr"]])
    errors = [calibration.offset + calibration.gain * channel - energy for channel, energy in places.values()]
    assert np.abs(errors).max() < 0.0017


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


def test_the_first_channel_of_an_axis_can_hold_photons():
    assert SpectralAxis(Calibration(0.01, -0.96).energies(4096), "keV").first == 156
    assert SpectralAxis(Calibration(0.001, -0.96).energies(100), "keV").first == 0  # it ends below
    assert SpectralAxis.of_channels(4096).first == 0
    assert SpectralAxis.of_channels(4096, 110).first == 110


def test_the_strongest_peak_of_a_pure_element_is_its_own_line(pure):
    for name in ("Si", "S", "Ti", "Cr", "Fe", "Ni", "Cu", "Zr"):
        energy = -0.9553045 + 0.009999 * find_peaks(pure[name])[0]
        assert energy == pytest.approx(find_line(f"{name} Ka").energy, abs=0.02), name


@pytest.mark.parametrize("version", ["v3_head", "v2_0.1.16"])
def test_unsmoothed_counts_are_calibrated_correctly(shared, version):
    """The original took the zero peak for a line then, and its energies were 3.7 keV off without a word."""
    scan = np.load(shared(f"data/maxrf4u/{version}_24x20x4096.npz"))
    counts = scan["raw_oriented"].sum(axis=(0, 1))
    assert counts.argmax() < zero_peak_end(counts)  # the trap is there
    found = find_peaks(counts)
    channel_of = {}
    for name in ("Fe Ka", "Pb La"):
        expected = int(np.abs(scan["truth_energies"] - find_line(name).energy).argmin())
        channel_of[name] = found[np.abs(found - expected).argmin()]
    peaks = [(centroid(counts, channel), find_line(name).energy) for name, channel in channel_of.items()]
    energies = calibrate_from_peaks(peaks).energies(len(counts))
    assert np.abs(energies - scan["truth_energies"])[: len(counts) // 2].max() < 0.02


def test_calcium_and_copper_put_iron_right_on_a_map_whose_own_scale_is_wrong(shared):
    calibration = calibrate_from_peaks(
        [(385.3, find_line("Ca Ka").energy), (839.6, find_line("Cu Ka").energy)]
    )
    assert calibration.gain == pytest.approx(0.0095762, abs=1e-6)
    assert calibration.offset == pytest.approx(0.00096, abs=1e-3)
    cube = np.load(shared("data/real/aps_2ide/axo_std_cube.npz"))["cube"]
    counts = cube[:, :, 0].sum(axis=(0, 1))
    calcium, copper, iron = (centroid(counts, channel) for channel in (385, 839, 668))
    measured = calibrate_from_peaks(
        [(calcium, find_line("Ca Ka").energy), (copper, find_line("Cu Ka").energy)]
    )
    assert measured.offset + measured.gain * iron == pytest.approx(find_line("Fe Ka").energy, abs=0.01)
    assert zero_peak_end(counts) == 0


def test_a_spectrum_without_peaks_has_none():
    assert zero_peak_end(np.ones(2048)) == 0
    assert len(find_peaks(np.ones(2048))) == 0
    assert len(find_peaks(np.zeros(2048))) == 0


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.2, 2.0, 50.0, 1e4]))
def test_noise_is_no_peak(seed, level):
    counts = np.random.default_rng(seed).poisson(level, 2048)
    assert len(find_peaks(counts)) <= 1


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
