"""A datastack tells what was found in its raw scan."""

import numpy as np

from maxrf_core import ArrayScan, convert
from maxrf_core.conversion.notes import conversion_notes


def test_notes_and_missing_values_are_told_as_sentences(tmp_path):
    counts = np.random.default_rng(1).poisson(3, (20, 30, 64)).astype(np.float32)
    assert conversion_notes(convert(ArrayScan(counts), tmp_path / "a.datastack")) == []
    counts[4], counts[9, 9, :2] = 0, np.nan
    notes = conversion_notes(convert(ArrayScan(counts), tmp_path / "b.datastack"))
    assert notes == [
        "30 pixels have no spectrum; they hold no counts.",
        "Row 4 holds no counts (numbered as in the raw scan). Marked as missing.",
        "2 values are missing, and left out of all sums and maps.",
    ]
