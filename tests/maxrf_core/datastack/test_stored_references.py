"""Reference spectra are kept in the scan with their own energies, and laid on those of the scan."""

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.datastack.stored_references import (
    Reference,
    keep_reference,
    on_axis,
    remove_reference,
    stored_references,
)
from maxrf_core.errors import ScanError
from maxrf_core.readers import ArrayScan
from maxrf_core.readers.single_spectrum import read_spectrum_file
from maxrf_core.spectrum.calibration import SpectralAxis

CHANNELS = np.arange(64.0)


@pytest.fixture
def ds(tmp_path):
    counts = np.random.default_rng(7).poisson(3, (3, 4, 64))
    return DataStack(convert(ArrayScan(counts, energies=0.02 * CHANNELS), tmp_path / "scan.datastack"))


def test_references_are_there_when_the_scan_is_opened_again(ds):
    keep_reference(ds, Reference("Azurite", CHANNELS, 0.01 * CHANNELS))
    keep_reference(ds, Reference("Ocker, gelb", np.ones(20)))
    keep_reference(ds, Reference("Azurite", CHANNELS + 1, 0.02 * CHANNELS))
    first, second = stored_references(DataStack(ds.path))
    assert (first.name, second.name) == ("Ocker, gelb", "Azurite")
    assert first.energies is None
    np.testing.assert_array_equal(first.counts, np.ones(20))
    np.testing.assert_array_equal(second.counts, CHANNELS + 1)
    np.testing.assert_array_equal(second.energies, 0.02 * np.arange(64))
    remove_reference(ds, "Azurite")
    remove_reference(ds, "Ocker, gelb")
    assert stored_references(DataStack(ds.path)) == []


def test_a_genuine_point_lies_at_the_same_energies_on_another_axis(shared):
    path = shared("data/real/bruker_m6_point/bruker_m6_jetstream_file_example.spx")
    spectrum = read_spectrum_file(path)
    reference = Reference("point", spectrum.counts, spectrum.energies)
    axis = SpectralAxis(-0.5 + 0.02 * np.arange(2048), "keV")
    laid = on_axis(reference, axis)
    iron = axis.channels(6.2, 6.6)
    own = SpectralAxis(spectrum.energies, "keV").channels(6.2, 6.6)
    assert laid[iron].sum() == pytest.approx(spectrum.counts[own].sum(), rel=0.02)
    assert axis.values[iron][laid[iron].argmax()] == pytest.approx(6.4, abs=0.03)


def test_without_energies_the_channels_have_to_be_the_same():
    axis = SpectralAxis.of_channels(64)
    assert on_axis(Reference("a", CHANNELS, 0.01 * CHANNELS), axis) is CHANNELS
    with pytest.raises(ScanError, match="it has 20 channels and the scan 64"):
        on_axis(Reference("a", np.ones(20)), axis)


def test_a_spectrum_with_gaps_is_refused(ds):
    with pytest.raises(ScanError, match="channels without a value"):
        keep_reference(ds, Reference("a", np.full(20, np.nan)))
