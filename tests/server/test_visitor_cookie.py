"""Are visitors who come back recognised, by what this server gave them and nothing else?"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from server import signing_key
from server.private_link import FORGET_ROUTE, private_link_path
from server.settings import uploads
from server.visitor_cookie import COOKIE, cookie, new_secret, owner_id, read_secret, sign_secret

PAGE = {"Accept": "text/html"}
WEEK = 7 * 24 * 3600


class Browser(requests.Session):
    """A browser without cookies, which follows no link by itself.

    Parameters
    ----------
    port : int
        Of this computer, where the server answers.
    """

    def __init__(self, port: int) -> None:
        super().__init__()
        self.trust_env = False
        self._url = f"http://127.0.0.1:{port}"

    def request(self, method: str, address: str, *args: Any, **more: Any) -> requests.Response:  # type: ignore[override]
        """Ask for an address of the server."""
        more["allow_redirects"] = False
        return super().request(method, self._url + address, *args, **more)


@pytest.fixture
def client(port: int) -> Iterator[Browser]:
    """Give a browser."""
    with Browser(port) as browser:
        yield browser


def put(owner: str) -> Path:
    with uploads().receive(owner, "scan.datastack", 6) as arrival:
        arrival.write(b"counts")
    return uploads().publish(arrival.upload).path


def cookie_of(client: Browser) -> str:
    value: str = client.cookies[COOKIE]
    return value


def test_a_browser_keeps_one_secret_for_as_long_as_an_upload_stays(client: Browser):
    first = client.get("/", headers=PAGE)
    assert re.search(rf"Max-Age={WEEK}; Path=/; HttpOnly; SameSite=Lax$", first.headers["set-cookie"])
    assert first.headers["cache-control"] == "no-store"
    secret = read_secret(cookie_of(client))
    assert secret is not None
    again = client.get("/", headers=PAGE)
    assert f"Max-Age={WEEK}" in again.headers["set-cookie"]  # counted from the last visit
    assert read_secret(cookie_of(client)) == secret
    assert "set-cookie" not in client.get("/", headers={"Accept": "image/png"}).headers
    client.cookies.clear()
    client.get("/", headers=PAGE)
    assert read_secret(cookie_of(client)) != secret


def test_over_https_the_cookie_stays_there():
    assert cookie(new_secret(), secure=True).endswith("; Secure")


@pytest.mark.parametrize("made_up", ["0" * 64, "", "x", f"{'0' * 64}.AAAA", "é"])
def test_a_cookie_that_the_server_has_not_made_is_none(made_up: str):
    assert read_secret(made_up) is None


def test_what_was_signed_for_one_purpose_is_of_no_use_for_another():
    secret = new_secret()
    assert read_secret(sign_secret(secret)) == secret
    assert read_secret(sign_secret(secret, "private link")) is None
    assert read_secret(sign_secret(secret), "private link") is None
    assert read_secret(sign_secret("short")) is None


def test_visitors_are_recognised_after_a_restart_of_the_server(tmp_path: Path):
    secret = new_secret()
    kept = sign_secret(secret)
    signing_key._key.cache_clear()
    assert read_secret(kept) == secret
    assert (tmp_path / ".uploads" / ".key").stat().st_mode & 0o777 == 0o600


def test_where_no_key_can_be_kept_it_holds_until_the_server_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path / "file"))
    secret = new_secret()
    assert read_secret(sign_secret(secret)) == secret


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
