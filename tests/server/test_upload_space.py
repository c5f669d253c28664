"""Uploads never take more space than a visitor, all visitors, or the disk has."""

import shutil
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from server.upload_space import MAX_ARRIVING, MAX_UPLOADS, UploadRefusedError
from server.uploads import Uploads
from tests.server.stored_uploads import ANNA, BEN, CLEO, files_in, put


def test_files_that_arrive_together_cannot_exceed_the_quota(uploads: Uploads):
    put(uploads, BEN, bytes(1000))
    with ExitStack() as arriving:
        arriving.enter_context(suppress(UploadRefusedError))
        first, second = (
            arriving.enter_context(uploads.receive(owner, "a.datastack", 1000)) for owner in (ANNA, CLEO)
        )
        first.write(bytes(1000))
        second.write(bytes(500))
        with pytest.raises(UploadRefusedError, match="no room"):
            second.write(b"1")
        raise UploadRefusedError
    assert uploads.space.used() == 1000
    assert files_in(uploads.folder) == ["scan.datastack"]


def test_room_is_taken_by_what_has_arrived_not_by_what_was_announced(uploads: Uploads):
    with ExitStack() as arriving:
        arriving.enter_context(suppress(UploadRefusedError))
        first, second, _ = (
            arriving.enter_context(uploads.receive(owner, "a.datastack", 1000)) for owner in (ANNA, ANNA, BEN)
        )
        first.write(b"1")
        second.write(b"1")
        put(uploads, CLEO, bytes(1000))
        assert uploads.space.used() == 1002
        raise UploadRefusedError
    assert uploads.space.used() == 1000


def test_a_visitor_has_a_share_beside_the_whole(uploads: Uploads):
    for _ in range(2):
        last = put(uploads, ANNA, bytes(1000))
    with pytest.raises(UploadRefusedError, match="your uploads"):
        uploads.check_space(ANNA, 1)
    uploads.check_space(BEN, 500)
    with pytest.raises(UploadRefusedError, match="all uploads together"):
        uploads.check_space(BEN, 501)
    uploads.remove(ANNA, last.identifier)
    uploads.check_space(ANNA, 1000)


def test_empty_files_and_very_many_are_refused(uploads: Uploads):
    with pytest.raises(UploadRefusedError, match="empty"):
        put(uploads, ANNA, b"")
    for _ in range(MAX_UPLOADS):
        put(uploads, ANNA, b"1")
    with pytest.raises(UploadRefusedError, match="too many"):
        put(uploads, ANNA, b"1")
    put(uploads, BEN, b"1")


def test_few_files_of_a_visitor_arrive_at_a_time(uploads: Uploads):
    with ExitStack() as arriving:
        for _ in range(MAX_ARRIVING):
            arriving.enter_context(suppress(UploadRefusedError))
            arriving.enter_context(uploads.receive(ANNA, "a.datastack", 10))
        with pytest.raises(UploadRefusedError, match="at the moment"):
            put(uploads, ANNA, b"1")
        put(uploads, BEN, b"1")
    put(uploads, ANNA, b"1")


def test_what_is_made_here_holds_room_while_it_is_made(uploads: Uploads):
    with uploads.reserve_new(ANNA, 2000) as (identifier, folder):
        with pytest.raises(UploadRefusedError):
            uploads.check_space(BEN, 501)
        (folder / "made.datastack").write_bytes(bytes(700))
    assert uploads.space.used() == 700
    path = uploads.find(ANNA, identifier, ".datastack")
    with uploads.reserve_growth(path, 1300):
        with pytest.raises(UploadRefusedError), uploads.reserve_new(ANNA, 1):
            pass
        path.write_bytes(bytes(900))
    assert uploads.space.used() == 900
    uploads.discard(path)
    assert uploads.space.used() == 0


def test_of_a_failed_upload_no_room_is_held(uploads: Uploads):
    with suppress(KeyboardInterrupt), uploads.reserve_new(ANNA, 2000):
        raise KeyboardInterrupt
    assert (uploads.space.used(), list(uploads.folder.glob("*/*"))) == (0, [])


def test_the_disk_has_room_for_all_that_is_being_made(uploads: Uploads, tmp_path: Path):
    free = shutil.disk_usage(tmp_path).free
    with uploads.reserve_growth(tmp_path / "a.datastack", int(free * 0.5)):
        with (
            pytest.raises(UploadRefusedError, match="disk"),
            uploads.reserve_growth(tmp_path / "b", int(free * 0.6)),
        ):
            pass
        with pytest.raises(UploadRefusedError, match="disk"), uploads.reserve_growth(tmp_path / "b", free):
            pass


def test_room_is_counted_without_walking_through_folders(uploads: Uploads, monkeypatch: pytest.MonkeyPatch):
    put(uploads, ANNA, bytes(400))
    with monkeypatch.context() as patched:
        for name in ("glob", "rglob", "iterdir"):
            patched.setattr(Path, name, lambda *_: pytest.fail("a folder was walked"))
        uploads.check_space(BEN, 1000)
        assert uploads.space.used() == 400
    shutil.rmtree(uploads.folder / ANNA)  # by the operator
    uploads.remove_expired()
    assert uploads.space.used() == 0
