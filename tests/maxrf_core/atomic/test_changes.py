# ruff: noqa: PT012 -- the block that must stop is the promise
"""Atomic changes of a datastack; readers see its old or its new state."""

import errno
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic import journal
from maxrf_core.atomic.journal import journal_path
from maxrf_core.errors import DatastackError

ROOT = Path(__file__).resolve().parents[3]


def run(code: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run code in a Python of its own, which may die without taking the tests along."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload]


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    path = tmp_path / "scan.datastack"
    with h5py.File(path, "w") as file:
        file["old"] = np.arange(5000)
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain"
    path.write_bytes(b"old" * 10)
    return path


def append(path: Path, name: str, array: np.ndarray) -> None:
    with atomic.changing(path) as change, h5py.File(change, "r+") as file:
        file[name] = array


# ---------------------------------------------------------------------- stopping, failing, refusing


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_whatever_stops_an_append_the_file_is_bit_for_bit_and_in_time_what_it_was(
    stack: Path, stop: type[BaseException]
) -> None:
    before, state = stack.read_bytes(), atomic.generation(stack)
    with pytest.raises(stop), atomic.changing(stack) as change, h5py.File(change, "r+") as file:
        file["new"] = np.random.default_rng(0).random(50_000)
        file.flush()
        raise stop
    assert stack.read_bytes() == before
    assert atomic.generation(stack) == state
    assert not journal_path(stack).exists()


@pytest.fixture
def ctrl_c_counts() -> Iterator[None]:
    """Let Ctrl-C end Python, also where the tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c_counts")
def test_ctrl_c_waits_until_hdf5_can_bear_it(stack: Path) -> None:
    before, reached = stack.read_bytes(), []
    with pytest.raises(KeyboardInterrupt), atomic.changing(stack) as change, h5py.File(change, "r+") as file:
        signal.raise_signal(signal.SIGINT)
        file["new"] = np.arange(9)
        reached.append("the end of the block")
    assert reached
    assert stack.read_bytes() == before
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


FULL_DISK = """
import resource, sys, zipfile
from pathlib import Path
import h5py, numpy as np
from maxrf_core.atomic import changes as atomic
noise = np.random.default_rng(0).integers(0, 255, 2_000_000, np.uint8)

def fill(path):
    with atomic.changing(path) as change:
        if path.suffix == ".zip":
            with zipfile.ZipFile(change, "a") as file:
                file.writestr("new", noise.tobytes())
        else:
            with h5py.File(change, "r+") as file:
                file.create_dataset("new", data=noise, chunks=(100_000,), compression="gzip")

for path in map(Path, sys.argv[1:]):
    for room in (0, 50_000, 100_000, 1_000_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + room, resource.RLIM_INFINITY))
        try:
            fill(path)
        except Exception as error:
            print(type(error).__name__, error)
"""


def test_a_full_disk_raises_a_sentence_and_leaves_the_file_as_before(stack: Path) -> None:
    packed = stack.with_name("scan.zip")
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("old", b"1" * 9000)
    before = [path.read_bytes() for path in (stack, packed)]
    result = run(FULL_DISK, stack, packed)
    assert result.returncode == 0, result.stderr  # HDF5 ends the process if it is told of the failure
    told = result.stdout.splitlines()
    assert len(told) == 8
    for line, path in zip(told, [stack] * 4 + [packed] * 4, strict=True):
        assert line.startswith(
            f"DatastackError There is no room on the disk to change {path.name}, which is as"
        )
    assert [path.read_bytes() for path in (stack, packed)] == before
    assert not journal_path(stack).exists()
    assert not journal_path(packed).exists()


READ_ONLY = """
import gettext, locale, os, sys  # nobody else may read root's own Python
from maxrf_core.atomic import changes as atomic
os.setegid(65534), os.seteuid(65534)
for path in sys.argv[1:]:
    atomic.recover(path)
    with atomic.reading(path) as view:
        print(view.read().decode())
    try:
        with atomic.changing(path) as change:
            change.write(b"new")
    except Exception as error:
        print(type(error).__name__, error)
