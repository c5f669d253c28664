"""Are visitors' files kept for them alone, within the room there is, and for as long as was said?"""

import math
import os
import shutil
import stat
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import DatastackError
from maxrf_core.names import check_file_name
from server.file_names import safe_name
from server.incoming_file import Upload
from server.upload_space import MAX_ARRIVING, MAX_UPLOADS, Limits, UploadRefusedError
from server.uploads import ARRIVING, HOUR, Uploads
from server.visitor_cookie import new_secret, owner_id

ANNA, BEN, CLEO = (owner_id(name) for name in ("Anna", "Ben", "Cleo"))


LIMITS = Limits(file=1000, share=2000, quota=2500)


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    """Give an empty place for uploads, of at most 1000 bytes each, 2000 for a visitor and 2500 together."""
    return Uploads(tmp_path / ".uploads", LIMITS, hours=24)


def put(uploads: Uploads, owner: str, content: bytes, name: str = "scan.datastack", **more) -> Upload:
    return uploads.publish(put_unseen(uploads, owner, content, name, **more))


def put_unseen(uploads: Uploads, owner: str, content: bytes, name: str = "scan.datastack", **more) -> Upload:
    with uploads.receive(owner, name, len(content), **more) as arrival:
        arrival.write(content)
    return arrival.upload


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_an_upload_is_found_again_by_its_owner_alone(uploads: Uploads):
    upload = put(uploads, ANNA, b"counts")
    assert uploads.find(ANNA, upload.identifier, ".datastack").read_bytes() == b"counts"
    assert [each.path for each in uploads.of(ANNA, ".datastack")] == [upload.path]
    assert uploads.of(BEN, ".datastack") == []
    with pytest.raises(DatastackError, match="not here any more"):
        uploads.find(BEN, upload.identifier, ".datastack")
    uploads.remove(BEN, upload.identifier)
    assert upload.path.exists()


def test_nobody_else_on_the_computer_can_look_into_uploads(uploads: Uploads):
    folder = put(uploads, ANNA, b"counts").path.parent
    for each in (folder, folder.parent, uploads.folder):
        assert stat.S_IMODE(each.stat().st_mode) == 0o700


def test_two_uploads_of_one_name_do_not_meet(uploads: Uploads):
    first, second = put(uploads, ANNA, b"one"), put(uploads, ANNA, b"two")
    assert (first.path.read_bytes(), second.path.read_bytes()) == (b"one", b"two")


def test_a_file_shows_only_when_all_of_it_is_there_and_was_looked_over(uploads: Uploads):
    def is_seen() -> bool:
        with suppress(DatastackError):
            return bool(uploads.find(ANNA, arrival.upload.identifier, ".datastack"))
        return bool(uploads.of(ANNA, ".datastack"))

    with uploads.receive(ANNA, "scan.datastack", 6) as arrival:
        arrival.write(b"cou")
        assert not is_seen()
        arrival.write(b"nts")
    assert not is_seen()
    uploads.publish(arrival.upload)
    assert is_seen()


@pytest.mark.parametrize(("content", "announced"), [(b"less", 10), (b"more", 2)])
def test_other_than_announced_is_refused_and_leaves_nothing(uploads: Uploads, content: bytes, announced: int):
    with pytest.raises(UploadRefusedError), uploads.receive(ANNA, "a.datastack", announced) as arrival:
        arrival.write(content)
    assert files_in(uploads.folder) == []


def test_an_upload_that_breaks_off_leaves_nothing(uploads: Uploads):
    with suppress(KeyboardInterrupt), uploads.receive(ANNA, "a.datastack", 10) as arrival:
        arrival.write(b"half")
        raise KeyboardInterrupt
    assert list(uploads.folder.glob("*/*")) == []


def test_a_full_disk_is_told_and_leaves_nothing(uploads: Uploads):
    with pytest.raises(DatastackError, match="cannot be kept"), uploads.receive(ANNA, "a.raw", 4):
        raise OSError(28, "No space left on device")
    assert list(uploads.folder.glob("*/*")) == []


def test_a_file_beyond_the_limit_is_refused_in_words(uploads: Uploads):
    with pytest.raises(UploadRefusedError, match="at most"), uploads.receive(ANNA, "a.datastack", 1001):
        pass
    assert files_in(uploads.folder) == []


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


def test_of_what_came_to_nothing_no_room_is_held(uploads: Uploads):
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


def test_the_second_file_of_a_scan_lies_beside_the_first(uploads: Uploads):
    first = put_unseen(uploads, ANNA, b"header", "scan.rpl")
    second = put(uploads, ANNA, b"counts", "scan.raw", beside=first.identifier)
    assert second.path == uploads.find(ANNA, first.identifier, ".rpl").with_suffix(".raw")
    with pytest.raises(DatastackError):
        put(uploads, BEN, b"mine", "scan.raw", beside=first.identifier)


def test_a_second_file_that_breaks_off_leaves_the_first(uploads: Uploads):
    first = put_unseen(uploads, ANNA, b"header", "scan.rpl")
    with pytest.raises(UploadRefusedError), uploads.receive(ANNA, "scan.raw", 9, first.identifier):
        pass
    assert files_in(uploads.folder) == ["scan.rpl"]


