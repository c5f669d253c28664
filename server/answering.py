"""Quick answers for a page's scripts, before Streamlit has run the whole page again.

A page registers an answer under an address that nobody can guess. A script of the page requests it as soon as
the visitor has acted, and shows it; Streamlit brings the same a moment later.
"""

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response

from server.sending import AS_IT_IS

ROUTE = "/answers"
log = logging.getLogger(__name__)

Answer = Callable[[Mapping[str, str]], dict[str, Any]]


class Respondent:
    """Answer to requests of one visitor's page; removed with the visitor's session, which holds it.

    Parameters
    ----------
    answer : callable
        Takes what is asked, as it stands in the address; what it returns is sent as JSON.

    Attributes
    ----------
    address : str
        Below the app's own.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        key = secrets.token_urlsafe(32)
        self.address = f"{ROUTE}/{key}"
        _known[key] = self


_known: WeakValueDictionary[str, Respondent] = WeakValueDictionary()


def give_answer(request: Request) -> Response:
    """Answer a request of a page's script; without an answer Streamlit's page shows why."""
    respondent = _known.get(request.path_params["key"])
    if respondent is None:
        return Response(status_code=204)
    try:
        content = json.dumps(respondent.answer(request.query_params))
    except Exception as error:  # whatever it is, the page meets it too
        log.info("no preview: %s", error)
        return Response(status_code=204)
    return Response(content, media_type="application/json", headers=AS_IT_IS)
