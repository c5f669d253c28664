"""Channels and energies, compared with published values and on measured spectra."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis, calibrate_from_peaks
from maxrf_core.spectrum.lines import find_line
from maxrf_core.spectrum.peaks import centroid, find_peaks, zero_peak_end

# The lines' places in the original, which rounds them to a grid of 40 keV / 1999.
ORIGINAL_FE, ORIGINAL_RH = 320 * 40 / 1999, 1010 * 40 / 1999


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


def test_two_lines_far_apart_calibrate_measured_spectra_within_two_electronvolts(pure):
    """The lines that README names: Si and Zr set the scale, the elements between them check it."""
    places = {}
    for name in ("Si", "Ti", "Cr", "Fe", "Ni", "Cu", "Zr"):
        energy = find_line(f"{name} Ka").energy
        places[name] = (centroid(pure[name], Calibration(0.01, -0.955).channel(energy)), energy)
    calibration = calibrate_from_peaks([places["Si"], places["Zr"]])
    errors = [calibration.offset + calibration.gain * channel - energy for channel, energy in places.values()]
    assert np.abs(errors).max() < 0.0017


def test_the_first_channel_of_an_axis_can_hold_photons():
    assert SpectralAxis(Calibration(0.01, -0.96).energies(4096), "keV").first == 156
    assert SpectralAxis(Calibration(0.001, -0.96).energies(100), "keV").first == 0  # it ends below
    assert SpectralAxis.of_channels(4096).first == 0
    assert SpectralAxis.of_channels(4096, 110).first == 110


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
