"""Every file that is made for the benchmark is read as the counts that it was made from."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import cubes, format_files
from benchmarks.format_files import KINDS, Made, Source
from maxrf_core.readers import ALL, MapsScan, open_scan


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    found = Source(tmp_path_factory.mktemp("source") / "ripple.raw", (20, 18, 256))
    cubes.write_raw(found.path, found.shape, cubes.SPARSE)
    return found


@pytest.mark.parametrize("name", KINDS)
def test_a_file_of_each_format_holds_the_counts(source: Source, tmp_path: Path, monkeypatch, name: str):
    monkeypatch.setattr(format_files, "FEW", 0.5)
    made: Made | None = KINDS[name](source, tmp_path)
    if made is None:
        pytest.skip("there is no genuine file at hand from which it is made")
    scan = open_scan(made.path, choice=made.choice)
    if isinstance(scan, MapsScan):
        assert made.bytes == len(scan.map_names) * 4 * scan.shape[0] * scan.shape[1]
        return
    height, width, channels = scan.shape
    assert made.bytes == 2 * height * width * channels
    counts = scan.read(ALL, ALL)
    if name == "Bruker .bcf":
        assert counts.sum() > 0
    else:
        np.testing.assert_array_equal(counts, source.counts()[:height, :width])
