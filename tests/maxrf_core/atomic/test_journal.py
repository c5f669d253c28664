# ruff: noqa: PT012 -- the block that must stop is the promise
"""Journals apply only to their own file, and changes by other programs are detected."""

import errno
import os
import shutil
import struct
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, append, convert, repack
from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic import journal
from maxrf_core.atomic.journal import Disk, journal_path
from maxrf_core.datastack.zarr_store import ZarrStore
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.atomic.test_atomic_cuts import IMAGE, Hdf5, Zip, begin_again, gets_through
from tests.maxrf_core.datastack.small_datastacks import COUNTS, digest, make, our_kind  # noqa: F401

OLD = b"old" * 3000


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain"
    path.write_bytes(OLD)
    return path


# ---------------------------------------------------------------------- a file copied over it after a crash


class OtherHdf5(Hdf5):
    """The same file, to which an array of the same size but with another name was appended."""

    @staticmethod
    def append(path: Path) -> None:
        with atomic.changing(path) as change, h5py.File(change, "r+") as file:
            file.create_dataset("own", data=255 - IMAGE, chunks=(40, 45), compression="gzip").attrs[
                "unit"
            ] = "others"


class OtherZip(Zip):
    """The same of a zip."""

    @staticmethod
    def append(path: Path) -> None:
        ZarrStore(path).append({"own": 255 - IMAGE}, {"own": {"unit": "others"}})


def copy_over_at_every_step(kind: Any, other: Any, path: Path) -> Iterator[bool]:
    """Kill an append at each step, copy another version over it; yield whether each copy is kept as it is."""
    kind.make(path)
    original = path.read_bytes()
    other.append(path)
    appended = path.read_bytes()
    begin_again(path, original)
    kind.append(path)
    longest = path.stat().st_size
    for steps in count():
        begin_again(path, original)
        if gets_through(steps, 1, lambda: kind.append(path)):
            break
        left = journal_path(path).read_bytes() if journal_path(path).exists() else b""
        # a newer version of the file, also of the length that this append would have led to
        for foreign in (appended, appended[:longest].ljust(longest, b"\0")):
            path.write_bytes(foreign)
            journal_path(path).write_bytes(left)
            with atomic.reading(path) as view:
                seen = view.read()
            atomic.recover(path)
            yield seen == path.read_bytes() == foreign and not journal_path(path).exists()


@pytest.mark.parametrize(("kind", "other"), [(Hdf5, OtherHdf5), (Zip, OtherZip)])
def test_a_file_copied_over_a_killed_append_stays_as_it_is(kind: Any, other: Any, tmp_path: Path) -> None:
    kept = list(copy_over_at_every_step(kind, other, tmp_path / "file"))
    assert len(kept) > 16
    assert all(kept)


def test_a_file_whose_ends_are_alike_is_known_by_the_bytes_that_would_be_replaced(plain: Path) -> None:
    foreign = bytearray(os.urandom(20_000))
    plain.write_bytes(foreign)
    change = atomic.AtomicFile(plain)
    change.seek(9000)
    change.write(b"put into the middle")
    change._seal()
    change.close()
    left = journal_path(plain).read_bytes()
    for place in (9000, 10_000):  # in what is replaced, and elsewhere on its page
        other = bytearray(foreign)
        other[place] ^= 1
        plain.write_bytes(other)
        journal_path(plain).write_bytes(left)
        with atomic.reading(plain) as view:
            assert view.read() == bytes(other)
        atomic.recover(plain)
        assert plain.read_bytes() == bytes(other)
        assert journal_path(plain).with_name("plain-journal.unused").read_bytes() == left
    plain.write_bytes(foreign)
    journal_path(plain).write_bytes(left)
    assert atomic.recover(plain) is True
    assert plain.read_bytes() == foreign[:9000] + b"put into the middle" + foreign[9019:]


# ---------------------------------------------------------------------- journals of the first format