def test_uploads_go_when_nobody_has_opened_them_for_too_long(uploads: Uploads):
    old, used = put(uploads, ANNA, b"old"), put(uploads, BEN, b"used")
    for upload in (old, used):
        os.utime(upload.path.parent, (0, time.time() - 23 * HOUR))
    uploads.find(BEN, used.identifier, ".datastack")  # opens it
    assert uploads.remove_expired(time.time() + 2 * HOUR) == 1
    assert uploads.of(ANNA, ".datastack") == []
    assert not old.path.parent.parent.exists()
    assert used.path.exists()


def test_what_a_killed_server_had_half_received_goes_in_an_hour(uploads: Uploads):
    half = put_unseen(uploads, ANNA, b"counts").path
    assert half.parent.name == ARRIVING
    assert uploads.remove_expired() == 0
    assert half.exists()
    uploads.remove_expired(time.time() + 2 * HOUR)
    assert files_in(uploads.folder) == []


def test_a_broken_file_is_put_aside_for_a_rescue_and_never_listed(uploads: Uploads):
    upload = put_unseen(uploads, ANNA, b"not even HDF5")
    uploads.set_aside(upload)
    assert uploads.of(ANNA, ".datastack") == []
    assert uploads.find(ANNA, upload.identifier, ".broken").read_bytes() == b"not even HDF5"


@pytest.mark.parametrize("identifier", ["../x", "upload-..", "", "upload-" + "0" * 32])
def test_an_identifier_that_was_made_up_finds_nothing(uploads: Uploads, identifier: str):
    put(uploads, ANNA, b"counts")
    with pytest.raises(DatastackError):
        uploads.find(ANNA, identifier, ".datastack")


def test_files_outside_are_never_discarded(uploads: Uploads, tmp_path: Path):
    shared = tmp_path / "shared.datastack"
    shared.write_bytes(b"everybody's")
    for path in (shared, uploads.folder, uploads.folder / ANNA, uploads.folder / "x" / ".." / ".." / "y"):
        uploads.discard(path)
    assert shared.read_bytes() == b"everybody's"


@given(st.text(max_size=300))
def test_any_name_of_a_visitor_becomes_one_that_a_file_may_have(name: str):
    assert check_file_name(safe_name(name))


@given(st.sampled_from(["CON", "nul.datastack", "..", ".hidden.raw", "a/b\\c.rpl", "é" * 200 + ".datastack"]))
def test_names_that_systems_keep_become_others(name: str):
    assert check_file_name(safe_name(name))


def test_an_owner_cannot_be_told_from_the_folder():
    secret = new_secret()
    assert secret[:32] not in owner_id(secret)
    assert owner_id(secret) != owner_id(new_secret())


@pytest.fixture
def at_home(tmp_path: Path) -> Uploads:
    """Give the place for uploads of a computer that serves only itself."""
    return Uploads(tmp_path / ".uploads", LIMITS, hours=math.inf, home=tmp_path)


def test_on_ones_own_computer_uploads_go_into_the_data_folder_and_stay(at_home: Uploads, tmp_path: Path):
    upload = put(at_home, ANNA, b"counts")
    assert (upload.identifier, upload.path) == ("scan.datastack", tmp_path / "scan.datastack")
    header = put_unseen(at_home, ANNA, b"header", "raw.rpl")
    put(at_home, ANNA, b"counts", "raw.raw", beside=header.identifier)
    assert (tmp_path / "raw.rpl").exists()
    at_home.remove_expired(time.time() + 10_000 * HOUR)
    assert files_in(tmp_path) == ["raw.raw", "raw.rpl", "scan.datastack"]
    assert math.isinf(at_home.removal(upload.path))


def test_on_ones_own_computer_nothing_is_written_over(at_home: Uploads, tmp_path: Path):
    put(at_home, ANNA, b"one")
    assert put(at_home, ANNA, b"two").path == tmp_path / "scan_2.datastack"
    assert put(at_home, ANNA, b"one").path == tmp_path / "scan.datastack"  # the same file again
    assert (tmp_path / "scan.datastack").read_bytes() == b"one"
    (tmp_path / "raw.raw").write_bytes(b"mine")
    header = put_unseen(at_home, ANNA, b"header", "raw.rpl")
    put(at_home, ANNA, b"counts", "raw.raw", beside=header.identifier)
    assert (tmp_path / "raw_2.rpl").read_bytes() == b"header"
    assert (tmp_path / "raw_2.raw").read_bytes() == b"counts"
    assert (tmp_path / "raw.raw").read_bytes() == b"mine"


def test_the_date_of_removal_is_that_of_the_last_opening(uploads: Uploads):
    upload = put(uploads, ANNA, b"counts")
    os.utime(upload.path.parent, (1e9, 1e9))
    assert uploads.removal(upload.path) == 1e9 + 24 * HOUR
    uploads.find(ANNA, upload.identifier, ".datastack")
    assert uploads.removal(upload.path) == pytest.approx(time.time() + 24 * HOUR, abs=600)
