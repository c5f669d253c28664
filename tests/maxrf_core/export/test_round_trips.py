"""What is exported and read again is what it was, in every format that is both written and read."""

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.export.scan import export_scan
from maxrf_core.names import CUBE
from maxrf_core.readers import open_scan
from maxrf_core.readers.single_spectrum import read_spectrum_file
from maxrf_core.writers import WRITERS
from tests.maxrf_core.writers.exports import ABOUT, LINE, scan_of

COUNTS = np.random.default_rng(1).poisson(3, (20, 30, 64)).astype(np.uint16)
COUNTS[3, 4, 5] = 700
KEPT = {  # of the scan's facts, as each writer declares it
    "ripple": ABOUT.keys(),
    "nexus": ABOUT.keys(),
    "envi": {"title", "pixel_size_mm"},
    "npy": set(),
    "maxrf4u": set(),
}
LOSSY = {"maxrf4u", "msa"}  # smoothed spectra, and single ones


def converted_again(ds, key, folder):
    files = export_scan(ds, folder / f"out{WRITERS[key].endings[0]}", key).files
    return DataStack(convert(open_scan(files[0]), folder / f"{key}.datastack"))


def facts_of(ds):
    return {name: np.asarray(ds.about[name]).tolist() for name in ABOUT if name in ds.about}


def test_every_format_that_is_written_is_here():
    assert KEPT.keys() | LOSSY == WRITERS.keys()


@pytest.mark.parametrize("key", sorted(KEPT.keys() - LOSSY))
@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_counts_energies_and_facts_come_back_exactly(key, dtype, tmp_path):
    counts = COUNTS.astype(dtype) + np.asarray(0.5 if dtype == np.float32 else 0, dtype)
    ds = scan_of(counts, tmp_path)
    back = converted_again(ds, key, tmp_path)
    found = back.read(CUBE)
    assert found.dtype == counts.dtype
    np.testing.assert_array_equal(found, counts)
    assert back.axis.unit == "keV"
    np.testing.assert_array_equal(back.axis.values, LINE.energies(64))
    wanted = facts_of(ds)
    assert facts_of(back) == {name: wanted[name] for name in KEPT[key]}


@pytest.mark.parametrize("key", sorted(KEPT.keys() - LOSSY))
def test_what_a_scan_does_not_tell_is_not_made_up(key, tmp_path):
    ds = scan_of(COUNTS, tmp_path, line=None, about={})
    back = converted_again(ds, key, tmp_path)
    assert back.axis.unit == "channel"
    assert facts_of(back) == {}


def test_what_maxrf4u_smoothed_is_exact_from_the_second_time_on(tmp_path):
    first = converted_again(scan_of(COUNTS, tmp_path), "maxrf4u", tmp_path)
    (tmp_path / "again").mkdir()
    second = converted_again(first, "maxrf4u", tmp_path / "again")
    for name in first.names:
        np.testing.assert_array_equal(second.read(name), first.read(name))
    np.testing.assert_array_equal(second.axis.values, LINE.energies(64))


def test_single_spectra_come_back_exactly(tmp_path):
    files = export_scan(scan_of(COUNTS, tmp_path), tmp_path / "out.msa", "msa").files
    found = {path.stem: read_spectrum_file(path) for path in files}
    flat = COUNTS.reshape(-1, 64).astype(np.float64)
    wanted = {
        "out_mean": flat.sum(axis=0) / len(flat),
        "out_sum": flat.sum(axis=0),
        "out_max": flat.max(axis=0),
    }
    assert found.keys() == wanted.keys()
    for name, spectrum in found.items():
        np.testing.assert_array_equal(spectrum.counts, wanted[name])
        np.testing.assert_array_equal(spectrum.energies, LINE.energies(64))
