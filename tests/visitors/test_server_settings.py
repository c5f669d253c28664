"""The server refuses foreign requests, oversized ones, and requests for files outside the app."""

import http.client
import re
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import streamlit
from websockets.exceptions import InvalidStatus

from tests.browser.app_server import PROJECT, AppServer
from tests.visitors.conftest import DEMO
from tests.visitors.session import XSRF_COOKIE, XSRF_HEADER, Visitor, connection

ELSEWHERE = "http://elsewhere.example"
SECRET = "a-secret-that-no-page-shows"


def ask(
    app: AppServer, method: str, target: str, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Send a request as it stands: no library tidies up the address."""
    address = urlsplit(app.url)
    asking = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    try:
        asking.putrequest(method, target, skip_host="host" in headers, skip_accept_encoding=True)
        if "host" in headers:
            asking.putheader("Host", headers.pop("host"))
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            asking.putheader(name.replace("_", "-"), value)
        asking.endheaders(body or None)
        answer = asking.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    finally:
        asking.close()


def upload_address(visitor: Visitor) -> str:
    """Return the address to which Streamlit's ordinary uploader sends this visitor's files."""
    visitor.visit("", stack=DEMO)
    return f"/_stcore/upload_file/{visitor.session_id}/a-file"


@pytest.mark.parametrize("token", ["", "2|00000000|0000|0"])
def test_an_upload_that_another_page_forges_is_refused(app: AppServer, token: str):
    with Visitor(app.url) as visitor:
        address = upload_address(visitor)
        assert visitor.put_file(address, "a.json", b"fine").status_code == 204
        forged = visitor.cookies.put(
            f"{app.url}{address}", files={"file": b"bad"}, headers={XSRF_HEADER: token} if token else {}
        )
        assert forged.status_code == 403
        without_cookie = requests.put(
            f"{app.url}{address}",
            files={"file": b"bad"},
            headers={XSRF_HEADER: visitor.cookies.cookies[XSRF_COOKIE]},
        )
        assert without_cookie.status_code == 403


def test_a_page_from_elsewhere_cannot_talk_to_the_app(app: AppServer):
    with Visitor(app.url) as visitor:
        with connection(app.url, visitor.cookies) as socket_of_its_own:
            assert socket_of_its_own.subprotocol == "streamlit"
        with pytest.raises(InvalidStatus) as refusal, connection(app.url, visitor.cookies, ELSEWHERE):
            pass
        assert refusal.value.response.status_code == 403


FOREIGN = ("rebound.example", "rebound.example:80", "127.0.0.1.rebound.example", "", "localhost@x", "[::1")


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_is_refused(app: AppServer, host: str):
    for target in ("/", "/_stcore/health", "/uploads/a.raw", "/static/x.js"):
        status, _, body = ask(app, "GET", target, host=host)
        assert status in (400, 421)
        assert b"<html" not in body


def test_a_foreign_host_gets_no_websocket(app: AppServer):
    port = urlsplit(app.url).port
    with Visitor(app.url) as visitor:
        with (
            pytest.raises(InvalidStatus) as refusal,
            connection(app.url, visitor.cookies, "http://rebound.example", "rebound.example"),
        ):
            pass
        assert refusal.value.response.status_code == 403
        with connection(app.url, visitor.cookies, None, f"localhost:{port}"):
            pass


def test_figures_about_the_server_are_not_public(app: AppServer):
    assert ask(app, "GET", "/_stcore/metrics")[0] == 404


def test_every_answer_says_what_a_browser_may_do_with_it(app: AppServer):
    for target in ("/", "/maps", "/_stcore/health", "/uploads/x.raw", "/downloads/x", "/visitor/forget"):
        _, headers, _ = ask(app, "GET", target, Accept="text/html")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
    for target in ("/uploads/x.raw", "/downloads/x", "/visitor/forget", "/answers/x"):
        _, headers, _ = ask(app, "GET", target, Accept="text/html")
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
    policy = ask(app, "GET", "/", Accept="text/html")[1]["content-security-policy"]
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


def test_an_address_of_five_thousand_letters_gets_a_sentence(app: AppServer):
    for stack in ("a" * 5000, "b/" * 2500, "..", "c\0d", "upload-" + "0" * 5000):
        with Visitor(app.url) as visitor:
            visitor.visit("maps", stack=stack)
            assert not visitor.page.all("exception")
            assert visitor.page.troubles
            assert max(map(len, visitor.page.troubles)) < 300


@pytest.mark.parametrize(
    "target", ["/", "/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/a/b"]
)
def test_a_page_from_elsewhere_may_read_no_answer(app: AppServer, target: str):
    for method in ("GET", "OPTIONS"):
        _, headers, _ = ask(app, method, target, Origin=ELSEWHERE)
        assert headers.get("access-control-allow-origin") not in ("*", ELSEWHERE)


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(app: AppServer):
    with Visitor(app.url) as visitor:
        address = upload_address(visitor)
        token = visitor.cookies.cookies[XSRF_COOKIE]
        status, _, _ = ask(
            app, "PUT", address,
            Content_Length=str(10 * 1024**2 + 1), Cookie=f"{XSRF_COOKIE}={token}", X_Xsrftoken=token,
        )  # fmt: skip
        assert status == 413


TRAVERSALS = [
    "/app/static/..%2f..%2fstreamlit_app.py",
    "/app/static/../../streamlit_app.py",
    "/app/static/%2e%2e/%2e%2e/streamlit_app.py",
    "/app/static/..%5c..%5cstreamlit_app.py",
    "/app/static/..%252f..%252fstreamlit_app.py",
    "/app/static/demo.datastack",
    "/../../../../../../etc/passwd",
    "/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/media/..%2f..%2frequirements.txt",
    "/component/streamlit_image_coordinates.streamlit_image_coordinates/..%2f..%2f..%2f..%2fpyvenv.cfg",
    "/_stcore/bidi-components/maxrf_chart/..%2f..%2frequirements.txt",
    "/downloads/..%2f..%2frequirements.txt?ticket=x",
    "/uploads/..%2f..%2frequirements.txt",
    "/.streamlit/config.toml",
    "/requirements.txt",
    "/data/demo.datastack",
    "/demo.datastack",
    "/.uploads/",
    "/maps/..%00/etc/passwd",
]


@pytest.mark.parametrize("target", TRAVERSALS)
def test_no_address_leads_to_a_file_of_ours(app: AppServer, target: str):
    status, _, body = ask(app, "GET", target)
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    assert 300 <= status < 500 or (status == 200 and body == page), f"{status}: {body[:80]!r}"
    for file in ("/etc/passwd", PROJECT / "streamlit_app.py", PROJECT / "requirements.txt"):
        assert Path(file).read_bytes()[:40] not in body


ODD_REQUESTS = [
    ("GET", "/nowhere/at/all"),
    ("GET", "/_stcore/nothing"),
    ("GET", "/_stcore/agent/openapi.json"),
    ("POST", "/_stcore/agent/interact"),
    ("GET", "/media/0123.png"),
    ("GET", "/component/none/index.html"),
    ("GET", "/_stcore/bidi-components/none/index.js"),
    ("PUT", "/_stcore/upload_file/none/none"),
    ("DELETE", "/_stcore/upload_file/none/none"),
    ("POST", "/"),
    ("PATCH", "/maps"),
    ("GET", "/_stcore/stream"),
    ("GET", "/%ff%fe"),
    ("GET", "/uploads/x.datastack"),
    ("PUT", "/uploads/x.datastack"),
    ("GET", "/downloads/x.datastack?ticket=x"),
    ("GET", "/downloads/x.datastack"),
]


@pytest.mark.parametrize(("method", "target"), ODD_REQUESTS)
def test_no_answer_tells_a_version_or_a_path(app: AppServer, method: str, target: str):
    status, headers, body = ask(app, method, target)
    assert status < 500
    told = f"{headers} {body.decode(errors='replace')}"
    assert not leaks(told), leaks(told)


def leaks(told: str) -> list[str]:
    """List the versions and paths in a text."""
    telling = (
        re.escape(streamlit.__version__), rf"\b{re.escape(sys.version.split()[0])}\b", r"Python/\d",
        "Traceback", re.escape(str(PROJECT)), re.escape(sys.prefix), "site-packages", "/tmp/", "/home/",
    )  # fmt: skip
    return [found for pattern in telling for found in re.findall(pattern, told)]


def test_a_failure_of_the_app_tells_visitors_nothing(tmp_path: Path):
    (tmp_path / "data").mkdir()
    script = tmp_path / "failing.py"
    script.write_text(f"raise RuntimeError('{SECRET} in {tmp_path}')\n")
    settings = tmp_path / ".streamlit"
    settings.mkdir()
    (settings / "config.toml").write_bytes((PROJECT / ".streamlit" / "config.toml").read_bytes())
    with AppServer(tmp_path / "data", script) as server, Visitor(server.url) as visitor:
        visitor.visit()
        (shown,) = visitor.page.all("exception")
        assert not shown.stack_trace
        assert not leaks(f"{shown.type} {shown.message}")
        assert not visitor.was_told(SECRET)
        assert SECRET in server.output()  # but the operator is told


def test_the_app_answers_this_computer_only_unless_the_operator_decides_otherwise(tmp_path: Path):
    (tmp_path / "data").mkdir()
    with AppServer(tmp_path / "data", address=None) as server:
        port = urlsplit(server.url).port
        assert ask(server, "GET", "/_stcore/health")[2] == b"ok"
        # To one that listens on all addresses this computer's second one would lead, too.
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=5):
            pass
