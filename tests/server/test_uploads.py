"""Visitors' files are kept for them alone, and as long as was said."""

import math
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

import pytest

from maxrf_core.errors import DatastackError
from server.upload_space import UploadRefusedError
from server.uploads import ARRIVING, HOUR, Uploads
from tests.server.stored_uploads import ANNA, BEN, LIMITS, files_in, put, put_unchecked


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


def test_a_file_shows_only_when_all_of_it_is_there_and_was_checked(uploads: Uploads):
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


def test_the_second_file_of_a_scan_lies_beside_the_first(uploads: Uploads):
    first = put_unchecked(uploads, ANNA, b"header", "scan.rpl")
    second = put(uploads, ANNA, b"counts", "scan.raw", beside=first.identifier)
    assert second.path == uploads.find(ANNA, first.identifier, ".rpl").with_suffix(".raw")
    with pytest.raises(DatastackError):
        put(uploads, BEN, b"mine", "scan.raw", beside=first.identifier)


def test_a_second_file_that_breaks_off_leaves_the_first(uploads: Uploads):
    first = put_unchecked(uploads, ANNA, b"header", "scan.rpl")
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
    half = put_unchecked(uploads, ANNA, b"counts").path
    assert half.parent.name == ARRIVING
    assert uploads.remove_expired() == 0
    assert half.exists()
    uploads.remove_expired(time.time() + 2 * HOUR)
    assert files_in(uploads.folder) == []


def test_a_broken_file_is_put_aside_for_a_rescue_and_never_listed(uploads: Uploads):
    upload = put_unchecked(uploads, ANNA, b"not even HDF5")
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


@pytest.fixture
def at_home(tmp_path: Path) -> Uploads:
    """Return the place for uploads of a computer that serves only itself."""
    return Uploads(tmp_path / ".uploads", LIMITS, hours=math.inf, home=tmp_path)


def test_on_ones_own_computer_uploads_go_into_the_data_folder_and_stay(at_home: Uploads, tmp_path: Path):
    upload = put(at_home, ANNA, b"counts")
    assert (upload.identifier, upload.path) == ("scan.datastack", tmp_path / "scan.datastack")
    header = put_unchecked(at_home, ANNA, b"header", "raw.rpl")
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
    header = put_unchecked(at_home, ANNA, b"header", "raw.rpl")
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
