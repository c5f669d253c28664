"""What Streamlit does not publish works in its real server, and does nothing where none runs."""

import subprocess
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from server.streamlit_internals import drop_ended_sessions, is_on_page, uploader_bytes

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = """
import asyncio
from pathlib import Path
from streamlit import runtime
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.starlette import App
from server.streamlit_internals import drop_ended_sessions, uploader_bytes

script = Path({folder!r}) / "script.py"
script.write_text("")

async def main():
    app = App(str(script))
    async with app.lifespan()(app):
        assert uploader_bytes() == 0
        files = runtime.get_instance().uploaded_file_mgr
        for number in range(3):
            files.add_file("visitor", UploadedFileRec(str(number), "a.json", "text/plain", bytes(1000)))
        print(uploader_bytes(), drop_ended_sessions())

asyncio.run(main())
"""


def test_the_bytes_of_streamlits_uploader_are_counted_in_its_server(tmp_path: Path):
    command = [sys.executable, "-c", PROGRAM.format(folder=str(tmp_path))]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["3000", "True"], done.stderr


def test_without_a_server_nothing_is_held_and_nothing_is_dropped():
    assert uploader_bytes() == 0
    assert drop_ended_sessions() is False


def page() -> None:
    import streamlit as st

    from server.streamlit_internals import is_on_page

    st.write(f"on a page: {is_on_page()}")


def test_a_page_knows_that_it_is_one_and_other_threads_that_they_are_not():
    assert AppTest.from_function(page).run().markdown[0].value == "on a page: True"
    assert not is_on_page()
