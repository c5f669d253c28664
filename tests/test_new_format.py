"""A format that is added as one file is opened, listed, uploaded, converted and documented."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]

TOY = '''"""Toy scans: a line for each row of pixels, whose counts stand behind each other."""

import numpy as np

from maxrf_core.readers.format import Format
from maxrf_core.readers.scan import ArrayScan


def open_toy(path):
    counts = np.loadtxt(path, dtype=np.uint16, ndmin=2)
    return ArrayScan(counts.reshape(len(counts), -1, 8), path.stem)


FORMAT = Format(
    name="Toy",
    written_by="the tests",
    reads="all counts",
    files=((".toy",),),
    open=open_toy,
    untrusted_check=None,
)
'''

USE = """
import http.client, json, socket, threading
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from maxrf_core.cli.formats import formats_page
from maxrf_core.cli.main import main
from server import transfer_tickets
from server.application import middleware, routes
from server.conversions import conversions
from server.visitor_cookie import owner_id

data = Path("data")
seen = {"page": formats_page(), "convert": main(["convert", "data/scan.toy", "-o", "made.datastack"])}

app = AppTest.from_file("streamlit_app.py", default_timeout=300).run()
app.switch_page("pages/open.py").run()
app.segmented_control(key="open-task").set_value("convert").run()
seen["listed"] = app.selectbox(key="convert-source").options
next(button for button in app.button if button.label == "Convert").click().run()
(begun,) = conversions.of(owner_id(app.session_state["visitor-secret"]))
assert begun.wait(300)
seen["troubles"] = [str(trouble) for trouble in (*app.exception, *app.error)]
assert begun.state == "done", begun.error
app.segmented_control(key="open-task").set_value("convert").run()
app.selectbox(key="convert-source").set_value("Upload one").run()
(told,) = (part.proto.json for part in app.get("bidi_component") if '"kinds"' in part.proto.json)
place = json.loads(told)
seen["filter"], seen["wanted"] = place["kinds"], place["wanted"]

listener = socket.create_server(("127.0.0.1", 0))
answering = Starlette(routes=routes(), middleware=middleware())
server = uvicorn.Server(uvicorn.Config(answering, log_level="error"))
thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
thread.start()
for name, content in (("sent.toy", (data / "scan.toy").read_bytes()), ("sent.unknown", b"1 2 3")):
    line = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=60)
    ticket = transfer_tickets.issue_upload("0" * 32, "")
    line.request("PUT", f"/uploads/{name}", content, {"X-Upload-Ticket": ticket})
    answer = line.getresponse()
    seen[name] = answer.status, json.loads(answer.read())
    line.close()
server.should_exit = True
thread.join()
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Return what a copy of the program shows to which one file was added."""
    copy = tmp_path_factory.mktemp("copy")
    unneeded = shutil.ignore_patterns("__pycache__", "*.pyc")
    for folder in ("maxrf_core", "server", "widgets", "pages", ".streamlit"):
        shutil.copytree(PROJECT / folder, copy / folder, ignore=unneeded)
    shutil.copy(PROJECT / "streamlit_app.py", copy)
    (copy / "maxrf_core" / "readers" / "toy.py").write_text(TOY)
    (copy / "data").mkdir()
    (copy / "data" / "demo.datastack").touch()  # so that no demo is made
    (copy / "data" / "scan.toy").write_text("\n".join(" ".join(map(str, range(24))) for _ in range(4)))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAXRF_")}
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=copy, capture_output=True, text=True, check=False,
        env={**kept, "MAXRF_DATA": str(copy / "data"), "PYTHONPATH": str(copy)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {"folder": copy, **json.loads(done.stdout.splitlines()[-1])}


def test_the_docs_table_holds_it(seen: dict):
    assert "| Toy | `.toy` | the tests | all counts | converted to a datastack |" in seen["page"]


def test_the_command_line_converts_it(seen: dict):
    assert seen["convert"] == 0
    assert (seen["folder"] / "made.datastack").is_file()


def test_the_app_lists_it_and_converts_it(seen: dict):
    assert seen["listed"] == ["scan.toy", "Upload one"]
    assert seen["troubles"] == []
    assert (seen["folder"] / "data" / "scan.datastack").is_file()


def test_the_app_offers_to_upload_it_beside_the_others(seen: dict):
    assert [[".toy"]] in seen["filter"]
    assert [[".rpl"], [".raw"]] in seen["filter"]
    assert ".toy" in seen["wanted"]


def test_the_server_accepts_it_and_nothing_unknown(seen: dict):
    status, answer = seen["sent.toy"]
    assert (status, answer.keys()) == (200, {"identifier"})
    status, answer = seen["sent.unknown"]
    assert status == 415
    assert ".toy" in answer["error"]
