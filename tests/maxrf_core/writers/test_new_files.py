"""The files of an export appear together, or none of them does."""

import pytest

from maxrf_core.errors import DatastackError
from maxrf_core.writers.new_files import NewFiles


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_both(path, overwrite=False, then=lambda header: None):
    with NewFiles(path, overwrite=overwrite) as files:
        header = files.new(".rpl")
        header.write_text("half")
        files.new(".raw").write_text("half")
        then(header)


def test_nothing_is_left_of_an_export_that_fails(tmp_path):
    (tmp_path / "scan.rpl").write_text("before")
    with pytest.raises(ZeroDivisionError):
        write_both(tmp_path / "scan", overwrite=True, then=lambda header: 1 / 0)
    assert names(tmp_path) == ["scan.rpl"]
    assert (tmp_path / "scan.rpl").read_text() == "before"


def test_a_file_that_appeared_before_another_one_failed_is_taken_back(tmp_path):
    with pytest.raises(DatastackError):  # the header cannot be put in its place
        write_both(tmp_path / "scan", then=lambda header: header.unlink())
    assert not [name for name in names(tmp_path) if name.startswith("scan")]


def test_existing_files_and_the_scan_itself_are_not_replaced(tmp_path):
    path = tmp_path / "scan.raw"
    path.write_text("counts")
    with pytest.raises(DatastackError, match="exists already"), NewFiles(tmp_path / "scan") as files:
        files.new(".raw")
    with (
        pytest.raises(DatastackError, match="scan itself"),
        NewFiles(tmp_path / "scan", overwrite=True, sources=[path]) as files,
    ):
        files.new(".raw")
    assert path.read_text() == "counts"
