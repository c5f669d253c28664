"""Check of a request's host and origin: the app answers to its own names only.

A page elsewhere may have a name that leads to this computer (DNS rebinding). Its browser then sends that name
as the host, so only hosts are answered that the app is known by.
"""

import ipaddress
import socket
from functools import cache
from urllib.parse import urlsplit

import streamlit as st

from server.access_mode import LOOPBACK, is_local


def is_known_host(host: str | None) -> bool:
    """Return True if the app is known by a host's name.

    These are the names in Streamlit's ``server.allowedHosts``. Where that is empty: this computer's own
    names, ``browser.serverAddress``, and where the app answers other computers also its addresses in numbers,
    which no foreign name can stand for.

    Parameters
    ----------
    host : str or None
        As the request has it, with or without a port.
    """
    name = _host_name(host)
    if name is None:
        return False
    allowed = [each.strip().lower().rstrip(".") for each in st.get_option("server.allowedHosts")]
    if allowed:
        return any(
            each in ("*", name) or (each.startswith("*.") and name.endswith(each[1:])) for each in allowed
        )
    if name in LOOPBACK or name == st.get_option("browser.serverAddress").lower():
        return True
    return not is_local() and (_is_number(name) or name in _names_of_this_computer())


def is_known_origin(origin: str | None, host: str | None) -> bool:
    """Return True if a page of this origin is ours; requests without a page have none.

    Parameters
    ----------
    origin, host : str or None
        As the request has them.
    """
    if origin is None:
        return True
    parts = urlsplit(origin)
    if parts.netloc and parts.netloc == host:
        return True
    if origin in st.get_option("server.corsAllowedOrigins"):
        return True
    name, port = st.get_option("browser.serverAddress"), st.get_option("browser.serverPort")
    is_public = name not in LOOPBACK
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return is_public and parts.hostname == name and (parts.port or usual) == port


def _host_name(host: str | None) -> str | None:
    try:
        parts = urlsplit(f"//{host}")
        port_is_number = parts.port is None or parts.port >= 0
    except ValueError:
        return None
    is_host_alone = parts.netloc == host and parts.username is None and not (parts.path or parts.query)
    if not (host and port_is_number and is_host_alone and parts.hostname):
        return None
    return parts.hostname.rstrip(".")


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@cache
def _names_of_this_computer() -> frozenset[str]:
    return frozenset({socket.gethostname().lower(), socket.getfqdn().lower()})
