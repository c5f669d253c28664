"""Files of element maps become one datastack, by way of the page Open."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maxrf_core import DataStack
from server.conversions import conversions
from server.visitor_cookie import owner_id
from tests.pages.conftest import Open, press, texts


@pytest.fixture
def folder(data_folder: Path) -> Path:
    """Return the app's data folder, with a folder of two maps and a photograph."""
    ink = data_folder / "ink"
    ink.mkdir()
    for number, name in enumerate(("Ca", "Fe")):
        Image.fromarray(np.full((20, 30), 40 * (number + 1), np.uint8)).save(ink / f"scan_{name}.png")
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (20, 30, 3), np.uint8)).save(ink / "photo.png")
    return data_folder


def test_the_maps_of_a_folder_become_a_datastack_and_the_photograph_is_left_out(
    folder: Path, open_page: Open
):
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("maps").run()
    assert not app.exception
    assert app.selectbox(key="maps-folder").options == ["ink", "Upload some", "The data folder itself"]
    told = texts(app)
    assert "2 maps of 30 × 20 pixels: **Ca**, **Fe**" in told
    assert "photo\\.png is a picture in colours" in told
    press(app, "Combine")
    [begun] = conversions.of(owner_id(app.session_state["visitor-secret"]))
    assert begun.wait(60)
    ds = DataStack(folder / "ink.datastack")
    assert ds.map_names == ["Ca", "Fe"]
    assert int(np.asarray(ds.stored_map("Fe")).max()) == 80
