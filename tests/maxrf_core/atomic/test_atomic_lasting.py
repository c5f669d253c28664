"""Durability: what was written survives a power failure right afterwards.

`os.fsync` and `os.replace` are noted, from whichever module they come: of each file what it held when it was
last flushed, of each folder which names it held then.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from maxrf_core import append, convert, repack, rescue
from maxrf_core.datastack.copying import copy
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.datastack.small_datastacks import COUNTS, make

ROOT = Path(__file__).resolve().parents[3]


class Platter:
    """What is on the disk for certain, by inode: bytes of files, names (with inodes) of folders."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._fsync, self._replace = folder, os.fsync, os.replace
        self.files: dict[int, bytes] = {each.stat().st_ino: each.read_bytes() for each in folder.iterdir()}
        self.names = self._names()
        self.unsafe: list[str] = []

    def _names(self) -> dict[str, int]:
        return {each.name: each.stat().st_ino for each in self._folder.iterdir()}

    def fsync(self, descriptor: int) -> None:
        self._fsync(descriptor)
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            self.names = self._names()
        else:
            self.files[status.st_ino] = os.pread(descriptor, status.st_size, 0)

    def replace(self, old: Path, new: Path) -> None:
        if self.files.get(os.stat(old).st_ino) != Path(old).read_bytes():
            self.unsafe.append(Path(new).name)  # the new name may last and its bytes not
        self._replace(old, new)

    def read(self, name: str) -> bytes:
        """Read what a file holds after a power failure, where everything that may be lost is lost."""
        return self.files[self.names[name]]


WORKS: dict[str, Callable[[Path], object]] = {
    "append": lambda path: append(np.arange(5000), "map", path),
    "repack": repack,
    "convert": lambda path: convert(ArrayScan(COUNTS), path, overwrite=True),
    "convert to a new name": lambda path: convert(ArrayScan(COUNTS), path.with_name("new")),
    "copy": lambda path: copy(path, path.with_name("new")),
    "rescue": lambda path: rescue(path, path.with_name("new")),
}


@pytest.mark.parametrize("kind", ["hdf5", "zarr2"])
@pytest.mark.parametrize("work", WORKS)
def test_what_is_done_outlasts_a_power_failure(
    kind: str, work: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(kind, tmp_path / "scan.datastack")
    append([1.0], "maxrf_energies", path)
    platter = Platter(tmp_path)
    before = platter.read(path.name)
    monkeypatch.setattr(os, "fsync", platter.fsync)
    monkeypatch.setattr(os, "replace", platter.replace)
    WORKS[work](path)
    made = path if path.read_bytes() != before else path.with_name("new")
    assert platter.read(made.name) == made.read_bytes()
    assert platter.unsafe == []
