"""Files that belong together appear together, in a ZIP or in a folder, and replace nothing unasked."""

from zipfile import ZipFile

import pytest

from maxrf_core.errors import DatastackError
from maxrf_core.export.new_bundle import new_bundle


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "maps").mkdir()
    with new_bundle(tmp_path / "maps") as bundle:
        bundle.add("a.txt", lambda file: file.write_text("a"))
        assert list((tmp_path / "maps").iterdir()) == []
    assert [(path.name, path.read_text()) for path in (tmp_path / "maps").iterdir()] == [("a.txt", "a")]


def test_a_zip_is_replaced_only_if_that_is_allowed(tmp_path):
    path = tmp_path / "maps.zip"
    path.write_text("mine")
    with pytest.raises(DatastackError, match="exists already"), new_bundle(path):
        pass
    with new_bundle(path, overwrite=True) as bundle:
        bundle.add("a.txt", lambda file: file.write_text("a"))
    assert ZipFile(path).read("a.txt") == b"a"
    assert [each.name for each in tmp_path.iterdir()] == ["maps.zip"]


@pytest.mark.parametrize("name", ["maps.zip", "maps"])
def test_a_file_that_cannot_be_written_is_told_in_a_sentence_and_leaves_nothing(tmp_path, name):
    def fail(_file):
        raise OSError(28, "No space left on device")

    def fill():
        with new_bundle(tmp_path / name) as bundle:
            bundle.add("a.txt", lambda file: file.write_text("a"))
            bundle.add("b.txt", fail)

    with pytest.raises(DatastackError, match=name):
        fill()
    assert list(tmp_path.iterdir()) == []
