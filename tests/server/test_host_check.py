"""The app is answered by its own names only, and only its own pages change anything."""

import socket

import pytest

from server.host_check import is_known_host, is_known_origin
from tests.server.streamlit_options import streamlit_options


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


def test_in_a_department_numbers_and_the_own_name_are_known():
    with streamlit_options(server__address="0.0.0.0"):
        for host in ("192.0.2.7:8501", "[2001:db8::1]", "localhost", socket.gethostname()):
            assert is_known_host(host)
        assert not is_known_host("rebound.example")


def test_behind_a_public_name_that_name_is_known():
    with streamlit_options(browser__serverAddress="maxrf.example.org", browser__serverPort=443):
        assert is_known_host("maxrf.example.org")
        assert not is_known_host("rebound.example")
        assert is_known_origin("https://maxrf.example.org", "127.0.0.1:8501")
        assert not is_known_origin("https://maxrf.example.org:8443", "127.0.0.1:8501")
        assert not is_known_origin("https://elsewhere.example", "127.0.0.1:8501")


def test_the_operator_may_name_the_hosts():
    with streamlit_options(server__allowedHosts=["one.example", "*.two.example"]):
        assert is_known_host("one.example:80")
        assert is_known_host("a.two.example")
        for host in ("two.example", "localhost", "other.example"):
            assert not is_known_host(host)


@pytest.mark.parametrize("origin", ["null", "http://127.0.0.1:1", "http://elsewhere.example", ""])
def test_only_pages_of_the_same_origin_are_own_ones(origin: str):
    assert not is_known_origin(origin, "127.0.0.1:8501")
    assert is_known_origin("http://127.0.0.1:8501", "127.0.0.1:8501")
    assert is_known_origin(None, "127.0.0.1:8501")
