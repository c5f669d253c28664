"""Scans are exported to formats of other programs, or nothing is left."""

import numpy as np
import pytest

from maxrf_core.errors import DatastackError
from maxrf_core.export.scan import export_scan
from maxrf_core.writers import WRITERS
from tests.maxrf_core.writers.exports import scan_of

COUNTS = np.arange(60, dtype=np.uint16).reshape(3, 4, 5)


def test_wrong_formats_names_and_options_are_refused_in_words(tmp_path):
    ds = scan_of(COUNTS, tmp_path)
    with pytest.raises(DatastackError, match=r"no export to jpeg; there is .*ripple"):
        export_scan(ds, tmp_path / "out.jpg", "jpeg")
    with pytest.raises(DatastackError, match=r"let it end in \.rpl"):
        export_scan(ds, tmp_path / "out.npy", "ripple")
    with pytest.raises(DatastackError, match="single spectra"):
        export_scan(ds, tmp_path / "out.npy", "npy", pixel=(0, 0))


@pytest.mark.parametrize("key", WRITERS)
def test_an_export_that_is_stopped_leaves_nothing(key, tmp_path):
    ds = scan_of(COUNTS, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def stop(_done, _words):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_scan(ds, tmp_path / f"out{WRITERS[key].endings[0]}", key, progress=stop)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("key", WRITERS)
def test_an_export_replaces_files_only_where_that_is_allowed(key, tmp_path):
    ds, out = scan_of(COUNTS, tmp_path), tmp_path / f"out{WRITERS[key].endings[0]}"
    files = export_scan(ds, out, key).files
    assert all(path.is_file() for path in files)
    with pytest.raises(DatastackError, match="exists already"):
        export_scan(ds, out, key)
    assert export_scan(ds, out, key, overwrite=True).files == files


def test_a_view_with_straight_rows_is_told_that_the_counts_are_not(tmp_path):
    ds = scan_of(COUNTS, tmp_path).straightened(0.5)
    assert "odd rows" in export_scan(ds, tmp_path / "out.npy", "npy").notes[0]
