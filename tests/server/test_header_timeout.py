"""A connection that does not finish its headers is closed, and one at work is not."""

import http.client
import socket

import pytest

from server import header_timeout
from server.header_timeout import set_header_timeout

WHOLE = b"GET /no HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("start", [b"", WHOLE[:-2], WHOLE + b"GET"])
def test_a_connection_that_never_finishes_its_headers_is_closed(
    port: int, monkeypatch: pytest.MonkeyPatch, start: bytes
):
    monkeypatch.setattr(header_timeout, "INTERVAL", 0.1)
    set_header_timeout()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(start)
        while line.recv(4096):  # until the server closes
            pass


def test_a_request_that_is_finished_is_answered(port: int):
    set_header_timeout()
    set_header_timeout()  # twice changes nothing
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(2):
        connection.request("GET", "/no")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 404