"""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can become somebody else")
def test_a_read_only_folder_can_be_read_and_says_why_it_cannot_be_changed() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        quiet, killed = Path(folder) / "quiet", Path(folder) / "killed"
        for path in (quiet, killed):
            path.write_bytes(b"old")
        change = atomic.AtomicFile(killed)
        change.write(b"new")
        change.seek(5)
        change.write(b"and more")
        change._seal()
        change.close()  # a whole journal is left where this reader may not clear it up
        told = run(READ_ONLY, quiet, killed).stdout.splitlines()
        assert told[0::2] == ["old", "new\0\0and more"]
        for path, line in zip((quiet, killed), told[1::2], strict=True):
            assert line.startswith(f"DatastackError {path.name} cannot be changed (Permission denied)")
        atomic.recover(killed)
        assert killed.read_bytes() == b"new\0\0and more"


@pytest.mark.parametrize("use", [atomic.reading, atomic.changing])
def test_a_missing_file_is_named(tmp_path: Path, use: object) -> None:
    with (
        pytest.raises(DatastackError, match=r"nothing\.datastack does not exist"),
        use(tmp_path / "nothing.datastack"),
    ):  # type: ignore[operator]
        pass
    assert atomic.recover(tmp_path / "nothing.datastack") is False


def test_a_second_writer_raises_with_the_reason(plain: Path) -> None:
    with (
        atomic.changing(plain),
        pytest.raises(DatastackError, match="plain is being written by another process"),
        atomic.changing(plain, timeout=0.1),
    ):
        pass


# ---------------------------------------------------------------------- journals that lie about


def test_recovery_leaves_a_writer_at_work_alone(plain: Path) -> None:
    with atomic.changing(plain) as change:
        change.seek(30)
        change.write(b" and new")
        assert atomic.recover(plain) is False
    assert plain.read_bytes() == b"old" * 10 + b" and new"


def killed_while_appending(path: Path) -> None:
    file = atomic.AtomicFile(path)
    file.seek(0, os.SEEK_END)
    file.write(b"half of what was to be appended")
    file.close()


def test_a_backup_put_back_after_a_kill_is_not_cut_by_the_old_journal(plain: Path) -> None:
    killed_while_appending(plain)
    backup = b"a longer backup, taken another day, which must keep its every byte"
    plain.write_bytes(backup)
    assert plain.stat().st_size > 30
    with atomic.reading(plain) as view:
        assert view.read() == backup
    atomic.recover(plain)
    assert plain.read_bytes() == backup
    assert journal_path(plain).with_name("plain-journal.unused").exists()


def test_an_append_by_plain_h5py_after_a_kill_is_kept(stack: Path) -> None:
    killed_while_appending(stack)
    with h5py.File(stack, "r+") as file:
        file["by_h5py"] = np.arange(3000)
    append(stack, "by_us", np.arange(7))
    with h5py.File(stack) as file:
        assert {name: len(file[name]) for name in file} == {"old": 5000, "by_h5py": 3000, "by_us": 7}


def test_a_journal_of_which_not_even_the_header_is_whole_is_dropped(plain: Path) -> None:
    journal_path(plain).write_bytes(b"maxrf")
    assert atomic.recover(plain) is True
    assert plain.read_bytes() == b"old" * 10
    assert not journal_path(plain).exists()


def test_a_link_and_its_file_share_one_journal(plain: Path) -> None:
    link = plain.with_name("link")
    link.symlink_to(plain)
    killed_while_appending(link)
    assert atomic.recover(plain) is True
    assert link.read_bytes() == b"old" * 10


# ---------------------------------------------------------------------- replacing whole files


def test_a_file_written_anew_appears_when_it_is_whole_and_not_before(plain: Path) -> None:
    with atomic.replacing(plain) as temporary:
        temporary.write_bytes(b"all new")
        assert plain.read_bytes() == b"old" * 10
    assert plain.read_bytes() == b"all new"
    with pytest.raises(KeyboardInterrupt), atomic.replacing(plain) as temporary:
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt
    assert plain.read_bytes() == b"all new"
    assert [path.name for path in plain.parent.iterdir()] == ["plain"]


def test_errors_of_the_system_name_the_file(plain: Path, monkeypatch) -> None:
    def full(old: Path, new: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(journal.disk, "replace", full)
    with (
        pytest.raises(DatastackError, match="no room on the disk to write plain"),
        atomic.replacing(plain) as new,
    ):
        new.write_bytes(b"all new")
    monkeypatch.undo()
    for path in (plain.with_name("x" * 250), plain.parent / "absent" / "a"):
        with pytest.raises(DatastackError, match="cannot be written"), atomic.replacing(path) as new:
            new.write_bytes(b"all new")
    assert [path.name for path in plain.parent.iterdir()] == ["plain"]
    assert plain.read_bytes() == b"old" * 10
