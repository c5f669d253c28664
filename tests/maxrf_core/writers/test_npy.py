"""NumPy maps the exported cube into memory, and finds the energies beside it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings

from maxrf_core.export.scan import export_scan
from maxrf_core.readers import open_scan
from maxrf_core.readers.axes import MIN_CHANNELS
from tests.maxrf_core.writers.exports import LINE, cubes, scan_of


@settings(max_examples=12, deadline=None)
@given(counts=cubes)
def test_numpy_finds_the_counts_exactly(counts):
    with TemporaryDirectory() as folder:
        cube, energies = export_scan(scan_of(counts, Path(folder)), Path(folder) / "out.npy", "npy").files
        mapped = np.load(cube, mmap_mode="r")
        assert isinstance(mapped, np.memmap)
        assert mapped.dtype == counts.dtype
        np.testing.assert_array_equal(mapped, counts)
        if counts.shape[2] >= MIN_CHANNELS:  # our reader takes no fewer for a spectrum
            ours = open_scan(cube, choice="yxc").read(slice(None), slice(None))
            np.testing.assert_array_equal(ours, counts)
        np.testing.assert_array_equal(np.load(energies), LINE.energies(counts.shape[2]))


def test_a_scan_without_energies_has_one_file_and_a_note(tmp_path):
    exported = export_scan(
        scan_of(np.ones((3, 4, 5), np.uint16), tmp_path, None), tmp_path / "out.npy", "npy"
    )
    assert [path.name for path in exported.files] == ["out.npy"]
    assert "no energies" in exported.notes[0]
