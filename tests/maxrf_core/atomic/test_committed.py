"""Readers and writers of one file do not disturb each other, and no reader sees a partial change."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic import journal

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain"
    path.write_bytes(b"old" * 10)
    return path


WRITER = """
import itertools, sys
from pathlib import Path
from maxrf_core.atomic import changes as atomic
for number in itertools.cycle(range(1, 81)):
    with atomic.changing(sys.argv[1]) as change:
        size = change.seek(0, 2)
        change.write(bytes([number]) * 3000)
        for place in range(0, size, 3000):
            change.seek(place)
            change.write(bytes([number]) * 3000)
        if size > 30_000:
            change.truncate(3000)
    if number == 80 and Path(sys.argv[2]).exists():
        break
"""


def test_a_reader_sees_the_whole_old_or_the_whole_new_state_while_another_process_writes(
    tmp_path: Path,
) -> None:
    path, enough = tmp_path / "file", tmp_path / "enough"
    path.write_bytes(bytes(3000))
    seen: set[int] = set()
    with subprocess.Popen([sys.executable, "-c", WRITER, path, enough], cwd=ROOT) as writer:
        while writer.poll() is None:
            content = atomic.consistent(path, lambda file: b"".join(file.read(1000) for _ in range(40)))
            assert len(content) % 3000 == 0
            assert len(set(content)) == 1
            seen.add(content[0])
            if len(seen) > 5:
                enough.touch()
    assert writer.returncode == 0
    assert len(seen) > 5
    assert set(path.read_bytes()) == {80}


def test_a_reader_never_sees_a_half_written_array(tmp_path: Path) -> None:
    stack = tmp_path / "scan.datastack"
    with h5py.File(stack, "w") as file:
        file["old"] = np.arange(5000)
    stop = threading.Event()
    wrong: list[str] = []
    counts = []

    def read_all(file: atomic.CommittedView) -> int:
        with h5py.File(file, "r") as opened:
            names = [name for name in opened if name != "old"]
            wrong.extend(name for name in names if not np.all(opened[name][:] == int(name)))
            return len(names)

    def reader() -> None:
        while not stop.is_set():
            counts.append(atomic.consistent(stack, read_all))

    thread = threading.Thread(target=reader)
    thread.start()
    for number in range(40):
        with atomic.changing(stack) as change, h5py.File(change, "r+") as file:
            file[str(number)] = np.full((60, 60), number)
    stop.set()
    thread.join()
    assert wrong == []
    assert counts == sorted(counts)
    assert len(set(counts)) > 1
    assert atomic.consistent(stack, read_all) == 40


def test_a_reader_gets_its_turn_however_busy_the_writers_are(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Any] = []

    def read(file: atomic.CommittedView) -> bytes:
        if len(waiting) < atomic.MAX_RETRIES:  # somebody commits during each reading
            waiting.append(file.generation)
            with atomic.changing(plain) as change:
                change.write(bytes([len(waiting)]))
        return file.read(1)

    assert atomic.consistent(plain, read) == bytes([atomic.MAX_RETRIES])
    assert len(set(waiting)) == atomic.MAX_RETRIES


def test_a_change_that_another_program_takes_back_at_once_is_read_over_again(plain: Path) -> None:
    before, attempts = plain.stat(), []

    def read(file: atomic.CommittedView) -> bytes:
        attempts.append(1)
        if len(attempts) > 1:
            return file.read()
        with open(plain, "ab") as other:
            other.write(b"and more")
        try:
            return file.read()
        finally:
            os.truncate(plain, before.st_size)
            os.utime(plain, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert atomic.consistent(plain, read) == b"old" * 10
    assert len(attempts) == 2


def test_an_error_of_the_reader_itself_is_not_hidden(plain: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        atomic.consistent(plain, lambda file: 1 / len(file.read(0)))


def test_no_append_is_lost_when_four_write_at_once(plain: Path) -> None:
    def add() -> None:
        for _ in range(10):
            with atomic.changing(plain) as change:
                change.seek(0, os.SEEK_END)
                change.write(b"+")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert plain.read_bytes() == b"old" * 10 + b"+" * 40


def test_a_copy_of_an_untouched_file_keeps_its_state_and_a_commit_changes_it(plain: Path) -> None:
    states = [atomic.generation(plain)]
    for byte in (b"1", b"2", b"3"):
        with atomic.changing(plain) as change:
            change.write(byte)
            assert atomic.generation(plain) == states[-1]
        states.append(atomic.generation(plain))
    assert len(set(states)) == 4
    shutil.copy(plain, plain.with_name("copy"))
    assert atomic.generation(plain) == states[-1]


def test_a_writer_who_begins_while_a_file_is_being_opened_is_noticed(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[atomic.AtomicFile] = []
    look = journal._committed

    def interrupted(*arguments: Any) -> Any:
        if not begun:  # between the reader's look for a journal and its look at the file
            begun.append(atomic.AtomicFile(plain))
            begun[0].seek(0, os.SEEK_END)
            begun[0].write(b"half of what is to be appended")
        return look(*arguments)

    monkeypatch.setattr(journal, "_committed", interrupted)
    with atomic.reading(plain) as view:
        assert view.read() == b"old" * 10
    begun[0].abort()
