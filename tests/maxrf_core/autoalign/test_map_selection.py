"""The maps that a photograph is compared with: those of the elements, not of the tube or of noise."""

import numpy as np
import pytest

from maxrf_core.autoalign.map_selection import MAX_BANDS, comparison_maps, prominent_lines, select_bands
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import CalibrationError, RegistrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.peaks import find_peaks
from tests.maxrf_core.spectrum.genuine_spectra import bruker_spectra


@pytest.mark.parametrize("name", ["Ti", "Fe", "Cu", "Sn"])
def test_the_first_map_of_a_measured_element_is_its_own_and_none_is_of_the_tube(shared, name):
    each = next(each for each in bruker_spectra(shared("data")) if each.name.startswith(f"{name}_"))
    axis = SpectralAxis(each.energies, "keV")
    lines = prominent_lines(axis, find_peaks(each.counts, first=axis.first))
    assert lines[0].element == name
    assert "Rh" not in {line.element for line in lines}
    lo, hi = select_bands(axis, each.counts)[0]
    assert lo < lines[0].energy < hi
    assert hi - lo == pytest.approx(0.3)


def test_the_line_of_a_copper_tube_is_not_taken_for_copper(shared):
    each = next(each for each in bruker_spectra(shared("data")) if each.name.startswith("Cu_"))
    axis = SpectralAxis(each.energies, "keV")
    lines = prominent_lines(axis, find_peaks(each.counts, first=axis.first), Tube("Cu", 50))
    assert "Cu" not in {line.element for line in lines}


def test_without_energies_bands_lie_around_the_highest_peaks_and_within_the_axis():
    channels = np.arange(1024)
    spectrum = sum(
        height * np.exp(-((channels - centre) ** 2) / 18)
        for height, centre in zip(
            range(900, 100, -100), (10, 150, 250, 350, 450, 550, 650, 1015), strict=True
        )
    )
    bands = select_bands(SpectralAxis.of_channels(1024), spectrum)
    assert len(bands) == MAX_BANDS
    assert bands[:2] == [(0, 25), (135, 165)]
    assert all(0 <= lo < hi <= 1023 for lo, hi in bands)


@pytest.fixture
def flat(tmp_path) -> DataStack:
    counts = np.ones((6, 5, 200), np.uint16)
    return DataStack(convert(ArrayScan(counts), tmp_path / "flat.datastack", calibration=Calibration(0.1, 0)))


def test_a_scan_without_a_peak_needs_bands_and_takes_those_that_are_given(flat):
    with pytest.raises(RegistrationError, match="say with which bands to agree"):
        comparison_maps(flat)
    maps = comparison_maps(flat, [(1.0, 2.0), (5.0, 6.0)])
    assert [map_.shape for map_ in maps] == [(6, 5)] * 2
    np.testing.assert_array_equal(maps[0], 1)
    with pytest.raises(CalibrationError):
        comparison_maps(flat, [(90.0, 91.0)])
