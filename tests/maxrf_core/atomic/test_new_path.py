"""A new file replaces no other one unasked, and a wrong place for it is named before the work begins."""

from pathlib import Path

import pytest

from maxrf_core.atomic.new_path import check_new_path, is_one_of
from maxrf_core.errors import DatastackError


def test_a_free_name_is_accepted_and_nothing_is_written_yet(tmp_path: Path) -> None:
    check_new_path(tmp_path / "new.datastack", overwrite=False)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_only_replaced_on_request(tmp_path: Path) -> None:
    there = tmp_path / "there.datastack"
    there.write_text("mine")
    with pytest.raises(DatastackError, match=r"^there\.datastack exists already; choose another name"):
        check_new_path(there, overwrite=False)
    check_new_path(there, overwrite=True)
    assert there.read_text() == "mine"


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        (".", "is a folder; choose a name for a file"),
        ("absent/a.datastack", "The folder absent does not exist"),
        ("a" * 400, "cannot be written"),
    ],
)
def test_a_place_where_no_file_can_be_is_named(name: str, told: str, overwrite: bool, tmp_path: Path) -> None:
    with pytest.raises(DatastackError, match=told) as raised:
        check_new_path(tmp_path / name, overwrite)
    assert str(tmp_path.parent) not in str(raised.value)  # visitors of a server read it


def test_a_file_that_is_read_is_known_under_another_name(tmp_path: Path) -> None:
    scan, other = tmp_path / "scan.raw", tmp_path / "other"
    scan.write_text("counts")
    other.symlink_to(scan)
    assert is_one_of(other, [tmp_path / "gone.raw", scan])
    assert not is_one_of(tmp_path / "new", [scan])
