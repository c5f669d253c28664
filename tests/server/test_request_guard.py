"""Is the app answered by its own names only, and can only its own pages change anything?"""

import socket
from collections.abc import Iterator

import pytest
import requests
from streamlit import config

from server import header_timeout, transfer_tickets
from server.header_timeout import set_header_timeout
from server.host_check import is_known_host, is_known_origin
from server.visitor_cookie import COOKIE, new_secret, owner_id, sign_secret

ANNA = owner_id("Anna")


@pytest.fixture
def settings() -> Iterator[dict[str, object]]:
    """Give a dictionary of settings of Streamlit to make; they are undone at the end."""
    names = ("server.address", "server.allowedHosts", "browser.serverAddress", "browser.serverPort")
    before = {name: (config.get_option(name), config.get_where_defined(name)) for name in names}
    yield {}
    for name, (value, where) in before.items():
        config._set_option(name, value, where)


def make(**options: object) -> None:
    for name, value in options.items():
        config._set_option(name.replace("__", "."), value, "a test")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST.:1"])
def test_on_ones_own_computer_its_own_names_are_known(host: str):
    assert is_known_host(host)


FOREIGN = [
    "rebound.example",
    "192.0.2.7",
    "",
    None,
    "localhost.rebound.example",
    "a@localhost",
    "localhost:x",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_on_ones_own_computer_no_other_is_known(host: str | None):
    assert not is_known_host(host)


def test_in_a_department_numbers_and_the_own_name_are_known(settings: dict):
    make(server__address="0.0.0.0")
    for host in ("192.0.2.7:8501", "[2001:db8::1]", "localhost", socket.gethostname()):
        assert is_known_host(host)
    assert not is_known_host("rebound.example")


def test_behind_a_public_name_that_name_is_known(settings: dict):
    make(browser__serverAddress="maxrf.example.org", browser__serverPort=443)
    assert is_known_host("maxrf.example.org")
    assert not is_known_host("rebound.example")
    assert is_known_origin("https://maxrf.example.org", "127.0.0.1:8501")
    assert not is_known_origin("https://maxrf.example.org:8443", "127.0.0.1:8501")
    assert not is_known_origin("https://elsewhere.example", "127.0.0.1:8501")


def test_the_operator_may_name_the_hosts(settings: dict):
    make(server__allowedHosts=["one.example", "*.two.example"])
    assert is_known_host("one.example:80")
    assert is_known_host("a.two.example")
    for host in ("two.example", "localhost", "other.example"):
        assert not is_known_host(host)


@pytest.mark.parametrize("origin", ["null", "http://127.0.0.1:1", "http://elsewhere.example", ""])
def test_only_pages_of_the_same_origin_are_own_ones(origin: str):
    assert not is_known_origin(origin, "127.0.0.1:8501")
    assert is_known_origin("http://127.0.0.1:8501", "127.0.0.1:8501")
    assert is_known_origin(None, "127.0.0.1:8501")


def put(port: int, ticket: str, **headers: str) -> int:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.put(
        f"http://127.0.0.1:{port}/uploads/a.rpl", b"x", headers={transfer_tickets.HEADER: ticket, **headers}
    ).status_code


def test_a_foreign_page_cannot_upload_with_a_stolen_ticket(port: int):
    ticket = transfer_tickets.issue_upload(ANNA, "")
    assert put(port, ticket, Origin="http://elsewhere.example") == 403
    assert put(port, ticket, Origin=f"http://127.0.0.1:{port}") == 200


def test_a_ticket_is_of_no_use_to_another_browser(port: int):
    cookie = sign_secret(new_secret())
    ticket = transfer_tickets.issue_upload(ANNA, cookie)
    assert put(port, ticket) == 403
    assert put(port, ticket, Cookie=f"{COOKIE}={sign_secret(new_secret())}") == 403
    assert put(port, ticket, Cookie=f"{COOKIE}={cookie}") == 200


def test_tickets_for_uploads_and_downloads_are_not_interchangeable(port: int):
    assert put(port, transfer_tickets.issue("a.datastack", transfer_tickets.DOWNLOAD)) == 403
    upload = transfer_tickets.issue_upload(ANNA, "")
    assert requests.get(f"http://127.0.0.1:{port}/downloads/x?ticket={upload}").status_code == 403


WHOLE = b"GET /no HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("start", [b"", WHOLE[:-2], WHOLE + b"GET"])
def test_who_never_comes_to_an_end_of_headers_is_sent_away(
    port: int, monkeypatch: pytest.MonkeyPatch, start: bytes
):
    monkeypatch.setattr(header_timeout, "INTERVAL", 0.1)
    set_header_timeout()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(start)
        while line.recv(4096):  # until the server closes
            pass


def test_a_body_that_pauses_for_too_long_is_broken_off(port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.request_guard.MAX_BODY_STALL", 0.1)
    head = f"PUT /uploads/a.rpl HTTP/1.1\r\nHost: localhost\r\n{transfer_tickets.HEADER}: "
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(
            f"{head}{transfer_tickets.issue_upload(ANNA, '')}\r\nContent-Length: 9\r\n\r\nhalf".encode()
        )
        assert b" 400 " in line.recv(4096)
