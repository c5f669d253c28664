"""A conversion marks rows and columns without counts as missing, and says so in the new file."""

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.conversion.scan_part import part_of
from maxrf_core.readers import ArrayScan
from maxrf_core.transform.coordinates import ORIENTATIONS


def scan_with_dead_lines(dtype: str = "u2") -> ArrayScan:
    counts = np.random.default_rng(4).poisson(2, (70, 90, 64)).astype(dtype)
    counts[[12, 13]], counts[:, 40] = 0, 0
    counts[:, 60] *= 4
    scan = ArrayScan(counts, "panel")
    scan.maps = {"live_time_s": np.full((70, 90), 0.01, np.float32)}
    return scan


@pytest.mark.parametrize("view", ORIENTATIONS)
def test_lines_without_counts_are_marked_in_each_orientation(tmp_path, view):
    scan = scan_with_dead_lines()
    path = convert(scan, tmp_path / "x.datastack", flip_horizontal=view.mirrored, quarter_turns=view.turns)
    ds, missing = DataStack(path), np.zeros((70, 90), np.uint8)
    missing[[12, 13]], missing[:, 40] = 1, 1
    np.testing.assert_array_equal(ds.read("missing"), view.turn(missing))
    np.testing.assert_array_equal(np.isnan(ds.read("live_time_s")), view.turn(missing) == 1)
    np.testing.assert_array_equal(ds.read("maxrf_cube"), view.turn(scan.counts))  # nothing is invented
    told = ds.attributes("maxrf_cube")
    assert list(told["notes"]) == [
        "248 pixels have no spectrum; they hold no counts.",
        "Rows 12–13 hold no counts (numbered as in the raw scan). Marked as missing.",
        "Column 40 holds no counts (numbered as in the raw scan). Marked as missing.",
        "Column 60 holds far more or fewer counts than its neighbours (numbered as in the raw scan). Kept.",
    ]
    assert (list(told["missing_rows"]), list(told["missing_columns"])) == ([12, 13], [40])


def test_they_are_kept_on_request_and_said_all_the_same(tmp_path):
    ds = DataStack(convert(scan_with_dead_lines("f4"), tmp_path / "x.datastack", keep_empty=True))
    assert "missing" not in ds.names
    assert np.isfinite(ds.read("live_time_s")).all()
    notes = list(ds.attributes("maxrf_cube")["notes"])
    assert notes[0] == "Rows 12–13 hold no counts (numbered as in the raw scan). Kept."


def test_of_a_part_they_have_the_numbers_of_the_whole_scan(tmp_path):
    part = part_of(scan_with_dead_lines(), (20, 5, 89, 69), missing_columns=[60])
    told = DataStack(convert(part, tmp_path / "x.datastack")).attributes("maxrf_cube")
    assert (list(told["missing_rows"]), list(told["missing_columns"])) == ([12, 13], [40, 60])
    assert "Rows 12–13 hold no counts (numbered as in the raw scan). Marked as missing." in told["notes"]
    assert told["pixels_missing"] == 2 * 70 + 2 * 65 - 4


def test_a_scan_without_dead_lines_gets_no_mask(tmp_path):
    counts = np.random.default_rng(4).poisson(2, (20, 30, 64))
    ds = DataStack(convert(ArrayScan(counts), tmp_path / "x.datastack"))
    assert "missing" not in ds.names
    assert "notes" not in ds.attributes("maxrf_cube")
