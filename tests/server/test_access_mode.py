"""The app knows whether it serves one user or several visitors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime.secrets import Secrets

from server.access_mode import is_local, is_shared, is_single_user, login_is_set_up
from tests.server.streamlit_options import streamlit_options


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the path of Streamlit's secrets, which do not exist yet, for an app that is not shared."""
    monkeypatch.delenv("MAXRF_SHARED")
    path = tmp_path / "secrets.toml"
    monkeypatch.setattr(st, "secrets", Secrets())
    with streamlit_options(secrets__files=[str(path)]):
        yield path


def test_a_computer_that_answers_itself_alone_has_a_single_user(secrets: Path):
    with streamlit_options(server__address="127.0.0.1"):
        assert is_local()
        assert is_single_user()


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", None])
def test_a_computer_that_answers_others_has_several_visitors(secrets: Path, address: str | None):
    with streamlit_options(server__address=address):
        assert not is_local()
        assert not is_single_user()


def test_an_app_with_a_public_name_has_several_visitors(secrets: Path):
    with streamlit_options(server__address="127.0.0.1", browser__serverAddress="maxrf.example.org"):
        assert not is_single_user()


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_the_operator_can_say_that_there_are_several(
    secrets: Path, monkeypatch: pytest.MonkeyPatch, value: str, expected: bool
):
    monkeypatch.setenv("MAXRF_SHARED", value)
    assert is_shared() is expected
    with streamlit_options(server__address="127.0.0.1"):
        assert is_single_user() is not expected


def test_an_app_with_a_login_has_several_visitors(secrets: Path):
    assert not login_is_set_up()
    secrets.write_text("[auth]\ncookie_secret = 'x'\n")
    assert login_is_set_up()
    with streamlit_options(server__address="127.0.0.1"):
        assert not is_single_user()


def test_secrets_that_cannot_be_read_let_nobody_in_as_the_single_user(secrets: Path):
    secrets.write_text("[auth\n")
    with pytest.raises(StreamlitSecretNotFoundError):
        login_is_set_up()
    with streamlit_options(server__address="127.0.0.1"):
        assert not is_single_user()
