"""Release of the memory and the three file descriptors that each ended session held.

Streamlit drops a session some time after its page was closed, but only when another one is closed later. The
rest is left to garbage collection, which ignores frozen objects
(`widgets.session.navigation.freeze_modules`).
"""

import asyncio
import gc

import streamlit as st
from starlette.types import ASGIApp, Receive, Scope, Send

from server.streamlit_internals import drop_ended_sessions

MARGIN = 1.0  # seconds after the moment at which Streamlit may forget a session


class SessionCleanup:
    """Middleware that drops a session when the time is over within which its page could reconnect.

    Parameters
    ----------
    app : ASGI application
        The app behind this middleware.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._is_planned = self._is_needed_again = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or serve a page until it is closed."""
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == "websocket":
                self._plan()

    def _plan(self) -> None:
        if self._is_planned:
            self._is_needed_again = True
            return
        self._is_planned = True
        seconds = st.get_option("server.disconnectedSessionTTL") + MARGIN
        asyncio.get_running_loop().call_later(seconds, self._end)

    def _end(self) -> None:
        self._is_planned = False
        if self._is_needed_again:
            self._is_needed_again = False
            self._plan()
        if drop_ended_sessions():
            asyncio.get_running_loop().run_in_executor(None, _collect)


def _collect() -> None:
    gc.unfreeze()
    gc.collect()
    gc.freeze()
