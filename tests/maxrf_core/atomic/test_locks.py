# ruff: noqa: PT012 -- the block that must stop is the promise
"""Write access to a datastack beside other programs, other names of the file and other users."""

import errno
import io
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, append, convert, repack
from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic import file as atomic_file
from maxrf_core.atomic import journal, locks
from maxrf_core.atomic.journal import Disk, journal_path
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.datastack.small_datastacks import COUNTS, digest, make, our_kind  # noqa: F401

fcntl = pytest.importorskip("fcntl", reason="Windows locks files by itself")

ROOT = Path(__file__).resolve().parents[3]
OPEN_ELSEWHERE = """
import sys, h5py
with h5py.File(sys.argv[1], sys.argv[2]) as file:
    names, cube = sorted(file), file["maxrf_cube"]
    print("open", flush=True)
    sys.stdin.readline()
    print(names, cube[3, 4].tolist(), flush=True)
"""


@contextmanager
def open_elsewhere(path: Path, mode: str) -> Iterator[subprocess.Popen[str]]:
    """Open a file by plain h5py in another process."""
    command = [sys.executable, "-c", OPEN_ELSEWHERE, str(path), mode]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "open\n"
        yield other
        if not other.stdin.closed:
            other.communicate("\n")


def run(code: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )


# ---------------------------------------------------------------------- other programs


def test_what_another_program_has_open_for_writing_is_left_alone_until_it_is_closed(ours: Path) -> None:
    told = "is open for writing in another program; close it there"
    with open_elsewhere(ours, "r+"):
        before = digest(ours)
        for change in (
            lambda: append(np.arange(9), "map", ours),
            lambda: repack(ours),
            lambda: convert(ArrayScan(COUNTS), ours, overwrite=True),
        ):
            with pytest.raises(DatastackError, match=told):
                change()
            assert digest(ours) == before
        assert {left.name for left in ours.parent.iterdir()} <= {ours.name, f".{ours.name}.lock"}
        assert DataStack(ours).read("maxrf_cube").sum() == COUNTS.sum()
    assert append(np.arange(9), "map", ours) == "map"


def test_what_is_open_for_writing_elsewhere_is_not_replaced_before_or_after_the_work(ours: Path) -> None:
    told = "is open for writing in another program"
    with (
        open_elsewhere(ours, "r+"),
        pytest.raises(DatastackError, match=told),
        atomic.replacing(ours),
    ):
        pytest.fail("the work was begun")
    replacing = atomic.replacing(ours)
    replacing.__enter__().write_bytes(b"all new")
    with open_elsewhere(ours, "r+"):
        before = digest(ours)
        with pytest.raises(DatastackError, match=told):
            replacing.__exit__(None, None, None)
        assert digest(ours) == before
    assert not list(ours.parent.glob(".*.partial*"))


