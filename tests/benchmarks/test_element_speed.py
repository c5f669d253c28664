"""The full-size scan is the small one repeated, and each pass over it is measured."""

import numpy as np
import pytest

from benchmarks.element_speed import RepeatedScan, full_size_rows, make_full
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, made_counts


def test_a_repeated_scan_holds_the_counts_side_by_side():
    counts = np.arange(2 * 3 * 4, dtype=np.uint16).reshape(2, 3, 4)
    scan = RepeatedScan(counts, 5, 7)
    whole = np.tile(counts, (3, 3, 1))[:5, :7]
    np.testing.assert_array_equal(scan.read(slice(1, 5), slice(2, 7), slice(1, 3)), whole[1:5, 2:7, 1:3])


def test_a_scan_of_another_size_is_made_and_measured(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.element_speed.OVERLAP_AXIS", CALIBRATION)
    small = DataStack(convert(ArrayScan(made_counts()), tmp_path / "small.datastack"))
    make_full(small, tmp_path / "large.datastack", (45, 40))
    assert DataStack(tmp_path / "large.datastack").shape[:2] == (45, 40)
    head, *rows = full_size_rows(tmp_path / "large.datastack", rounds=1)
    assert head[0] == "one pass over 45 × 40 pixels, 1300 channels"
    assert rows[0][2] == "1.00"
    assert len(rows) == 5
    assert all(float(row[3].removesuffix(" MB")) == pytest.approx(250, abs=220) for row in rows)
