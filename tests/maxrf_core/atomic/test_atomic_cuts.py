"""After a kill or a power failure at any moment an append is complete or absent, and the rest unchanged.

The power is cut at every single step of an append: after each write, flush, truncation, renaming and removal.
"""

import errno
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import FileIO
from itertools import count
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import zarr
from zarr.storage import ZipStore

from maxrf_core import convert, repack
from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic import journal
from maxrf_core.atomic.journal import Disk, journal_path
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.hdf5_store import new_file
from maxrf_core.datastack.zarr_store import ZarrStore
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration

Content = dict[str, bytes]
Step = tuple[str, str, tuple[Any, ...]]  # what, file name, with what
STEPS = ("create", "write", "truncate", "sync", "sync_folder", "set_modified", "replace", "remove")
IMAGE = np.random.default_rng(1).integers(0, 255, (80, 90), np.uint8)


@pytest.fixture(autouse=True)
def flushes_are_counted_but_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


class PowerCutError(BaseException):
    """The process is dead: nothing it would do from here on happens."""


class Hdf5:
    """An HDF5 file with some arrays."""

    @staticmethod
    def make(path: Path) -> None:
        with h5py.File(path, "w") as file:
            for number in range(6):
                file.create_dataset(f"old{number}", data=IMAGE[number:] + number, compression="gzip")

    @staticmethod
    def append(path: Path) -> None:
        with atomic.changing(path) as change, h5py.File(change, "r+") as file:
            file.create_dataset("new", data=IMAGE, chunks=(40, 45), compression="gzip").attrs["unit"] = (
                "counts"
            )

    @staticmethod
    def content(file: Any) -> Content:
        with h5py.File(file, "r") as opened:
            found: Content = {}

            def add(name: str, item: Any) -> None:
                held = sorted(item) if isinstance(item, h5py.Group) else item[()].tobytes()
                found[name] = str((held, dict(item.attrs))).encode()

            opened.visititems(add)
            return found


class Zip:
    """A datastack as maxrf4u lays it out, a zip file."""

    @staticmethod
    def make(path: Path) -> None:
        with ZipStore(path, mode="w") as store:
            group = zarr.open_group(store, mode="w", zarr_format=2)
            for number in range(4):
                group.create_array(f"old{number}", data=IMAGE[number:] + number)

    @staticmethod
    def append(path: Path) -> None:
        ZarrStore(path).append({"new": IMAGE}, {"new": {"unit": "counts"}})

    @staticmethod
    def content(file: Any) -> Content:
        with zipfile.ZipFile(file) as opened:  # whose `read` compares the checksums
            return {name: opened.read(name) for name in opened.namelist()}


class RepackedHdf5(Hdf5):
    """A datastack of ours that is written anew, with the newest versions only."""

    @staticmethod
    def make(path: Path) -> None:
        with new_file(path, overwrite=True) as file:
            file["old"], file["old_"], file["other"] = 1, 2, IMAGE

    append = staticmethod(repack)


class RepackedZip(Zip):
    """One of maxrf4u that is written anew."""

    @staticmethod
    def make(path: Path) -> None:
        Zip.make(path)
        ZarrStore(path).append({"old0": IMAGE}, {})

    append = staticmethod(repack)


class Converted(RepackedHdf5):
    """One of ours that a conversion overwrites."""

    @staticmethod
    def append(path: Path) -> None:
        convert(ArrayScan(IMAGE[:, :, np.newaxis]), path, overwrite=True)


class Calibrated(Hdf5):
    """A scan that gets new energies, so that a link of its NXdata group moves."""

    @staticmethod
    def make(path: Path) -> None:
        convert(ArrayScan(IMAGE[:, :, np.newaxis]), path, overwrite=True, calibration=Calibration(0.1, 0.0))

    @staticmethod
    def append(path: Path) -> None:
        DataStack(path).calibrate(Calibration(0.2, 0.5))


class Shortened:
    """A file that becomes shorter, changes in the middle and at its end."""

    @staticmethod
    def make(path: Path) -> None:
        path.write_bytes(bytes(range(250)) * 80)

    @staticmethod
    def append(path: Path) -> None:
        with atomic.changing(path) as change:
            change.seek(0, 2)
            change.write(b"longer, for a while")
            change.truncate(9000)
            change.write(b"beyond a hole")
            change.truncate(9500)
            change.seek(100)
            change.write(b"in the middle" * 10)

    @staticmethod
    def content(file: Any) -> Content:
        return {"all": Path(file).read_bytes() if isinstance(file, Path) else file.read()}


