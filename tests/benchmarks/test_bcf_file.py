"""A large .bcf file is the genuine one, repeated."""

from pathlib import Path

import numpy as np

from benchmarks.bcf_file import GENUINE, write_bcf
from maxrf_core.readers import ALL, open_scan


def test_the_pixels_of_the_genuine_file_are_repeated(shared, tmp_path: Path):
    genuine = open_scan(shared(str(GENUINE.relative_to(GENUINE.parents[3]))))
    height, width, channels = genuine.shape
    shape = write_bcf(tmp_path / "scan.bcf", 2 * 70 * 70 * channels)
    assert shape == (70, 70, channels)
    scan = open_scan(tmp_path / "scan.bcf")
    known = genuine.read(ALL, ALL)
    columns = np.arange(70) % width
    for rows in (slice(0, 3), slice(height - 1, height + 2), slice(68, 70)):
        expected = known[np.arange(70)[rows] % height][:, columns]
        np.testing.assert_array_equal(scan.read(rows, ALL), expected)
