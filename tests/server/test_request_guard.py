"""Foreign hosts and origins are refused, and a body that stalls is ended."""

import socket

import pytest
import requests

from server import transfer_tickets
from server.visitor_cookie import owner_id

ANNA = owner_id("Anna")


def put(port: int, ticket: str, **headers: str) -> int:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.put(
        f"http://127.0.0.1:{port}/uploads/a.rpl", b"x", headers={transfer_tickets.HEADER: ticket, **headers}
    ).status_code


def test_a_foreign_page_cannot_upload_with_a_stolen_ticket(port: int):
    ticket = transfer_tickets.issue_upload(ANNA, "")
    assert put(port, ticket, Origin="http://elsewhere.example") == 403
    assert put(port, ticket, Origin=f"http://127.0.0.1:{port}") == 200


def test_a_body_that_pauses_for_too_long_is_broken_off(port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.request_guard.MAX_BODY_STALL", 0.1)
    head = f"PUT /uploads/a.rpl HTTP/1.1\r\nHost: localhost\r\n{transfer_tickets.HEADER}: "
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(
            f"{head}{transfer_tickets.issue_upload(ANNA, '')}\r\nContent-Length: 9\r\n\r\nhalf".encode()
        )
        assert b" 400 " in line.recv(4096)


@pytest.mark.parametrize("host", ["rebound.example", "localhost:x", ""])
def test_a_request_for_a_foreign_host_is_refused(port: int, host: str):
    answer = requests.get(f"http://127.0.0.1:{port}/visitor/forget", headers={"Host": host})
    assert answer.status_code in (400, 421)
    assert "html" not in answer.headers["content-type"]


def test_figures_about_the_server_are_not_public(port: int):
    assert requests.get(f"http://127.0.0.1:{port}/_stcore/metrics").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_foreign_page_cannot_change_anything(port: int, method: str):
    address = f"http://127.0.0.1:{port}/visitor/forget"
    assert requests.request(method, address, headers={"Origin": "null"}).status_code == 403
