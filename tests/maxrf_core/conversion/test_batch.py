"""Many scans are converted one after another; a bad one is told and does not stop the others."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core.conversion.batch import convert_many, group_scans, sum_many
from maxrf_core.conversion.found_scans import find_scans
from maxrf_core.conversion.plan import plan_conversion
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError, ScanError
from maxrf_core.spectrum.calibration import Calibration

SHAPE = (6, 5, 40)


def write_scan(path: Path, seed: int = 0) -> tuple[Path, Path]:
    counts = np.random.default_rng(seed).poisson(2, SHAPE).astype("<u2")
    path.with_suffix(".raw").write_bytes(counts.tobytes())
    path.with_suffix(".rpl").write_text(
        "height 6\nwidth 5\ndepth 40\ndata-length 2\ndata-type unsigned\nbyte-order little-endian\n"
    )
    return path.with_suffix(".raw"), path.with_suffix(".rpl")


def counts_of(raw: Path) -> np.ndarray:
    return np.fromfile(raw, "<u2").reshape(SHAPE)


def converted(scans, out, **options):
    return convert_many(plan_conversion(find_scans(scans), out), out, **options)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_the_files_of_a_scan_are_taken_together_in_any_order(tmp_path):
    first, second = write_scan(tmp_path / "a"), write_scan(tmp_path / "b")
    other = tmp_path / "c.datastack"
    groups = group_scans([second[0], first[1], other, first[0], second[1]])
    assert [set(group) for group in groups] == [set(second), set(first), {other}]


def test_a_bad_scan_is_told_with_its_reason_and_the_others_are_converted(tmp_path, out):
    scans = [write_scan(tmp_path / name, seed) for seed, name in enumerate("abc")]
    with open(scans[1][0], "r+b") as file:
        file.truncate(100)
    results = list(converted(scans, out))
    assert [name for name, _ in results] == ["a.raw", "b.raw", "c.raw"]
    assert isinstance(results[1][1], ScanError)
    assert sorted(out.iterdir()) == [out / "a.datastack", out / "c.datastack"]
    for (raw, _), (_, path) in [(scans[0], results[0]), (scans[2], results[2])]:
        np.testing.assert_array_equal(DataStack(path).read("maxrf_cube"), counts_of(raw))


def test_a_scan_that_is_complete_is_not_read_again(tmp_path, out):
    scans = [write_scan(tmp_path / name, seed) for seed, name in enumerate("ab")]
    list(converted(scans[:1], out))
    before = (out / "a.datastack").stat()
    assert [name for name, _path in converted(scans, out)] == ["b.raw"]
    after = (out / "a.datastack").stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (
        before.st_ino,
        before.st_size,
        before.st_mtime_ns,
    )


def test_a_missing_folder_is_named_before_the_work_begins(tmp_path):
    with pytest.raises(DatastackError, match="The folder absent does not exist"):
        converted([write_scan(tmp_path / "a")], tmp_path / "absent")


def test_who_stops_the_work_stops_all_of_it(tmp_path, out):
    def stop(fraction, doing):
        raise KeyboardInterrupt

    scans = [write_scan(tmp_path / name) for name in "ab"]
    with pytest.raises(KeyboardInterrupt):
        list(converted(scans, out, progress=stop))
    assert list(out.iterdir()) == []


def test_the_table_of_a_datastack_holds_the_sum_and_maximum_of_the_counts(tmp_path, out):
    scan = write_scan(tmp_path / "a")
    ((_, path),) = converted([scan], out, calibration=Calibration(0.5, 0.1))
    counts = counts_of(scan[0])
    (name, table), (_, error) = sum_many([path, tmp_path / "absent.datastack"], out)
    assert (name, table) == ("a.datastack", out / "a-spectra.csv")
    assert isinstance(error, DatastackError)
    assert table.read_text().splitlines()[0] == "channel,energy in keV,sum,maximum"
    channel, energy, total, highest = np.loadtxt(table, delimiter=",", skiprows=1).T
    np.testing.assert_array_equal(channel, np.arange(40))
    np.testing.assert_allclose(energy, 0.1 + 0.5 * np.arange(40))
    np.testing.assert_array_equal(total, counts.sum(axis=(0, 1)))
    np.testing.assert_array_equal(highest, counts.max(axis=(0, 1)))
    before = table.read_bytes()
    ((_, refused),) = sum_many([path], out)
    assert "exists already" in str(refused)
    assert table.read_bytes() == before
