"""The app without a browser, on a data folder of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput

from maxrf_core import DataStack, convert
from maxrf_core.imaging.read import read_picture
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import load_points, register
from server.incoming_file import Upload
from server.settings import uploads
from server.upload_check import check_upload
from tests.demo_folder import DemoFolder
from tests.once import made_once
from widgets.session.choice import Choice, Part

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
PAGES = ("open", "maps", "spectra", "register", "compare", "contents")
# Parts of the page Look by the names of the pages that they were
PARTS: dict[str, Part] = {"look": "bench", "elements": "elements", "maps": "bands", "spectra": "spectra"}
Open = Callable[..., AppTest]


@pytest.fixture
def data_folder(demo_folder: DemoFolder, made_demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the app's data folder, which holds the demo."""
    demo_folder.hold(made_demo)
    monkeypatch.setenv("MAXRF_DATA", str(demo_folder.path))
    monkeypatch.delenv("MAXRF_READ_ONLY", raising=False)
    return demo_folder.path


@pytest.fixture
def open_page(data_folder: Path) -> Open:
    """Return a function that opens a page of the app, as a visitor who comes with an address does."""

    def opened(page: str, stack: str | None = "demo.datastack", **address: str) -> AppTest:
        return come_to(page, address if stack is None else {"stack": stack, **address})

    return opened


def come_to(page: str, address: dict[str, str], patience: int = 60) -> AppTest:
    """Open a page of the app, as a visitor who comes with an address does."""
    app = AppTest.from_file(str(APP), default_timeout=patience)
    for name, value in address.items():
        app.query_params[name] = value
    with pytest.MonkeyPatch.context() as first:
        first.setenv("MAXRF_READ_ONLY", "1")  # else Open makes a demo where none is, for twelve seconds
        app.run()
    go_to(app, page)
    assert not app.exception
    return app


def go_to(app: AppTest, page: str) -> None:
    """Go to a page, or to a part of the page Look."""
    if page in PARTS:
        choice_of(app).part = PARTS[page]
    app.switch_page(f"pages/{'look' if page in PARTS else page}.py").run()


@pytest.fixture(scope="session")
def registered_demo(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Register the demo's photograph once, in a folder of which tests take copies."""

    def make(folder: Path) -> None:
        shutil.copytree(made_demo, folder, dirs_exist_ok=True)
        src, dst = load_points(folder / "demo_points.json")
        photo = read_picture(folder / "demo_photo.png")
        result = register(photo, (300, 280), src, dst, photo_name="demo_photo.png")
        DataStack(folder / "demo.datastack").append(result.arrays, result.attributes)

    return made_once(tmp_path_factory, "registered", make)


@pytest.fixture
def ds(data_folder: Path, demo_folder: DemoFolder, registered_demo: Path) -> DataStack:
    """Return the demo in the app's data folder, with its photograph registered."""
    demo_folder.hold(registered_demo)
    return DataStack(data_folder / "demo.datastack")


def start(stack: str | None = None, choice: Choice | None = None) -> AppTest:
    """Start the app on the page Open, with its sidebar, which AppTest leaves out after the first run."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    if stack is not None:
        app.query_params["stack"] = stack
    if choice is not None:
        app.session_state["choice"] = choice
    app.run()
    assert not app.exception
    return app


def choice_of(app: AppTest) -> Choice:
    """Return what the visitor has chosen."""
    choice: Choice = app.session_state["choice"]
    return choice


def texts(app: AppTest) -> str:
    """Return all sentences on the page."""
    messages = (app.info, app.warning, app.error, app.success)
    words = (app.markdown, app.caption, app.header, app.title)
    return "\n".join(element.value for kind in (*messages, *words) for element in kind)


def set_demo_points(app: AppTest, folder: Path) -> None:
    """Set the four points that come with the demo."""
    points = json.loads((folder / "demo_points.json").read_text())
    pairs = choice_of(app).pairs
    pairs.replace(
        [tuple(point) for point in points["src_points"]], [tuple(point) for point in points["dst_points"]]
    )


def labels(app: AppTest) -> list[str]:
    """Return the labels of all buttons on the page."""
    return [button.label for button in app.button]


def press(app: AppTest, label: str) -> None:
    """Press the button with this label."""
    next(button for button in app.button if button.label == label).click().run(timeout=120)
    assert not app.exception


def make_scan_with_nmf_maps(path: Path) -> None:
    """Make a scan that has maps of Fe and Ca by factorisation, as maxrf4u's notebooks store them."""
    counts = np.random.default_rng(0).poisson(2, (30, 40, 16)).astype(np.uint8)
    maps = np.random.default_rng(1).random((2, 30, 40))
    ds = DataStack(convert(ArrayScan(counts), path))
    ds.append({"nmf_elementmaps": maps, "nmf_elements": np.array(["Fe", "Ca"])})


def field(app: AppTest, label: str) -> NumberInput:
    """Return the number field with this label; its key changes with what it shows."""
    return next(each for each in app.number_input if each.label == label)


def arrive(owner: str, name: str, path: Path) -> Upload:
    """Bring a file to the server as the route for uploads does."""
    content = path.read_bytes()
    with uploads().receive(owner, name, len(content)) as arrival:
        arrival.write(content)
    return check_upload(uploads(), arrival.upload)


def viewer_data(app: AppTest) -> list[dict[str, Any]]:
    """Return what the viewer's script in the browser gets: first what to show, then the pictures."""
    viewers = [each.proto for each in app.get("bidi_component")]
    return [json.loads(each.json) for each in viewers if each.component_name == "maxrf_viewer"]


def pictures(app: AppTest) -> dict[str, str | None]:
    """Return the address of each picture by its place."""
    return {each["place"]: each["url"] for each in viewer_data(app) if "place" in each}