@pytest.mark.parametrize("kind", ["hdf5", "zarr3"])
def test_what_another_program_adds_while_a_file_is_repacked_is_not_lost(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(kind, tmp_path / "scan.datastack")
    content = path.read_bytes()

    class Meddling(Disk):
        def sync(self, file: io.FileIO) -> None:
            super().sync(file)
            if str(file.name).endswith(".partial"):  # as maxrf4u writes, which asks for no lock
                path.write_bytes(content + b"more")

    monkeypatch.setattr(journal, "disk", Meddling())
    with pytest.raises(DatastackError, match="was changed by another program while it was being written"):
        repack(path)
    assert path.read_bytes() == content + b"more"
    assert not list(tmp_path.glob(".*.partial*"))


class MandatoryFile(io.FileIO):
    """A file on a network drive (SMB), where a shared lock keeps everybody from writing."""

    def write(self, data: Any) -> int:
        if locks.is_locked(Path(str(self.name))):
            raise PermissionError(errno.EACCES, "Permission denied")
        return super().write(data)


def test_where_a_shared_lock_keeps_its_own_holder_from_writing_it_is_given_up(
    ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(atomic_file, "io", SimpleNamespace(FileIO=MandatoryFile))
    monkeypatch.setattr(os, "write", refused)  # with which is tried whether a lock hinders
    assert append(np.arange(9), "map", ours) == "map"
    repack(ours)
    assert DataStack(ours).read("map").tolist() == list(range(9))
    with atomic.replacing(ours) as temporary:
        assert locks.is_locked(temporary) is False
        temporary.write_bytes(b"half")
        os.utime(temporary, (time.time() - 10,) * 2)
        with atomic.replacing(ours) as another:  # so nobody is taken for dead for want of a lock
            assert temporary.exists()
            another.write_bytes(b"all")


def test_what_a_killed_writer_left_is_not_cleared_up_under_another_program(ours: Path) -> None:
    change = atomic.AtomicFile(ours)
    change.seek(0, os.SEEK_END)
    change.write(b"half of what was to be appended")
    change.close()
    with open_elsewhere(ours, "r+"):
        before = digest(ours)
        assert atomic.recover(ours) is False
        assert digest(ours) == before
    assert atomic.recover(ours) is True


def test_another_program_cannot_write_while_we_do_but_can_read(ours: Path) -> None:
    with atomic.changing(ours) as change, h5py.File(change, "r+") as file:
        file["map"] = np.arange(9)
        file.flush()
        writer = run(OPEN_ELSEWHERE, ours, "r+")
        assert writer.returncode == 1
        assert "unable to lock file" in writer.stderr
        reader = run(OPEN_ELSEWHERE, ours, "r")
        assert str(COUNTS[3, 4].tolist()) in reader.stdout
        assert "map" not in reader.stdout
    assert run(OPEN_ELSEWHERE, ours, "r+").returncode == 0


def test_a_reader_elsewhere_goes_on_reading_while_we_append(ours: Path) -> None:
    with open_elsewhere(ours, "r") as reader:
        assert append(np.arange(9), "map", ours) == "map"
        assert str(COUNTS[3, 4].tolist()) in reader.communicate("\n")[0]


BY_TURNS = """
import sys, time
import h5py
from maxrf_core import append
from maxrf_core.errors import DatastackError

def by_us(path, number):
    append([number], f"us{number}", path)

def by_h5py(path, number):
    with h5py.File(path, "r+") as file:
        file[f"h5py{number}"] = [number]

work, number = globals()[sys.argv[2]], 0
while number < 15:
    try:
        work(sys.argv[1], number)
        number += 1
    except (DatastackError, OSError) as error:
        assert "is open for writing" in str(error) or "unable to lock" in str(error), error
"""


def test_appends_of_ours_and_of_plain_h5py_take_turns_and_none_is_lost(ours: Path) -> None:
    command, pipes = [sys.executable, "-c", BY_TURNS], {"cwd": ROOT, "stderr": subprocess.PIPE, "text": True}
    writers = [
        subprocess.Popen([*command, ours, who], **pipes)  # type: ignore[call-overload]
        for who in ("by_us", "by_h5py")
    ]
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    with h5py.File(ours) as file:
        found = {name: file[name][()].tolist() for name in file if name.startswith(("us", "h5py"))}
        assert found == {f"{who}{number}": [number] for who in ("us", "h5py") for number in range(15)}
        assert np.array_equal(file["maxrf_cube"], COUNTS)


def test_a_file_that_another_program_writes_is_not_reported_as_damaged(ours: Path) -> None:
    with open(ours, "r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)  # as HDF5 does
        other.truncate(3000)
        with pytest.raises(DatastackError, match="is open for writing in another program"):
            DataStack(ours)
    with pytest.raises(DatastackError, match="is damaged or cut off"):
        DataStack(ours)


def test_who_turns_the_locks_of_hdf5_off_has_none(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(locks.SWITCH, "FALSE")
    with atomic.changing(ours) as change:
        assert run(OPEN_ELSEWHERE, ours, "r+", HDF5_USE_FILE_LOCKING="TRUE").returncode == 0
        change.read(1)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_drive_without_locks_raises_a_sentence_with_advice(
    number: int, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    before = digest(ours)
    told = r"is on a drive that keeps no file locks, .* set HDF5_USE_FILE_LOCKING=FALSE if nobody else"
    with pytest.raises(DatastackError, match=told):
        append(np.arange(9), "map", ours)
    with pytest.raises(DatastackError, match=told):
        repack(ours)
    assert digest(ours) == before
    assert DataStack(ours).names
    for wish in ("FALSE", "0", "BEST_EFFORT"):
        monkeypatch.setenv(locks.SWITCH, wish)
        assert append(np.arange(9), f"map{wish}", ours) == f"map{wish}"
        repack(ours)
    made = convert(ArrayScan(COUNTS), ours, overwrite=True)  # a new file needs no lock
    assert DataStack(made).shape == COUNTS.shape


# ---------------------------------------------------------------------- other names

APPEND_MANY = """
import sys
from maxrf_core import append
for number in range(25):
    name = f"{sys.argv[2]}{number}"
    assert append([number], name, sys.argv[1]) == name
"""


def test_of_appends_through_two_names_of_one_file_none_is_lost(ours: Path) -> None:
    other = ours.with_name("another_name.datastack")
    other.hardlink_to(ours)
    command = [sys.executable, "-c", APPEND_MANY]
    pipes = {"cwd": ROOT, "stderr": subprocess.PIPE, "text": True}
    writers = [
        subprocess.Popen([*command, path, name], **pipes)  # type: ignore[call-overload]
        for path, name in ((ours, "a"), (other, "b"))
    ]
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    expected = {f"{name}{number}": [number] for name in "ab" for number in range(25)}
    with h5py.File(other) as file:
        assert {name: file[name][()].tolist() for name in file if name[0] in "ab"} == expected


def test_what_a_killed_writer_left_is_seen_and_cleared_up_under_every_name(ours: Path) -> None:
    for name in ("another_name", "z_name"):
        ours.with_name(name).hardlink_to(ours)
    before = digest(ours)
    change = atomic.AtomicFile(ours.with_name("z_name"))
    change.seek(0, os.SEEK_END)
    change.write(b"half of what was to be appended")
    change.close()
    assert digest(ours) != before
    with atomic.reading(ours) as view:
        assert len(view.read()) == view.generation[1] < ours.stat().st_size
    assert atomic.recover(ours) is True
    assert digest(ours) == before
    assert not list(ours.parent.glob("*-journal"))


def test_a_name_that_is_added_while_a_writer_is_at_work_leads_to_the_same_lock_and_journal(
    ours: Path,
) -> None:
    before, other = digest(ours), ours.with_name("another_name")
    with atomic.changing(ours) as change:
        other.hardlink_to(ours)
        with (
            pytest.raises(DatastackError, match="is being written by another process"),
            atomic.writer_lock(other, timeout=0),
        ):
            pass
        change.seek(0, os.SEEK_END)
        change.write(b"new")
        with atomic.reading(other) as view:
            assert view.generation == atomic.generation(ours)
            assert view.generation[1] < ours.stat().st_size
        with (
            pytest.raises(DatastackError, match="is being written by another process"),
            atomic.writer_lock(other, timeout=0),
        ):
            pass
    assert digest(other) == digest(ours) != before


def test_a_file_with_a_name_in_another_folder_is_read_but_not_changed(ours: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup" / "scan.datastack"
    backup.parent.mkdir()
    backup.hardlink_to(ours)
    before = digest(ours)
    for path in (ours, backup):
        with pytest.raises(DatastackError, match=r"another name in another folder \(a hard link\)"):
            append(np.arange(9), "map", path)
        assert DataStack(path).shape == COUNTS.shape
    assert digest(ours) == before
    backup.unlink()
    assert append(np.arange(9), "map", ours) == "map"


@pytest.mark.parametrize("kind", ["hdf5", "zarr2"])
def test_repacking_does_not_make_two_files_of_one(kind: str, tmp_path: Path) -> None:
    path = make(kind, tmp_path / "scan.datastack")
    other = tmp_path / "other.datastack"
    other.hardlink_to(path)
    with pytest.raises(DatastackError, match=r"has several names \(other.datastack, scan.datastack\)"):
        repack(path)
    assert path.samefile(other)
    other.unlink()
    repack(path)
    assert DataStack(path).shape == COUNTS.shape


def test_a_symbolic_link_stays_one_when_its_file_is_repacked(ours: Path) -> None:
    link = ours.with_name("link.datastack")
    link.symlink_to(ours)
    repack(link)
    assert link.is_symlink()
    assert link.samefile(ours)


# ---------------------------------------------------------------------- other people

AS_SOMEBODY = """
import os, sys
from maxrf_core import append
os.setgroups([]), os.setegid(int(sys.argv[2])), os.seteuid(int(sys.argv[3])), os.umask(0o022)
print(append([1], "by_" + sys.argv[3], sys.argv[1]))
"""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("lock", ["none", "of an older version"])
def test_a_lock_file_of_one_user_does_not_stop_a_colleague_of_the_same_group(lock: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shared = Path(folder) / "shared"
        shared.mkdir()
        os.chown(shared, 1000, 3000)
        shared.chmod(0o2775)
        path = make("hdf5", shared / "scan.datastack")
        os.chown(path, 1000, 3000)
        path.chmod(0o664)
        if lock != "none":
            locks.lock_path(path).touch(0o644)
            os.chown(locks.lock_path(path), 1000, 1000)
        for group, user in ((1000, 3000), (1001, 3000), (1000, 3000)):
            told = run(AS_SOMEBODY, path, user, group)
            assert told.stdout.startswith(f"by_{group}"), told.stderr
        mode = locks.lock_path(path).stat().st_mode
        assert lock != "none" or stat.S_IMODE(mode) == 0o664


def test_a_stranger_who_may_not_write_the_file_may_not_write_its_lock_either(ours: Path) -> None:
    ours.chmod(0o640)
    append([1], "map", ours)
    assert stat.S_IMODE(locks.lock_path(ours).stat().st_mode) == 0o640


def test_a_colleague_can_read_what_a_killed_writer_left(ours: Path) -> None:
    ours.chmod(0o664)
    before = os.umask(0o077)
    try:
        change = atomic.AtomicFile(ours)
        change.seek(0, os.SEEK_END)
        change.write(b"half of what was to be appended")
        change.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(journal_path(ours).stat().st_mode) == 0o664


def test_a_removed_lock_file_is_created_again(ours: Path) -> None:
    lock = locks.lock_path(ours)
    with atomic.writer_lock(ours):
        assert lock.exists()
    lock.unlink()
    with atomic.writer_lock(ours):
        assert lock.exists()


def test_a_file_moved_away_while_it_is_changed_comes_out_as_it_was(ours: Path) -> None:
    before, moved = digest(ours), ours.with_name("moved.datastack")
    with (
        pytest.raises(DatastackError, match="was removed or renamed while it was being changed"),
        atomic.changing(ours) as change,
    ):
        change.seek(0, os.SEEK_END)
        change.write(b"new")
        shutil.move(ours, moved)
    assert digest(moved) == before
    assert not journal_path(ours).exists()