kinds = pytest.mark.parametrize("kind", [Hdf5, Zip, Shortened])


def failing(name: str) -> Callable[..., Any]:
    def step(disk: Any, *arguments: Any) -> Any:
        disk.left -= 1
        if disk.left == -1 and name == "write":
            file, offset, data = arguments
            Disk.write(disk, file, offset, data[: int(len(data) * disk.part)])
        if disk.left < -1 - disk.more:
            raise PowerCutError
        if disk.left == -1:
            raise disk.error
        return getattr(Disk, name)(disk, *arguments)

    return step


class FailingDisk(Disk):
    """A disk that fails after so many steps, having done `part` of a write, and is cut off `more` later."""

    def __init__(self, steps: int, part: float, error: BaseException, more: int) -> None:
        self.left, self.part, self.error, self.more = steps, part, error, more


for name in STEPS:
    setattr(FailingDisk, name, failing(name))


def gets_through(
    steps: int, part: float, work: Callable[[], object], error: BaseException | None = None, more: int = 0
) -> bool:
    """Do something with a disk that fails; True if the work was over before it did."""
    disk = FailingDisk(steps, part, error or PowerCutError(), more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "disk", disk)
        with suppress(PowerCutError, DatastackError):
            work()
    return disk.left >= 0


def states(kind: Any, path: Path) -> tuple[bytes, Content, Content]:
    """Give the bytes of the file before the append, and its content before and after."""
    kind.make(path)
    original, before = path.read_bytes(), kind.content(path)
    kind.append(path)
    after = kind.content(path)
    assert before != after
    return original, before, after


def begin_again(path: Path, original: bytes) -> None:
    journal_path(path).unlink(missing_ok=True)
    path.write_bytes(original)


def kill_at_every_step(kind: Any, part: float, path: Path) -> tuple[list[Content], Content, Content]:
    """Kill an append after no step, one, two…; gives what was seen, what was before, what is after."""
    original, before, after = states(kind, path)
    seen = []
    for steps in count():
        begin_again(path, original)
        through = gets_through(steps, part, lambda: kind.append(path))
        seen.append(atomic.consistent(path, kind.content))  # a reader sees it even before recovery
        atomic.recover(path)
        assert kind.content(path) == seen[-1]
        assert not journal_path(path).exists()
        if through:
            break
    return seen, before, after


@kinds
@pytest.mark.parametrize("part", [0, 0.5, 1])
def test_a_kill_at_any_step_leaves_the_old_state_or_the_new(kind: Any, part: float, tmp_path: Path) -> None:
    seen, before, after = kill_at_every_step(kind, part, tmp_path / "file")
    assert len(seen) > 8
    turn = seen.index(after)
    assert seen == [before] * turn + [after] * (len(seen) - turn)


def test_a_kill_while_links_move_to_new_energies_leaves_all_of_them_or_none(tmp_path: Path) -> None:
    seen, before, after = kill_at_every_step(Calibrated, 0.5, tmp_path / "file")
    assert before["entry/scan/energy"] != after["entry/scan/energy"]
    assert all(each in (before, after) for each in seen)


