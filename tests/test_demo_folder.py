"""A test finds in the common data folder what it expects, whatever those before have done to it."""

import sys
from pathlib import Path

import pytest

from tests.demo_folder import DemoFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the folder is always a new one on Windows")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "source", scan="whole", photo="seen")


@pytest.fixture
def data(tmp_path: Path) -> DemoFolder:
    (tmp_path / "here").mkdir()
    return DemoFolder(tmp_path / "here")


def folder_with(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, text in files.items():
        (path / name).write_text(text)
    return path


def content(data: DemoFolder) -> dict[str, str]:
    return {each.name: each.read_text() for each in data.path.iterdir()}


@pytest.mark.parametrize("change", ["scan", "another", ".work/kept"])
def test_what_was_changed_is_as_it_was_and_what_was_read_is_the_same_file(
    data: DemoFolder, source: Path, change: str
):
    data.hold(source)
    before = (data.path / "photo").stat()
    for _ in range(2):
        (data.path / change).parent.mkdir(exist_ok=True)
        (data.path / change).write_text("changed")
        data.hold(source)
        assert content(data) == {"scan": "whole", "photo": "seen"}
        assert (data.path / "photo").stat().st_ino == before.st_ino
    assert (source / "scan").read_text() == "whole"


def test_a_scan_that_was_removed_is_there_again(data: DemoFolder, source: Path):
    data.hold(source)
    (data.path / "scan").unlink()
    data.hold(source)
    assert content(data) == {"scan": "whole", "photo": "seen"}


def test_another_folder_may_be_held_in_between(data: DemoFolder, source: Path, tmp_path: Path):
    data.hold(source)
    before = (data.path / "scan").stat()
    (data.path / "photo").write_text("changed")
    data.hold(folder_with(tmp_path / "other", scan="another"))
    assert content(data) == {"scan": "another"}
    data.hold(source)
    assert content(data) == {"scan": "whole", "photo": "seen"}
    assert (data.path / "scan").stat().st_ino == before.st_ino
