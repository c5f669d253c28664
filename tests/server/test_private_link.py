"""The private link opens uploads in another browser, and a visitor can be forgotten; both ask first."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from server.private_link import FORGET_ROUTE, private_link_path
from server.settings import uploads
from server.visitor_cookie import COOKIE, new_secret, owner_id, read_secret, sign_secret
from tests.server.browser import PAGE, Browser, cookie_of


def put(owner: str) -> Path:
    with uploads().receive(owner, "scan.datastack", 6) as arrival:
        arrival.write(b"counts")
    return uploads().publish(arrival.upload).path


def test_a_private_link_asks_first_and_then_makes_the_browser_known(client: Browser):
    secret = new_secret()
    path = put(owner_id(secret))
    link = private_link_path(sign_secret(secret), path.parent.name)
    assert link is not None
    asked = client.get(link, headers=PAGE)
    assert read_secret(cookie_of(client)) != secret
    address = re.search('action="([^"]+)"', asked.text)
    assert address is not None
    answer = client.post(address[1].replace("&amp;", "&"), headers=PAGE)
    assert answer.headers["location"] == f"/?stack={path.parent.name}"
    assert read_secret(cookie_of(client)) == secret


@pytest.mark.parametrize("key", ["", "made up", "0" * 64])
def test_a_link_that_was_made_up_leads_nowhere(client: Browser, key: str):
    assert client.get(f"/visitor/back?key={key}").status_code == 404
    assert client.post(f"/visitor/back?key={key}").status_code == 404
    assert private_link_path(key) is None


def test_a_link_ends_with_the_last_upload(client: Browser):
    secret = new_secret()
    link = private_link_path(sign_secret(secret))
    assert link is not None
    assert client.get(link).status_code == 404
    put(owner_id(secret))
    assert client.get(link).status_code == 200


def test_a_visitor_who_wants_it_is_forgotten(client: Browser):
    client.get("/", headers=PAGE)
    secret = read_secret(cookie_of(client)) or ""
    path = put(owner_id(secret))
    assert client.get(FORGET_ROUTE, headers=PAGE).status_code == 200
    assert read_secret(cookie_of(client)) == secret  # it asks first
    client.post(FORGET_ROUTE, headers=PAGE)
    assert COOKIE not in client.cookies
    assert path.exists()
    client.cookies.set(COOKIE, sign_secret(secret))
    client.post(f"{FORGET_ROUTE}?remove=1", headers=PAGE)
    assert not path.exists()


def test_uploads_that_cannot_be_removed_for_an_invalid_setting_are_said_to_be_there(
    client: Browser, monkeypatch: pytest.MonkeyPatch
):
    client.get("/", headers=PAGE)
    path = put(owner_id(read_secret(cookie_of(client)) or ""))
    monkeypatch.setenv("MAXRF_UPLOAD_TTL", "a <week>")
    answer = client.post(f"{FORGET_ROUTE}?remove=1", headers=PAGE)
    assert "MAXRF_UPLOAD_TTL is &#x27;a &lt;week&gt;&#x27;" in answer.text
    assert COOKIE in client.cookies
    assert path.exists()


def test_the_page_is_in_the_language_of_the_browser(client: Browser, translations: Callable):
    translations({"Forget me on this computer?": "Vergeet mij op deze computer?"})
    dutch = client.get(FORGET_ROUTE, headers=PAGE | {"Accept-Language": "nl-NL,nl;q=0.9,en;q=0.8"})
    assert "<h1>Vergeet mij op deze computer?</h1>" in dutch.text
    assert '<html lang="nl">' in dutch.text
    english = client.get(FORGET_ROUTE, headers=PAGE)
    assert "<h1>Forget me on this computer?</h1>" in english.text
    assert '<html lang="en">' in english.text
