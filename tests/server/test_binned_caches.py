"""Binned counts are made in the background for scans that hold none, where the folder may be changed."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.datastack.binned_cache import cache_path
from maxrf_core.readers import ArrayScan
from server.binned_caches import BinnedCaches, remove_orphans
from server.settings import uploads
from tests.server.stored_uploads import ANNA, put

LIMIT = 300  # seconds, for a process of low priority on a busy machine
BAND = 8, 40


@pytest.fixture
def older(data_folder: Path) -> Path:
    """Return a datastack without binned counts, as an older version of this program wrote it."""
    counts = np.random.default_rng(5).poisson(0.3, (70, 66, 100)).astype("u1")
    path = convert(ArrayScan(counts), data_folder / "scan.datastack")
    with h5py.File(path, "r+") as file:
        del file["maxrf_cube_binned"]
    return path


def test_they_are_made_once_for_each_state_of_a_file_and_go_with_it(older: Path):
    caches, ds = BinnedCaches(), DataStack(older)
    assert ds.binned_map(*BAND) is None
    caches.begin(older).result(LIMIT)
    assert ds.binned_map(*BAND) is not None
    made = cache_path(older).stat()
    ds.append({"note": np.ones(3)})
    caches.begin(older).result(LIMIT)
    assert os.path.samestat(cache_path(older).stat(), made)
    cache_path(older).unlink()
    caches.begin(older).result(LIMIT)  # this state has been looked at
    assert not cache_path(older).exists()
    BinnedCaches().begin(older).result(LIMIT)  # the server was started anew
    assert cache_path(older).exists()
    remove_orphans()
    assert cache_path(older).exists()
    older.unlink()
    remove_orphans()
    assert not cache_path(older).exists()


def test_none_are_made_of_uploads_or_where_the_folder_is_read_only(
    older: Path, monkeypatch: pytest.MonkeyPatch
):
    upload = put(uploads(), ANNA, older.read_bytes()).path
    BinnedCaches().begin(upload).result(LIMIT)
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    BinnedCaches().begin(older).result(LIMIT)
    assert not cache_path(upload).exists()
    assert not cache_path(older).exists()


def test_a_damaged_scan_and_a_full_disk_end_the_work_silently(older: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.upload_space.DISK_RESERVE", 1 << 60)
    BinnedCaches().begin(older).result(LIMIT)
    older.write_bytes(older.read_bytes()[:5000])
    BinnedCaches().begin(older).result(LIMIT)
    assert [*older.parent.glob(".*binned*")] == []


def test_a_server_that_stops_ends_the_work_and_what_waits(older: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.binned_caches.SHUTDOWN_PATIENCE", LIMIT)
    caches = BinnedCaches()
    other = older.with_name("other.datastack")
    other.write_bytes(older.read_bytes())
    begun = [caches.begin(path) for path in (older, other)]
    caches.stop()
    for each in begun:
        each.result(LIMIT)
    assert [*older.parent.glob(".*.partial*")] == []
