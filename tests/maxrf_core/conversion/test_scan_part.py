"""A part of a scan holds exactly the counts of its pixels, and all else that belongs to them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core import DataStack, convert
from maxrf_core.conversion.scan_part import part_of
from maxrf_core.errors import ScanError
from maxrf_core.readers import ArrayScan, open_maps, open_scan


def described_scan() -> ArrayScan:
    """Return a scan that knows a live time for each pixel, where it lies, and which pixels are missing."""
    scan = ArrayScan(np.random.default_rng(1).poisson(9, (12, 16, 40)).astype(np.uint16), "panel")
    missing = np.zeros((12, 16), np.uint8)
    missing[3, 4] = missing[11, 15] = 1
    scan.counts[missing == 1] = 0
    scan.maps = {"live_time_s": np.arange(192.0, dtype=np.float32).reshape(12, 16), "missing": missing}
    scan.cube_attributes = {"pixels_missing": 2}
    scan.notes = ("2 pixels have no spectrum; they hold no counts.", "Another sentence.")
    scan.about = {"pixel_size_mm": np.array([0.5, 0.25]), "origin_mm": np.array([10.0, 20.0])}
    return scan


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_each_block_of_a_part_is_that_of_the_whole_scan(data):
    scan = described_scan()
    x0, x1 = sorted(data.draw(st.tuples(st.integers(0, 15), st.integers(0, 15))))
    y0, y1 = sorted(data.draw(st.tuples(st.integers(0, 11), st.integers(0, 11))))
    gone = data.draw(st.sets(st.integers(0, 15), max_size=2))
    part = part_of(scan, (x1, y0, x0, y1), missing_columns=gone)  # any two opposite corners
    expected = scan.counts.copy()
    expected[:, sorted(gone)] = 0
    expected = expected[y0 : y1 + 1, x0 : x1 + 1]
    assert part.shape == expected.shape
    rows, columns = (
        slice(
            *sorted(data.draw(st.tuples(st.integers(0, n), st.integers(0, n)))), data.draw(st.integers(1, 3))
        )
        for n in part.shape[:2]
    )
    np.testing.assert_array_equal(part.read(rows, columns, slice(3, 9)), expected[rows, columns, 3:9])
    marked = np.zeros((12, 16), bool)
    marked[:, sorted(gone)] = True
    marked |= scan.maps["missing"] == 1
    marked = marked[y0 : y1 + 1, x0 : x1 + 1]
    np.testing.assert_array_equal(part.maps.get("missing", np.zeros(marked.shape)), marked)
    assert part.cube_attributes.get("pixels_missing", 0) == marked.sum()


@pytest.mark.parametrize("turns", [0, 1])
def test_a_cropped_scan_is_converted_with_its_companions_and_tells_where_it_lies(tmp_path, turns):
    part = part_of(described_scan(), (2, 3, 9, 8), missing_rows=[5])
    ds = DataStack(convert(part, tmp_path / "out.datastack", quarter_turns=turns))
    whole = described_scan()
    whole.counts[5] = 0
    seen = np.rot90(whole.counts[3:9, 2:10], -turns)
    np.testing.assert_array_equal(ds.read("maxrf_cube"), seen)
    missing = np.zeros((6, 8), np.uint8)
    missing[2], missing[0, 2] = 1, 1
    measured = np.rot90(missing, -turns) == 0
    np.testing.assert_allclose(ds.read("maxrf_sumspectrum"), seen[measured].mean(axis=0))
    np.testing.assert_array_equal(ds.read("missing"), np.rot90(missing, -turns))
    times = whole.maps["live_time_s"][3:9, 2:10].copy()
    times[2] = np.nan
    np.testing.assert_array_equal(ds.read("live_time_s"), np.rot90(times, -turns))
    told = ds.attributes("maxrf_cube")
    assert (list(told["crop"]), list(told["crop_of"])) == ([2, 3, 9, 8], [16, 12])
    assert list(told["missing_rows"]) == [5]
    assert told["pixels_missing"] == 9
    assert list(told["notes"]) == [
        "Another sentence.", "9 pixels have no spectrum; they hold no counts."
    ]  # fmt: skip
    assert list(ds.about["origin_mm"]) == [11.0, 20.75]


def test_a_part_of_a_genuine_file_is_that_part(shared):
    path = shared("data/faults/crono_layout_20x30x4096.hdf5")
    whole, part = open_scan(path), part_of(open_scan(path), (5, 4, 24, 17))
    everything = slice(None)
    np.testing.assert_array_equal(
        part.read(everything, everything), whole.read(everything, everything)[4:18, 5:25]
    )
    np.testing.assert_array_equal(part.maps["live_time_s"], whole.maps["live_time_s"][4:18, 5:25])


def test_element_maps_are_cropped(tmp_path):
    values = np.arange(60, dtype=np.float32).reshape(6, 10)
    np.savetxt(tmp_path / "Fe.csv", values, delimiter=",")
    ds = DataStack(convert(part_of(open_maps(tmp_path / "Fe.csv"), (1, 2, 8, 5)), tmp_path / "out.datastack"))
    np.testing.assert_array_equal(ds.stored_map("Fe"), values[2:6, 1:9])
    assert list(ds.attributes("maps")["crop"]) == [1, 2, 8, 5]
    with pytest.raises(ScanError, match="these are maps"):
        part_of(open_maps(tmp_path / "Fe.csv"), missing_rows=[1])


def test_the_whole_scan_is_the_scan_itself():
    scan = described_scan()
    assert part_of(scan) is scan
    assert part_of(scan, (0, 0, 15, 11)) is scan


@pytest.mark.parametrize("crop", [(0, 0, 16, 11), (-1, 0, 3, 3), (0, 0, 3, 12)])
def test_a_corner_outside_of_the_scan_is_refused_in_words(crop):
    with pytest.raises(ScanError, match=r"panel has 16 × 12 pixels.*the last one 15,11"):
        part_of(described_scan(), crop)


def test_a_row_outside_of_the_scan_is_refused_in_words():
    with pytest.raises(ScanError, match=r"panel has no row 12: they are counted from 0 to 11"):
        part_of(described_scan(), missing_rows=[12])


def test_what_was_made_from_a_scan_is_not_lost_by_a_crop(shared):
    scan = open_scan(shared("data/maxrf4u/v3_head_24x20x4096.datastack"))
    with pytest.raises(ScanError, match=r"cannot be cropped: what was made from it .*imvis_reg"):
        part_of(scan, (0, 0, 3, 3))
