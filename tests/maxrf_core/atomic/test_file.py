# ruff: noqa: PT012 -- the block that must stop is the promise
"""The file object of a change reads and writes like any file, and ends as promised."""

import errno
import io
import os
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic import file as atomic_file
from maxrf_core.atomic import journal
from maxrf_core.atomic.journal import journal_path
from maxrf_core.errors import DatastackError


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain"
    path.write_bytes(b"old" * 10)
    return path


offsets = st.integers(0, 150)

operations = st.one_of(
    st.tuples(st.just("write"), offsets, st.binary(max_size=60)),
    st.tuples(st.just("truncate"), offsets, st.none()),
    st.tuples(st.just("read"), offsets, st.integers(0, 80)),
)


def same_step(file: atomic.AtomicFile, model: object, kind: str, offset: int, value: object) -> None:
    results = []
    for each in (file, model):
        each.seek(offset)  # type: ignore[attr-defined]
        what = getattr(each, kind)(offset if kind == "truncate" else value)
        results.append((what, each.tell(), each.seek(0, os.SEEK_END)))  # type: ignore[attr-defined]
    assert results[0] == results[1]


@pytest.mark.parametrize("ending", ["commit", "abort", "kill"])
@given(old=st.binary(max_size=100), steps=st.lists(operations, max_size=12))
@settings(max_examples=120, deadline=None)
def test_it_reads_and_writes_like_any_file_and_ends_as_promised(
    ending: str, old: bytes, steps: list[tuple[str, int, object]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic_file, "PAGE", 16)
        path, model_path = Path(folder) / "file", Path(folder) / "model"
        path.write_bytes(old)
        model_path.write_bytes(old)
        with open(model_path, "r+b", buffering=0) as model:
            file = atomic.AtomicFile(path)
            for step in steps:
                same_step(file, model, *step)
            with atomic.reading(path) as view:
                assert view.read() == old
            {"commit": file.commit, "abort": file.abort, "kill": file.close}[ending]()
        with atomic.reading(path) as view:
            assert view.read() == (model_path.read_bytes() if ending == "commit" else old)
        atomic.recover(path)
        assert path.read_bytes() == (model_path.read_bytes() if ending == "commit" else old)
        assert not journal_path(path).exists()


def test_a_zip_can_be_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "stack.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("old", b"1" * 9000)
    with atomic.changing(path) as change, zipfile.ZipFile(change, "a") as file:
        file.writestr("new", b"2" * 9000)
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert file.read("old") + file.read("new") == b"1" * 9000 + b"2" * 9000


def test_a_change_that_changes_nothing_leaves_no_trace(plain: Path) -> None:
    before = plain.stat()
    with atomic.changing(plain) as change:
        change.read()
    assert plain.stat().st_mtime_ns == before.st_mtime_ns
    assert not journal_path(plain).exists()


def disk_errors(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the disk answer the next flushes with an error."""
    flush, left = journal.disk.sync, [number]

    def fail(file: io.FileIO) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(errno.EIO, "Input/output error")
        flush(file)

    monkeypatch.setattr(journal.disk, "sync", fail)


def test_a_failed_write_raises_before_more_work_is_done(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk_errors(monkeypatch, 1)
    told = r"plain could not be changed \(Input/output error\) and is as it was before"
    with pytest.raises(DatastackError, match=told), atomic.changing(plain) as change:
        change.seek(0, os.SEEK_END)
        change.write(b"new")
        change.check()
        pytest.fail("the work went on")
    assert plain.read_bytes() == b"old" * 10


def test_a_disk_that_answers_nothing_any_more_costs_nothing_once_it_does(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatastackError, match="could not be put back"), atomic.changing(plain) as change:
        change.seek(0, os.SEEK_END)
        change.write(b"new")
        disk_errors(monkeypatch, 99)
    with atomic.reading(plain) as view:
        assert view.read() == b"old" * 10
    monkeypatch.undo()
    with atomic.changing(plain) as change:
        assert change.read() == b"old" * 10


def test_a_change_that_only_lacked_its_last_step_is_done_at_the_next(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatastackError, match="is safe on the disk"), atomic.changing(plain) as change:
        change.write(b"new")
        monkeypatch.setattr(journal.disk, "set_modified", lambda *_: os.close(-1))
    with atomic.reading(plain) as view:
        assert view.read() == b"new" + b"old" * 9
    monkeypatch.undo()
    assert atomic.recover(plain) is True
    assert plain.read_bytes() == b"new" + b"old" * 9


def test_a_file_put_in_place_of_the_old_one_meanwhile_is_not_touched(plain: Path) -> None:
    with pytest.raises(DatastackError, match="plain was replaced"), atomic.changing(plain) as change:
        change.seek(40)
        change.write(b"new")
        other = plain.with_name("other")
        other.write_bytes(b"quite another file")
        other.replace(plain)
    assert plain.read_bytes() == b"quite another file"
