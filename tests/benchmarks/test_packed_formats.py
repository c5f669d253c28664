"""Formats of others are written as asked for, and left out with a word where their package is missing."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import measure, packed_formats
from benchmarks.alternatives import Files
from benchmarks.cubes import Density
from benchmarks.machine_limits import bytes_of
from benchmarks.packed_formats import PACKED_FORMATS, PackedFormat
from benchmarks.workfolder import make_raw


@pytest.mark.parametrize("form", PACKED_FORMATS, ids=lambda form: form.name)
def test_a_format_gives_back_every_count_and_is_smaller_than_these(form: type[PackedFormat], tmp_path: Path):
    if not form.is_available():
        pytest.skip(f"{form.name} is measured where requirements-bench.txt is installed")
    files = Files(tmp_path, "small")
    make_raw(files, (70, 66, 256), Density("sparse", 60))
    form.write(files)
    form.write(files)  # again, in place of the first
    opened, counts = form(files), files.counts()
    np.testing.assert_array_equal([opened.pixel(x, 69) for x in range(66)], counts[69])
    np.testing.assert_array_equal(opened.totals()[0], counts.sum(axis=(0, 1)))
    opened.close()
    assert 0 < bytes_of(getattr(files, form.file)) < counts.nbytes / 4


def test_a_format_without_its_package_is_left_out_with_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(packed_formats, "find_spec", lambda package: None)
    effort = measure.Effort(rounds=1, patience=0, theirs_at=0)
    result = measure.measure("S", (66, 66, 128), Density("sparse", 30), tmp_path, effort, lambda what: None)
    for form in PACKED_FORMATS:
        assert form.name not in result.memory
        assert any(form.package in words and "requirements-bench.txt" in words for words in result.left_out)
