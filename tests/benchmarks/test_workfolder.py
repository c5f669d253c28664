"""The benchmark's files are made once, and only where there is room."""

from pathlib import Path

import pytest

from benchmarks.alternatives import Files
from benchmarks.cubes import Density
from benchmarks.workfolder import check_room, make_raw


def test_a_cube_too_large_for_the_disk_is_refused(tmp_path: Path):
    with pytest.raises(SystemExit, match="GB free"):
        check_room(Files(tmp_path, "huge"), (10**5, 10**5, 4096), True)


def test_the_raw_scan_is_drawn_once(tmp_path: Path):
    files, density = Files(tmp_path, "small"), Density("sparse", 10)
    make_raw(files, (3, 4, 64), density)
    first = files.raw.stat().st_mtime_ns
    make_raw(files, (3, 4, 64), density)
    assert files.raw.stat().st_mtime_ns == first
    assert files.counts().shape == (3, 4, 64)
