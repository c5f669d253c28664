"""Timeout for connections that do not finish their request's headers.

uvicorn waits for headers without a limit, and Streamlit gives an app no way to choose uvicorn's protocol. So
the protocols' own method is extended, which is private to uvicorn: hence its upper bound in requirements.txt,
and a test that notices.
"""

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import Any
from weakref import ref

INTERVAL = 15.0  # seconds between two checks; a connection without a request at both is closed
_PROTOCOLS = (
    ("uvicorn.protocols.http.h11_impl", "H11Protocol"),
    ("uvicorn.protocols.http.httptools_impl", "HttpToolsProtocol"),
)


def set_header_timeout() -> None:
    """Make uvicorn's protocols watch every new connection; calling it twice changes nothing."""
    for module, name in _PROTOCOLS:
        with suppress(ImportError):  # only one of them may be installed
            _extend(getattr(import_module(module), name))


def _extend(protocol: Any) -> None:
    made = protocol.connection_made
    if getattr(made, "watches_headers", False):
        return

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        made(self, transport)
        _check_later(ref(self), ref(self))

    connection_made.watches_headers = True  # type: ignore[attr-defined]
    protocol.connection_made = connection_made


def _check_later(watched: ref[Any], before: object) -> None:
    asyncio.get_running_loop().call_later(INTERVAL, _check, watched, before)


def _check(watched: ref[Any], before: object) -> None:
    """Close the connection if it waits for headers as it did at the check before.

    Parameters
    ----------
    watched : weak reference to a protocol
    before : object
        The request that was the last one at the check before; at first, anything else.
    """
    protocol = watched()
    if (
        protocol is None
        or protocol.transport.is_closing()
        or protocol.transport.get_protocol() is not protocol
    ):
        return  # closed, or a websocket by now
    request = protocol.cycle
    is_waiting = request is None or request.response_complete
    if is_waiting and protocol.timeout_keep_alive_task is None:
        if request is before:
            protocol.transport.close()
            return
        before = request
    else:
        before = watched
    _check_later(watched, before)
