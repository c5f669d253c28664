"""A browser with cookies, for the tests of what visitors keep."""

from typing import Any

import requests

from server.visitor_cookie import COOKIE

PAGE = {"Accept": "text/html"}


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
        """Send a request to an address of the server."""
        more["allow_redirects"] = False
        return super().request(method, self._url + address, *args, **more)


def cookie_of(browser: Browser) -> str:
    value: str = browser.cookies[COOKIE]
    return value
