"""The signing key outlives the server, readable by its user alone."""

from pathlib import Path

import pytest

from server import signing_key
from server.visitor_cookie import new_secret, read_secret, sign_secret


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
