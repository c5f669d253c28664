"""A download gives the whole file to the holder of its link, and nothing else."""

from pathlib import Path

from maxrf_core import DataStack
from server.download_route import download_address
from tests.server.http_client import ask


def test_a_whole_datastack_is_downloaded_by_its_link(port: int, data_folder: Path, demo: Path):
    path = data_folder / "Susanna & the elders.datastack"
    path.write_bytes(demo.read_bytes())
    status, content = ask(port, "GET", download_address(path))
    assert status == 200
    assert content == demo.read_bytes()
    status, content = ask(port, "GET", download_address(path)[:-1])
    assert status == 403
    path.unlink()
    assert ask(port, "GET", download_address(path))[0] == 404


def test_a_download_holds_what_was_appended_before_it_and_nothing_half_written(
    port: int, data_folder: Path, demo: Path
):
    path = data_folder / "scan.datastack"
    path.write_bytes(demo.read_bytes())
    DataStack(path).append({"note": [1, 2, 3]})
    status, content = ask(port, "GET", download_address(path))
    assert status == 200
    copy = data_folder / "copy.datastack"
    copy.write_bytes(content)
    assert DataStack(copy).read("note").tolist() == [1, 2, 3]


def test_a_link_is_for_its_file_alone(port: int, data_folder: Path):
    for name in ("mine.datastack", "other.datastack"):
        (data_folder / name).write_bytes(name.encode())
    link = download_address(data_folder / "mine.datastack")
    assert ask(port, "GET", link.replace("mine", "other", 1)) == (
        200,
        b"mine.datastack",
    )  # the ticket decides
