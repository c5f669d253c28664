"""An upload can be opened only after it was checked; a broken one is refused in a sentence."""

import gzip
import io
import tarfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maxrf_core.errors import DatastackError
from maxrf_core.imaging.quick_look import QuickLook
from maxrf_core.names import DATASTACK_EXT
from maxrf_core.readers import open_scan
from maxrf_core.untrusted.check import check_untrusted
from server.settings import uploads
from server.upload_check import PICTURE_ENDINGS
from tests.server.http_client import ANNA, is_empty, put


def test_a_broken_datastack_is_refused_in_words_and_kept_for_a_rescue(port: int, demo: Path):
    content = demo.read_bytes()
    status, answer = put(port, "cut.datastack", content[: len(content) // 2])
    assert status == 200  # it has arrived
    assert "cut.datastack" in answer["error"]
    assert uploads().of(ANNA, DATASTACK_EXT) == []
    assert uploads().find(ANNA, answer["broken"], ".broken").stat().st_size == len(content) // 2


def test_nobody_finds_an_upload_before_it_was_checked(port: int, demo: Path, monkeypatch: pytest.MonkeyPatch):
    seen: list[bool] = []

    def check(path: Path) -> QuickLook | None:
        kept = uploads()
        (identifier,) = (each.name for each in (kept.folder / ANNA).iterdir())
        with suppress(DatastackError):
            kept.find(ANNA, identifier, DATASTACK_EXT)
            seen.append(True)
        seen.append(bool(kept.of(ANNA, DATASTACK_EXT)))
        return check_untrusted(path)

    monkeypatch.setattr("server.upload_check.check_untrusted", check)
    assert put(port, "scan.datastack", demo.read_bytes())[0] == 200
    assert seen == [False]
    assert len(uploads().of(ANNA, DATASTACK_EXT)) == 1


def test_rows_in_edf_files_that_were_dropped_together_are_a_scan(port: int):
    packed, rows = io.BytesIO(), Path(__file__).parents[1] / "data/readers/edf_rows"
    with tarfile.open(fileobj=packed, mode="w") as archive:  # as the page packs them
        archive.add(rows, "panel")
    status, answer = put(port, "panel.tar", packed.getvalue())
    assert status == 200
    assert open_scan(uploads().find(ANNA, answer["identifier"], ".tar")).shape == (4, 5, 256)


def test_packed_maps_are_published(port: int, shared):
    content = gzip.compress(shared("data/readers/maps/maps.edf").read_bytes())
    status, answer = put(port, "Fe.edf.gz", content)
    assert status == 200
    path = uploads().find(ANNA, answer["identifier"], ".edf.gz")
    assert (path.name, open_scan(path).map_names) == ("Fe.edf.gz", ("Fe_K", "Ca_K"))


def test_a_photograph_and_a_raw_scan_are_published_when_they_are_complete(port: int):
    status, answer = put(port, "photo.PNG", picture())
    assert status == 200
    assert uploads().find(ANNA, answer["identifier"], *PICTURE_ENDINGS).name == "photo.png"
    header = "width 3\nheight 2\ndepth 8\ndata-type unsigned\ndata-length 1\nrecord-by vector\n"
    _, first = put(port, "scan.rpl", header.encode())
    with pytest.raises(DatastackError):  # alone it is nothing yet
        uploads().find(ANNA, first["identifier"], ".rpl")
    status, answer = put(port, "scan.raw", bytes(48), X_Upload_Beside=first["identifier"])
    assert status == 200
    assert open_scan(uploads().find(ANNA, answer["identifier"], ".rpl")).shape == (2, 3, 8)


def test_of_a_bad_photograph_or_raw_scan_nothing_is_kept(port: int, data_folder: Path):
    status, answer = put(port, "photo.png", picture()[:-30])
    assert (status, "photo.png" in answer["error"]) == (422, True)
    _, first = put(port, "scan.rpl", b"width 3\nheight 2\ndepth 8\ndata-length 1\n")
    assert put(port, "scan.raw", bytes(7000), X_Upload_Beside=first["identifier"])[0] == 422
    assert is_empty(data_folder / ".uploads")


def picture() -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (40, 50, 3), np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    return buffer.getvalue()
