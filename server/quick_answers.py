"""Quick answers for a page's scripts, before Streamlit has run the whole page again.

A page registers an answer under an address that nobody can guess. A script of the page requests it as soon as
the visitor has acted, and shows it; Streamlit brings the same a moment later.
"""

import logging
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.download_route import UNCHANGED
from server.session_addresses import SessionAddresses

ROUTE = "/answers"
log = logging.getLogger(__name__)

Answer = Callable[[Mapping[str, str]], bytes]


class QuickAnswer:
    """A function that answers one visitor's page; it ends with the visitor's session, which holds it.

    Parameters
    ----------
    answer : callable
        Called with the query of the address; what it returns is sent.

    Attributes
    ----------
    address : str
        Below the app's own.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.address = _addresses.give(self)


_addresses: SessionAddresses[QuickAnswer] = SessionAddresses(ROUTE)


def send_answer(request: Request) -> Response:
    """Answer a request of a page's script; without an answer Streamlit's page shows why."""
    found = _addresses.find(request)
    if found is None:
        return Response(status_code=204)
    try:
        content = found.answer(request.query_params)
    except Exception as error:  # the page meets the same error and shows it
        log.info("no preview: %s", error)
        return Response(status_code=204)
    return Response(content, media_type="application/octet-stream", headers=UNCHANGED)
