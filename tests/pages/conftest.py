"""What the tests of pages share: the app without a browser, on a data folder of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from widgets.session.choice import Choice

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
Open = Callable[..., AppTest]


@pytest.fixture
def data_folder(tmp_path: Path, made_demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the app a data folder that holds the demo."""
    folder = tmp_path / "data"
    shutil.copytree(made_demo, folder)
    monkeypatch.setenv("MAXRF_DATA", str(folder))
    monkeypatch.delenv("MAXRF_READ_ONLY", raising=False)
    return folder


@pytest.fixture
def open_page(data_folder: Path) -> Open:
    """Give a function that opens a page of the app, as a visitor who comes with an address does."""

    def opened(page: str, stack: str | None = "demo.datastack", **address: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        if stack is not None:
            app.query_params["stack"] = stack
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        return app

    return opened


def choice_of(app: AppTest) -> Choice:
    """Give what the visitor has chosen."""
    choice: Choice = app.session_state["choice"]
    return choice


def texts(app: AppTest) -> str:
    """Give all sentences on the page."""
    messages = (app.info, app.warning, app.error, app.success)
    words = (app.markdown, app.caption, app.subheader, app.title)
    return "\n".join(element.value for kind in (*messages, *words) for element in kind)


def set_demo_points(app: AppTest, folder: Path) -> None:
    """Set the four points that come with the demo."""
    points = json.loads((folder / "demo_points.json").read_text())
    pairs = choice_of(app).pairs
    pairs.replace(
        [tuple(point) for point in points["src_points"]], [tuple(point) for point in points["dst_points"]]
    )