@kinds
def test_a_kill_at_any_step_shows_the_same_under_each_name_of_a_file(kind: Any, tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "another name"
    original, before, after = states(kind, path)
    link.hardlink_to(path)
    for steps in count():
        begin_again(path, original)
        through = gets_through(steps, 0.5, lambda: kind.append(path))
        seen = [atomic.consistent(name, kind.content) for name in (path, link)]
        assert seen[0] == seen[1]
        assert seen[0] in (before, after)
        atomic.recover(link)
        assert kind.content(path) == seen[0]
        if through:
            break
    assert path.samefile(link)


@pytest.mark.parametrize("kind", [RepackedHdf5, RepackedZip, Converted])
def test_a_kill_at_any_step_of_a_repack_leaves_the_old_file_or_the_new(kind: Any, tmp_path: Path) -> None:
    seen, before, after = kill_at_every_step(kind, 1, tmp_path / "file")
    assert seen[0] == before
    assert seen[-1] == after
    assert all(each in (before, after) for each in seen)


@kinds
def test_a_recovery_that_is_killed_too_can_be_done_again(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    original, before, after = states(kind, path)
    done = False
    for steps in count():
        begin_again(path, original)
        done = gets_through(steps, 0.5, lambda: kind.append(path))
        expected = atomic.consistent(path, kind.content)
        assert expected in (before, after)
        left = {file: file.read_bytes() for file in (path, journal_path(path)) if file.exists()}
        for more in count():
            for file, found in left.items():
                file.write_bytes(found)
            recovered = gets_through(more, 0.5, lambda: atomic.recover(path))
            assert atomic.consistent(path, kind.content) == expected
            atomic.recover(path)
            assert kind.content(path) == expected
            assert not journal_path(path).exists()
            if recovered:
                break
        if done:
            break


@kinds
def test_an_error_of_the_disk_at_any_step_leaves_the_old_state_or_the_new(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    original, before, after = states(kind, path)
    for steps in count():
        begin_again(path, original)
        error = OSError(errno.EIO, "Input/output error")
        if gets_through(steps, 0.5, lambda: kind.append(path), error, more=99):
            break
        if journal_path(path).exists():  # then the change was safe already, or could not be taken back
            assert atomic.consistent(path, kind.content) in (before, after)
            atomic.recover(path)
        else:
            assert path.read_bytes() == original or kind.content(path) == after
        assert kind.content(path) in (before, after)
    assert steps > 8


@kinds
def test_a_kill_in_the_midst_of_undoing_a_failed_append_leaves_the_old_state_or_the_new(
    kind: Any, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    original, before, after = states(kind, path)
    error = OSError(errno.EIO, "Input/output error")
    for more in range(6):
        for steps in count():
            begin_again(path, original)
            if gets_through(steps, 1, lambda: kind.append(path), error, more):
                break
            expected = atomic.consistent(path, kind.content)
            assert expected in (before, after)
            atomic.recover(path)
            assert kind.content(path) == expected


# ---------------------------------------- power failures: what was not flushed may be lost, in any mixture


def noting(name: str) -> Callable[..., Any]:
    def step(disk: Any, *arguments: Any) -> Any:
        first = arguments[0]
        path = Path(first.name if isinstance(first, FileIO) else first)
        rest = tuple(
            bytes(item) if isinstance(item, memoryview | bytearray) else item for item in arguments[1:]
        )
        disk.log.append((name, path.name, rest))
        return getattr(Disk, name)(disk, *arguments)

    return step


NotingDisk = type("NotingDisk", (Disk,), {name: noting(name) for name in STEPS})


def steps_of(work: Callable[[], object]) -> list[Step]:
    with pytest.MonkeyPatch.context() as patch:
        disk = NotingDisk()
        disk.log = []  # type: ignore[attr-defined]
        patch.setattr(journal, "disk", disk)
        work()
        return disk.log  # type: ignore[attr-defined, no-any-return]


def is_safe(number: int, log: list[Step]) -> bool:
    """Tell whether a step was followed by the flush that makes it last."""
    what, name, _ = log[number]
    later = log[number + 1 :]
    if what in ("create", "remove"):
        return any(step[0] == "sync_folder" for step in later)
    return any(step[:2] == ("sync", name) for step in later)


def after_power_failure(
    log: list[Step], files: dict[str, bytearray], dice: random.Random, luck: float
) -> None:
    """Do the steps to `files`; each that was not flushed happens with probability `luck`, writes in part."""
    for number, (what, name, values) in enumerate(log):
        safe = is_safe(number, log)
        if not safe and dice.random() >= luck:
            continue
        if what == "create":
            files[name] = bytearray()
        elif what == "remove":
            files.pop(name, None)
        elif what == "truncate" and name in files:
            files[name] = files[name][: values[0]].ljust(values[0], b"\0")
        elif what == "write" and name in files:
            offset, data = values
            data = data if safe or luck == 1 else data[: dice.randrange(len(data) + 1)]
            files[name] = files[name].ljust(offset, b"\0")
            files[name][offset : offset + len(data)] = data


def failures(log: list[Step]) -> Iterator[tuple[list[Step], random.Random, float]]:
    for length in range(len(log) + 1):
        yield log[:length], random.Random(0), 0
        yield log[:length], random.Random(0), 1
        for seed in range(4):
            yield log[:length], random.Random(seed), 0.5


@kinds
def test_a_power_failure_at_any_step_leaves_the_old_state_or_the_new(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    original, before, after = states(kind, path)
    path.write_bytes(original)
    log = steps_of(lambda: kind.append(path))
    seen = []
    for part, dice, luck in failures(log):
        files = {path.name: bytearray(original)}
        after_power_failure(part, files, dice, luck)
        begin_again(path, original)
        for name, data in files.items():
            path.with_name(name).write_bytes(data)
        assert atomic.consistent(path, kind.content) in (before, after)
        atomic.recover(path)
        seen.append(kind.content(path))
        assert seen[-1] in (before, after)
    assert before in seen
    assert seen[-1] == after  # an append that has returned lasts, whatever was not flushed
