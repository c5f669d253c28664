"""Work in progress is kept for its visitor alone, whole, and not for ever."""

from pathlib import Path

import pytest

from server.saved_work import MAX_BYTES, MAX_KEPT, SavedWork

VISITOR, SCAN = "a visitor", "scan.datastack"


def sitting(number: int) -> str:
    return f"{number:016x}"


@pytest.fixture
def saved(tmp_path: Path) -> SavedWork:
    return SavedWork(tmp_path / "work")


def test_the_newest_sitting_is_found_and_two_do_not_write_over_each_other(saved: SavedWork):
    saved.save(VISITOR, SCAN, sitting(1), {"points": 1})
    saved.save(VISITOR, SCAN, sitting(2), {"points": 2})
    assert saved.newest(VISITOR, SCAN).work == {"points": 2}
    saved.remove(VISITOR, SCAN, sitting(2))
    assert saved.newest(VISITOR, SCAN).work == {"points": 1}


def test_only_the_newest_few_are_kept(saved: SavedWork):
    for number in range(MAX_KEPT + 3):
        saved.save(VISITOR, SCAN, sitting(number), {"points": number})
    assert len(list(saved.folder.glob("*/*/*"))) == MAX_KEPT
    assert saved.newest(VISITOR, SCAN).work == {"points": MAX_KEPT + 2}


def test_what_would_be_too_large_to_be_read_again_is_refused_and_the_last_stays(saved: SavedWork):
    saved.save(VISITOR, SCAN, sitting(1), {"points": 1})
    with pytest.raises(OSError, match="too large"):
        saved.save(VISITOR, SCAN, sitting(1), {"mask": "A" * MAX_BYTES})
    assert saved.newest(VISITOR, SCAN).work == {"points": 1}


@pytest.mark.parametrize("name", ["", "../../etc", "0" * 15, "g" * 16])
def test_a_name_that_is_no_sitting_is_refused(saved: SavedWork, name: str):
    with pytest.raises(ValueError, match="16 hexadecimal"):
        saved.save(VISITOR, SCAN, name, {})
    assert not saved.folder.exists() or not list(saved.folder.rglob("*.json"))


def test_names_of_visitors_and_scans_lead_to_no_other_folder(saved: SavedWork, tmp_path: Path):
    saved.save("../../outside", "../../../etc/passwd", sitting(1), {"points": 1})
    [written] = tmp_path.rglob("*.json")
    assert written.is_relative_to(saved.folder)


def test_the_folders_are_readable_by_their_owner_only(saved: SavedWork):
    saved.save(VISITOR, SCAN, sitting(1), {})
    for folder in (saved.folder, *saved.folder.glob("*"), *saved.folder.glob("*/*")):
        assert folder.stat().st_mode & 0o077 == 0