def of_the_first_format(entry: journal.Journal) -> bytes:
    """Pack a journal as earlier versions of this program did, which kept no bytes that are replaced."""

    def sealed(data: bytes) -> bytes:
        return journal._sealed(data)

    header = sealed(struct.pack("<8sQQ32s", b"maxrfjn1", entry.size, entry.modified, entry.fingerprint))
    if entry.change is None:
        return header
    change = entry.change
    body = struct.pack("<QQ32sQ", change.size, change.modified, change.fingerprint, len(change.records))
    for offset, data in change.records:
        body += struct.pack("<QQ", offset, len(data)) + bytes(data)
    return sealed(header + body)


def earlier_journal(path: Path, work: Callable[[atomic.AtomicFile], None]) -> tuple[bytes, bytes]:
    """Kill a change when its journal is whole; give that journal's two states in the first format."""
    change = atomic.AtomicFile(path)
    work(change)
    whole = change._seal()
    change.close()
    assert whole.change is not None
    with open(path, "rb", buffering=0) as file:
        mark = journal.fingerprint(file, min(whole.size, whole.change.size), whole.change.records)
    earlier = journal.Change(whole.change.size, whole.change.modified, mark, whole.change.records)
    before = journal.Journal(whole.size, whole.modified, whole.fingerprint)
    return of_the_first_format(before), of_the_first_format(
        journal.Journal(whole.size, whole.modified, whole.fingerprint, earlier)
    )


def longer(change: atomic.AtomicFile) -> None:
    change.write(b"new start")
    change.seek(5000)
    change.write(b"new middle")
    change.seek(0, os.SEEK_END)
    change.write(b"added")


def shorter(change: atomic.AtomicFile) -> None:
    change.write(b"new start")
    change.truncate(6000)


@pytest.mark.parametrize("work", [longer, shorter])
def test_a_journal_that_an_earlier_version_left_is_finished_or_undone(
    plain: Path, work: Callable[[atomic.AtomicFile], None]
) -> None:
    with open(plain.with_name("model"), "w+b") as model:
        model.write(OLD)
        model.seek(0)
        work(model)  # type: ignore[arg-type]
    expected = plain.with_name("model").read_bytes()
    begun, whole = earlier_journal(plain, work)
    added = plain.read_bytes()
    records = journal.parse(whole).change.records  # type: ignore[union-attr]
    partly = [added]
    for offset, data in records:
        partly.append(partly[-1][:offset] + bytes(data) + partly[-1][offset + len(data) :])
    for state in (*partly, expected):
        plain.write_bytes(state)
        journal_path(plain).write_bytes(whole)
        with atomic.reading(plain) as view:
            assert view.read() == expected
        assert atomic.recover(plain) is True
        assert plain.read_bytes() == expected
        assert not journal_path(plain).exists()
    for half in (begun, whole[:-1]):
        plain.write_bytes(added)
        journal_path(plain).write_bytes(half)
        assert atomic.recover(plain) is True
        assert plain.read_bytes() == OLD


def test_a_journal_of_an_earlier_version_does_not_count_for_another_file_either(plain: Path) -> None:
    _, whole = earlier_journal(plain, longer)
    foreign = plain.read_bytes().replace(b"oldold", b"OLDOLD", 1)  # within what would be replaced
    plain.write_bytes(foreign)
    journal_path(plain).write_bytes(whole)
    atomic.recover(plain)
    assert plain.read_bytes() == foreign
    assert not journal_path(plain).exists()


# ---------------------------------------------------------------------- others who write meanwhile


@pytest.mark.parametrize("same_name", [True, False], ids=["rewritten in place", "replaced"])
@pytest.mark.parametrize("more", [False, True], ids=["then committed", "then added to"])
def test_a_file_that_another_program_puts_there_during_an_append_is_noticed_and_kept(
    ours: Path, same_name: bool, more: bool
) -> None:
    backup = make("hdf5", ours.with_name("backup.datastack"))
    append([1.0, 2.0], "of the backup", backup)
    content = backup.read_bytes()
    told = "written to by another program" if same_name else "was replaced by another file"
    with (
        pytest.raises(DatastackError, match=told),
        atomic.changing(ours) as change,
        h5py.File(change, "r+") as file,
    ):
        file["map"] = np.zeros(5000)
        file.flush()
        (shutil.copyfile if same_name else os.replace)(backup, ours)
        if more:
            file["map2"] = np.zeros(5000)
    assert ours.read_bytes() == content
    assert not journal_path(ours).exists()
    assert append([3.0], "map", ours) == "map"


