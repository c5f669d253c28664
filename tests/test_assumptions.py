"""What the app assumes of Streamlit, Plotly and streamlit-image-coordinates beyond their documentation.

A new release that breaks an assumption is told here in words, before somebody meets it on a page.
"""

import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs
from streamlit.components.v2.component_path_utils import ComponentPathUtils
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_routes import (
    BASE_ROUTE_COMPONENT,
    BASE_ROUTE_UPLOAD_FILE,
    ROUTE_METRICS,
)

from server.assets import component_script
from server.request_guard import _METRICS, _UPLOADS
from widgets.register.click_component import PAGE

CLICKS = "streamlit_image_coordinates"


def frontend() -> dict[str, str]:
    """Return the scripts of Streamlit's page by their names."""
    folder = Path(str(files("streamlit"))) / "static"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.js")}


@pytest.fixture(scope="module")
def plotly_script() -> str:
    return get_plotlyjs()


def test_plotly_has_the_events_and_functions_that_our_charts_use(plotly_script: str):
    wanted = ("plotly_click", "plotly_hover", "plotly_selecting", "plotly_selected", "plotly_relayout")
    missing = [name for name in (*wanted, "xvals", "yvals") if name not in plotly_script]
    assert not missing, f"plotly {version('plotly')} no longer knows {missing}"


@pytest.mark.parametrize(
    "layout",
    [
        {"clickanywhere": True},
        {"hoveranywhere": True},
        {"uirevision": "axes"},
        {"selectionrevision": "band"},
        {"images": [{"source": "data:image/png;base64,", "sizing": "stretch", "layer": "below"}]},
    ],
    ids=lambda layout: next(iter(layout)),
)
def test_plotly_takes_the_settings_that_our_charts_use(layout: dict):
    try:
        go.Layout(**layout)
    except ValueError as error:
        pytest.fail(f"plotly {version('plotly')} no longer takes {layout}: {error}", pytrace=False)


def test_plotly_becomes_a_global_when_its_script_is_imported(plotly_script: str):
    assert "window.Plotly = Plotly" in plotly_script, (
        f"the script of plotly {version('plotly')} no longer sets window.Plotly when it is imported"
    )


def test_streamlit_takes_the_script_of_a_component_for_a_script():
    script = component_script("viewer/viewer.js")
    assert ComponentPathUtils.looks_like_inline_content(script), (
        f"Streamlit {version('streamlit')} takes our script for the path of a file; see server/assets.py"
    )


def test_streamlit_runs_a_component_with_what_our_scripts_use():
    scripts = [text for name, text in frontend().items() if name.startswith("BidiComponent.")]
    assert len(scripts) == 1, f"Streamlit {version('streamlit')} has its components elsewhere"
    for name in ("parentElement", "setStateValue", "setTriggerValue", "createObjectURL", ".default("):
        assert name in scripts[0], f"Streamlit {version('streamlit')} gives components no {name}"


def test_streamlit_gives_a_container_with_a_key_a_class_of_that_name():
    assert any("st-key-" in text for text in frontend().values()), (
        f"Streamlit {version('streamlit')} has no class st-key-…, by which the viewer finds its pictures"
    )


def test_streamlit_has_the_addresses_that_the_server_guards():
    for address, guarded in ((ROUTE_METRICS, _METRICS), (f"{BASE_ROUTE_UPLOAD_FILE}/", _UPLOADS)):
        assert f"/{address}" == guarded, (
            f"Streamlit {version('streamlit')} answers at {address} what server/request_guard.py guards"
        )
    assert BASE_ROUTE_COMPONENT == "component", "server/security_headers.py leaves out component pages"


def test_streamlit_keeps_sessions_and_uploads_where_the_server_looks(tmp_path: Path):
    """The private names in server/streamlit_internals.py; that they work is tested with the real server."""
    storage = MemorySessionStorage()
    assert hasattr(storage, "_cache"), "Streamlit keeps ended sessions elsewhere than in _cache"
    assert hasattr(storage._cache, "expire"), "Streamlit's _cache of ended sessions cannot be told to expire"
    manager = WebsocketSessionManager(storage, MemoryUploadedFileManager("/"), None, None)
    assert manager._session_storage is storage, "Streamlit's session manager has its storage elsewhere"
    from streamlit.runtime import Runtime

    source = Path(str(files("streamlit")), "runtime", "runtime.py").read_text(encoding="utf-8")
    assert "self._session_mgr" in source, "Streamlit's runtime has its session manager elsewhere"
    assert isinstance(Runtime.uploaded_file_mgr, property)


def test_streamlit_has_its_scripts_in_its_page_where_the_policy_counts_them():
    page = Path(str(files("streamlit")), "static", "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    counted = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(inline) == len(counted), (
        f"Streamlit {version('streamlit')} writes scripts into its page that server/security_headers.py does "
        "not count, so that browsers would refuse them"
    )


def test_an_app_can_be_tested_without_a_browser():
    app = AppTest.from_string("import streamlit as st\nst.text_input('x', key='x')").run()
    assert app.session_state["x"] == ""


def test_the_page_for_clicks_is_that_of_the_package_but_for_waiting_scripts():
    packaged = Path(str(files(CLICKS)), "frontend", "index.html").read_text(encoding="utf-8")
    own, where = PAGE.read_text(encoding="utf-8"), f"../{CLICKS}.{CLICKS}/"
    scripts = re.findall(r'<script src="\./([^"]+)"', packaged)
    ours = ["box.js"]  # which draws the box that is zoomed into
    assert re.findall(r'<script defer src="([^"]+)"', own) == [*(where + name for name in scripts), *ours], (
        f"{CLICKS} {version('streamlit-image-coordinates')} has other scripts than widgets/register runs"
    )
    assert re.findall(r'<script type="module" src="([^"]+)"', own) == ["cursor.js"]  # the shared cursor
    assert len(re.findall("<script", own)) == len(scripts) + len(ours) + 1
    ids = re.findall(r'\bid="([^"]+)"', packaged)
    assert re.findall(r'\bid="([^"]+)"', own) == [*ids, "box", "cursor"], (
        f"{CLICKS} needs another page by now"
    )
    for name in (*scripts, "style.css"):
        assert f'"{where}{name}"' in own
        assert Path(str(files(CLICKS)), "frontend", name).is_file(), f"{CLICKS} no longer has {name}"


def test_the_scripts_for_clicks_take_and_send_what_the_app_does():
    script = Path(str(files(CLICKS)), "frontend", "main.js").read_text(encoding="utf-8")
    assert "cursor_link" not in script, f"{CLICKS} has an argument of the name of ours"
    for name in ("src", "width", "cursor"):
        assert re.search(rf"let {{[^}}]*\b{name}\b[^}}]*}} = event\.detail\.args", script), f"no {name}"
    assert re.search(r"sendValue\(\{x: \w+, y: \w+, width: [\w.]+, height: [\w.]+", script)
