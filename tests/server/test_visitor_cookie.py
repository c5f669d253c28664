"""Visitors who come back are recognised, by what this server gave them and nothing else."""

import re

import pytest

from server.visitor_cookie import cookie, new_secret, owner_id, read_secret, sign_secret
from tests.server.browser import PAGE, Browser, cookie_of

WEEK = 7 * 24 * 3600


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


def test_an_invalid_setting_makes_no_browser_forget_its_visitor(
    client: Browser, monkeypatch: pytest.MonkeyPatch
):
    client.get("/", headers=PAGE)
    secret = read_secret(cookie_of(client))
    monkeypatch.setenv("MAXRF_UPLOAD_TTL", "a week")
    again = client.get("/", headers=PAGE)
    assert again.status_code < 500
    assert read_secret(cookie_of(client)) == secret


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


def test_an_owner_cannot_be_told_from_the_folder():
    secret = new_secret()
    assert secret[:32] not in owner_id(secret)
    assert owner_id(secret) != owner_id(new_secret())