def test_what_another_program_writes_without_asking_for_a_lock_is_noticed(ours: Path) -> None:
    with (
        pytest.raises(DatastackError, match="written to by another program"),
        atomic.changing(ours) as change,
        h5py.File(change, "r+") as file,
    ):
        file["map"] = np.zeros(5000)
        with h5py.File(ours, "r+", locking=False) as other:
            other["by h5py"] = np.arange(5000)
    with h5py.File(ours) as file:
        assert "map" not in file
        assert file["by h5py"][()].tolist() == list(range(5000))
        assert file["maxrf_cube"][()].tolist() == COUNTS.tolist()


@pytest.mark.parametrize("how", ["replaced", "rewritten", "removed"])
def test_a_file_that_is_lost_at_the_last_moment_is_not_said_to_be_done(
    ours: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make("hdf5", ours.with_name("other.datastack"))
    content = other.read_bytes()

    class LastMoment(Disk):
        def remove(self, path: Path) -> None:
            super().remove(path)
            if how == "removed":
                ours.unlink()
            else:
                (os.replace if how == "replaced" else shutil.copyfile)(other, ours)

    monkeypatch.setattr(journal, "disk", LastMoment())
    with pytest.raises(DatastackError, match="check that what was added is there"):
        append(np.arange(9), "map", ours)
    assert how == "removed" or ours.read_bytes() == content


# ---------------------------------------------------------------------- times and folders


@pytest.mark.parametrize("kind", ["hdf5", "zarr3"])
def test_a_file_from_before_1970_is_appended_to_and_put_back_as_it_was(kind: str, tmp_path: Path) -> None:
    path = make(kind, tmp_path / "scan.datastack")
    os.utime(path, ns=(-86_400_000_000_000, -86_400_000_000_001))
    before, modified = digest(path), path.stat().st_mtime_ns
    assert modified < 0
    with pytest.raises(ZeroDivisionError), atomic.changing(path) as change:
        change.seek(0, os.SEEK_END)
        change.write(b"new")
        raise ZeroDivisionError
    assert (digest(path), path.stat().st_mtime_ns) == (before, modified)
    change = atomic.AtomicFile(path)
    change.seek(0, os.SEEK_END)
    change.write(b"new")
    change.close()
    assert atomic.recover(path) is True
    assert (digest(path), path.stat().st_mtime_ns) == (before, modified)
    assert append(np.arange(9), "map", path) == "map"
    assert path.stat().st_mtime_ns > 0
    assert DataStack(path).read("map").tolist() == list(range(9))


def folder_cannot_be_flushed(monkeypatch: pytest.MonkeyPatch, after: str) -> None:
    """Let flushing a folder fail once something has happened to a name in it."""

    class Failing(Disk):
        happened = False

        def replace(self, old: Path, new: Path) -> None:
            super().replace(old, new)
            self.happened = after == "replace"

        def remove(self, path: Path) -> None:
            super().remove(path)
            self.happened = after == "remove"

        def sync_folder(self, folder: Path) -> None:
            if self.happened:
                raise OSError(errno.EIO, "Input/output error")
            super().sync_folder(folder)

    monkeypatch.setattr(journal, "disk", Failing())


@pytest.mark.parametrize("work", [repack, lambda path: convert(ArrayScan(COUNTS), path, overwrite=True)])
def test_if_the_folder_of_a_new_file_cannot_be_flushed_a_sentence_says_that_the_file_is_complete(
    ours: Path, work: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    append([1.0], "maxrf_sumspectrum", ours)
    folder_cannot_be_flushed(monkeypatch, "replace")
    with pytest.raises(DatastackError, match=r"is written and whole, .* did not confirm its name"):
        work(ours)
    assert "maxrf_sumspectrum_" not in DataStack(ours).names
    assert not [left for left in ours.parent.iterdir() if "partial" in left.name]


def test_an_append_is_done_though_the_folder_cannot_be_flushed_after_its_journal_is_gone(
    ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_cannot_be_flushed(monkeypatch, "remove")
    assert append(np.arange(9), "map", ours) == "map"
    monkeypatch.undo()
    assert not journal_path(ours).exists()
    assert DataStack(ours).read("map").tolist() == list(range(9))
