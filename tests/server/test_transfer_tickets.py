"""A ticket is good for one browser, for one purpose, and for some hours."""

import pytest
import requests
from itsdangerous import TimestampSigner

from server import transfer_tickets
from server.visitor_cookie import COOKIE, new_secret, owner_id, sign_secret

ANNA = owner_id("Anna")


def put(port: int, ticket: str, **headers: str) -> int:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.put(
        f"http://127.0.0.1:{port}/uploads/a.rpl", b"x", headers={transfer_tickets.HEADER: ticket, **headers}
    ).status_code


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


def test_a_ticket_ends_after_some_hours_and_is_good_until_then(monkeypatch: pytest.MonkeyPatch):
    ticket = transfer_tickets.issue("a file", transfer_tickets.DOWNLOAD)
    issued = TimestampSigner("any").get_timestamp()
    for age, text in ((transfer_tickets.SECONDS - 60, "a file"), (transfer_tickets.SECONDS + 60, None)):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self, age=age: issued + age)
        assert transfer_tickets.read(ticket, transfer_tickets.DOWNLOAD) == text


@pytest.mark.parametrize("made_up", ["", "a file", "a file.AAAA.BBBB", "é"])
def test_a_ticket_that_was_made_up_is_refused(made_up: str):
    assert transfer_tickets.read(made_up, transfer_tickets.DOWNLOAD) is None
    assert transfer_tickets.read_upload(made_up, "") is None
