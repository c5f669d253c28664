"""A raw scan is converted as it is turned and named."""

import base64
import re
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Radio

from maxrf_core import DataStack
from maxrf_core.transform.coordinates import View
from server.conversions import conversions
from server.visitor_cookie import owner_id
from tests.pages.conftest import Open, labels, press


def test_a_datastack_without_a_name_is_not_made(open_page: Open, data_folder: Path):
    put_raw_scan(data_folder)
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    for name in ("", " . ", "../evil", "a/b"):
        next(field for field in app.text_input if field.label == "Name of the datastack").set_value(
            name
        ).run()
        assert "Convert" not in labels(app), name
        assert len(app.warning) == 1


def orientation(app: AppTest) -> Radio:
    """Return the choice of the orientation."""
    [found] = [each for each in app.radio if each.label == "Which one has the orientation of the artwork?"]
    return found


def put_raw_scan(data_folder: Path) -> np.ndarray:
    rng = np.random.default_rng(7)
    counts = rng.poisson(2, (20, 30, 128)).astype("<u2")
    counts[3:8, 4:9, 60:64] += 50
    (data_folder / "scan.raw").write_bytes(counts.tobytes())
    (data_folder / "scan.rpl").write_text(
        "key\tvalue\nwidth\t30\nheight\t20\ndepth\t128\noffset\t0\ndata-length\t2\ndata-type\tunsigned\n"
        "byte-order\tlittle-endian\nrecord-by\tvector\n"
    )
    return counts


def test_the_eight_orientations_are_offered_as_pictures_of_the_scan(open_page: Open, data_folder: Path):
    put_raw_scan(data_folder)
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    choice = orientation(app)
    assert choice.value == View()  # as in the file, unless another one is chosen
    shown = {}
    for option in choice.options:
        found = re.fullmatch(r"!\[\]\(data:image/png;base64,(.*)\) (.*)", option)
        assert found
        shown[found[2]] = np.asarray(Image.open(BytesIO(base64.b64decode(found[1]))))
    assert len(shown) == 8
    upright = shown["As in the file"]
    assert upright.shape[:2] == (20, 30)
    turned = shown["Mirrored, turned by 90° clockwise"]
    np.testing.assert_array_equal(turned, np.rot90(upright[:, ::-1], -1))


def test_of_several_cubes_the_visitor_chooses_one(open_page: Open, data_folder: Path):
    counts = np.random.default_rng(3).poisson(4, (64, 6, 5)).astype("<u2")
    with h5py.File(data_folder / "run.h5", "w") as file:
        file["run/first"], file["run/second"] = counts + np.uint16(1), counts
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    [chooser] = [box for box in app.selectbox if box.label == "What to read"]
    assert chooser.options[0] == "run/first (channels × rows × columns): 5 × 6 pixels, 64 channels"
    chooser.set_value("run/second:cyx").run()
    press(app, "Convert")
    [begun] = conversions.of(owner_id(app.session_state["visitor-secret"]))
    assert begun.wait(60)
    made = DataStack(data_folder / "run.datastack")
    np.testing.assert_array_equal(made.read("maxrf_cube"), counts.transpose(1, 2, 0))


def test_some_of_several_detectors_are_summed(open_page: Open, data_folder: Path):
    counts = np.random.default_rng(3).poisson(4, (3, 64, 6, 5)).astype("<u2")
    with h5py.File(data_folder / "run.h5", "w") as file:
        for letter, each in zip("abc", counts, strict=True):
            file[f"MAPS_RAW/data_{letter}"] = each
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    [chooser] = [box for box in app.selectbox if box.label == "What to read"]
    assert chooser.options[-1] == "The sum of some detectors"
    chooser.set_value(" ").run()
    [detectors] = app.multiselect
    detectors.set_value(["MAPS_RAW/data_c:cyx", "MAPS_RAW/data_a:cyx"]).run()
    press(app, "Convert")
    [begun] = conversions.of(owner_id(app.session_state["visitor-secret"]))
    assert begun.wait(60)
    made = DataStack(data_folder / "run.datastack")
    np.testing.assert_array_equal(made.read("maxrf_cube"), counts[[0, 2]].sum(axis=0).transpose(1, 2, 0))
