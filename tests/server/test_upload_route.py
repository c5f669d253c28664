"""Uploads arrive from pages with a ticket only; a broken-off one leaves nothing."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from maxrf_core import DataStack
from maxrf_core.names import DATASTACK_EXT
from server import transfer_tickets
from server.settings import uploads
from tests.server.http_client import ANNA, ask, is_empty, put
from tests.server.stored_uploads import BEN

TICKET = transfer_tickets.issue_upload(ANNA, "")
HEAD = f"PUT /uploads/a.datastack HTTP/1.1\r\nHost: localhost\r\nX-Upload-Ticket: {TICKET}\r\n".encode()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"


def test_an_uploaded_datastack_opens_for_who_sent_it(port: int, demo: Path):
    status, answer = put(port, "my scan.datastack", demo.read_bytes())
    assert status == 200
    path = uploads().find(ANNA, answer["identifier"], DATASTACK_EXT)
    assert path.name == "my scan.datastack"
    assert DataStack(path).shape == DataStack(demo).shape
    assert uploads().of(BEN, DATASTACK_EXT) == []


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
