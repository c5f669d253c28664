"""Every answer says what a browser may do with it."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import anyio
import pytest
import streamlit
from starlette.responses import HTMLResponse, Response

from server.security_headers import with_security_headers


def headers_of(path: str, response: Response) -> dict[str, str]:
    """Return the headers of an answer after they were completed."""
    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"localhost:8501")]}
    sent = []

    async def send(message) -> None:
        sent.append(message)

    async def receive():
        return {"type": "http.disconnect"}

    anyio.run(response, scope, receive, with_security_headers(scope, send))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize(
    "path",
    ["/uploads/a.raw", "/downloads/x", "/answers/key", "/made/key", "/visitor/forget", "/xrf/visitor/back"],
)
def test_what_our_own_routes_answer_is_kept_nowhere_and_loads_nothing(path: str):
    headers = headers_of(path, HTMLResponse("a page"))
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_a_page_runs_the_scripts_of_streamlits_page_only():
    policy = headers_of("/maps", HTMLResponse("a page"))["content-security-policy"]
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert inline
    for script in inline:
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe" not in scripts
    assert "ws://localhost:8501" in policy


def test_a_components_frame_and_other_files_have_no_policy_of_pages():
    for path, response in (
        ("/component/x/index.html", HTMLResponse("a frame")),
        ("/static/x.js", Response("1")),
    ):
        headers = headers_of(path, response)
        assert "content-security-policy" not in headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
