"""Does the server take large files from whom it may, keep what is whole, and send it back?"""

import http.client
import io
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from maxrf_core import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.names import DATASTACK_EXT
from maxrf_core.readers import open_scan
from maxrf_core.untrusted.check import check_untrusted
from server import transfer_tickets
from server.download_route import download_address
from server.rescue_process import rescue_in_process
from server.settings import SettingError, uploads
from server.upload_check import PICTURE_ENDINGS
from server.visitor_cookie import owner_id

ANNA = owner_id("Anna")
TICKET = transfer_tickets.issue_upload(ANNA, "")
HEAD = f"PUT /uploads/a.datastack HTTP/1.1\r\nHost: localhost\r\nX-Upload-Ticket: {TICKET}\r\n".encode()


@pytest.fixture(scope="module")
def demo(made_demo: Path) -> Path:
    """Give the demo scan, which is only read."""
    return made_demo / "demo.datastack"


def ask(port: int, method: str, address: str, body=None, **headers: str) -> tuple[int, dict | bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, address, body, sent)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    is_json = answer.headers.get("content-type") == "application/json"
    return answer.status, json.loads(content) if is_json else content


def put(port: int, name: str, content: bytes, owner: str = ANNA, **headers: str):
    return ask(
        port,
        "PUT",
        f"/uploads/{quote(name)}",
        content,
        X_Upload_Ticket=transfer_tickets.issue_upload(owner, ""),
        **headers,
    )


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"


def is_empty(folder: Path) -> bool:
    return not any(path.is_file() for path in folder.rglob("*"))


def test_an_uploaded_datastack_opens_for_who_sent_it(port: int, demo: Path):
    status, answer = put(port, "my scan.datastack", demo.read_bytes())
    assert status == 200
    path = uploads().find(ANNA, answer["identifier"], DATASTACK_EXT)
    assert path.name == "my scan.datastack"
    assert DataStack(path).shape == DataStack(demo).shape
    assert uploads().of(owner_id("Ben"), DATASTACK_EXT) == []


def test_a_large_file_is_asked_for_first(port: int):
    ticket = transfer_tickets.issue_upload(ANNA, "")
    assert ask(port, "GET", "/uploads/a.datastack?size=30000000", X_Upload_Ticket=ticket) == (200, {})
    status, answer = ask(port, "GET", "/uploads/a.datastack?size=45000000", X_Upload_Ticket=ticket)
    assert status == 413
    assert "at most 40 MB" in answer["error"]


@pytest.mark.parametrize("ticket", ["", "made up", ANNA, f"{ANNA}.AAAA.BBBB"])
def test_without_a_ticket_nothing_is_taken(port: int, data_folder: Path, ticket: str):
    status, answer = ask(port, "PUT", "/uploads/a.datastack", b"x", X_Upload_Ticket=ticket)
    assert status == 403
    assert "reload" in answer["error"]
    assert is_empty(data_folder)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_cannot_send_anything(port: int, data_folder: Path, site: str):
    assert put(port, "a.datastack", b"x", Sec_Fetch_Site=site)[0] == 403
    assert is_empty(data_folder)


@pytest.mark.parametrize("name", ["a.html", "a.py", "a", "a.datastack.exe"])
def test_only_scans_are_taken(port: int, data_folder: Path, name: str):
    assert put(port, name, b"x")[0] == 415
    assert is_empty(data_folder)


def test_a_size_is_needed(port: int, data_folder: Path):
    ticket = transfer_tickets.issue_upload(ANNA, "")
    status, answer = ask(port, "PUT", "/uploads/a.raw", iter([b"piece"]), X_Upload_Ticket=ticket)
    assert (status, "how large" in answer["error"]) == (411, True)
    assert is_empty(data_folder)


def test_when_there_is_no_room_it_says_so(port: int):
    assert put(port, "a.rpl", bytes(30_000_000))[0] == 200
    status, answer = put(port, "b.rpl", bytes(25_000_000))
    assert status == 413
    assert "no room" in answer["error"]


def test_an_upload_that_breaks_off_leaves_nothing(port: int, data_folder: Path):
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(HEAD + b"Content-Length: 9000000\r\n\r\n" + bytes(4_500_000))
        wait_until(lambda: not is_empty(data_folder))  # it has begun
    wait_until(lambda: not list((data_folder / ".uploads").glob("*/*")))


def test_an_upload_that_stalls_gives_its_room_back(
    port: int, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("server.upload_route.MAX_STALL", 0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(HEAD + b"Content-Length: 9000000\r\n\r\n" + bytes(2_000_000))
        answer = line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413")
    assert is_empty(data_folder / ".uploads")
    assert uploads().space.used() == 0


def test_a_broken_datastack_is_refused_in_words_and_kept_for_a_rescue(port: int, demo: Path):
    content = demo.read_bytes()
    status, answer = put(port, "cut.datastack", content[: len(content) // 2])
    assert status == 200  # it has arrived
    assert "cut.datastack" in answer["error"]
    assert uploads().of(ANNA, DATASTACK_EXT) == []
    assert uploads().find(ANNA, answer["broken"], ".broken").stat().st_size == len(content) // 2


def test_nobody_finds_an_upload_before_it_was_looked_over(
    port: int, demo: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[bool] = []

    def check(path: Path) -> None:
        kept = uploads()
        (identifier,) = (each.name for each in (kept.folder / ANNA).iterdir())
        with suppress(DatastackError):
            kept.find(ANNA, identifier, DATASTACK_EXT)
            seen.append(True)
        seen.append(bool(kept.of(ANNA, DATASTACK_EXT)))
        check_untrusted(path)

    monkeypatch.setattr("server.upload_check.check_untrusted", check)
    assert put(port, "scan.datastack", demo.read_bytes())[0] == 200
    assert seen == [False]
    assert len(uploads().of(ANNA, DATASTACK_EXT)) == 1


def test_what_was_rescued_gets_its_name_after_it_was_looked_over(
    tmp_path: Path, demo: Path, monkeypatch: pytest.MonkeyPatch
):
    broken, out = tmp_path / "cut.datastack", tmp_path / "cut_rescued.datastack"
    broken.write_bytes(demo.read_bytes()[:-1000])
    seen: list[bool] = []

    def check(path: Path) -> None:
        seen.append(out.exists())
        check_untrusted(path)

    monkeypatch.setattr("server.rescue_process.check_untrusted", check)
    assert rescue_in_process(broken, out)
    assert seen == [False]
    assert DataStack(out).shape == DataStack(demo).shape


def test_a_photograph_and_a_raw_scan_arrive_this_way_too(port: int):
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


def test_answers_tell_nothing_of_the_server(port: int, data_folder: Path):
    answers = [
        put(port, "x.datastack", b"\x89HDF\r\n\x1a\n" + bytes(100)),
        put(port, "..%2f..%2fetc%2fpasswd.raw", b"x"),
        ask(port, "GET", "/downloads/x?ticket=y"),
        ask(
            port,
            "GET",
            f"/downloads/x?ticket={transfer_tickets.issue('gone.datastack', transfer_tickets.DOWNLOAD)}",
        ),
    ]
    for _, answer in answers:
        for secret in (str(data_folder), "Traceback", "python", "/"):
            assert secret not in str(answer)


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


@pytest.mark.parametrize("value", ["many", "-1", "0", "nan", "inf"])
def test_a_setting_that_makes_no_sense_is_told(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("MAXRF_UPLOAD_TTL", value)
    with pytest.raises(SettingError, match="MAXRF_UPLOAD_TTL"):
        uploads()
