"""A registered photograph's transform into another picture is saved on Compare, with its precision."""

import numpy as np

from maxrf_core import DataStack
from maxrf_core.registration.exchange.write import TRANSFORM_KINDS
from maxrf_core.registration.frame_graph import FrameGraph
from maxrf_core.registration.points_io import read_points
from maxrf_core.registration.register import homography, register
from tests.pages.conftest import Open, texts

SHAPE = (150, 140)  # of the infrared photograph: half the map's pixels


def add_infrared(ds: DataStack) -> None:
    corners = np.array([[0.0, 0], [139, 0], [139, 149], [0, 149]])
    made = register(
        np.ones(SHAPE, np.uint8), ds.shape, corners, 2 * corners + 0.5, "imir", photo_name="ir.tif"
    )
    ds.append(made.arrays, made.attributes)


def test_the_infrared_leads_into_the_photograph_and_onto_the_maps(open_page: Open, ds: DataStack):
    add_infrared(ds)
    app = open_page("compare")
    assert "offered-files" not in app.session_state or not _saved(app)
    app.session_state["into"] = True
    app.run()
    assert not app.exception
    box = app.selectbox(key="into-picture")
    assert [title.split(" ")[0] for title in box.options] == ["imvis_reg_highres", "The"]
    assert r"pixels of demo\_photo\.png" in texts(app)
    assert "the map is laid" not in texts(app)
    saved = _saved(app)
    assert set(saved) == set(TRANSFORM_KINDS)
    assert saved["world-file"].name == "ir_on_demo_photo_world-file.tfw"
    photo_shape = ds.attributes("imvis_points")["photo_shape"][:2]
    points = read_points(saved["json"].make(), photo_shape=SHAPE, map_shape=photo_shape)
    there = np.array([[20.0, 30], [100, 90]])
    np.testing.assert_allclose(
        homography(points.src, points.dst).apply(there),
        FrameGraph(ds).path("imir", "imvis").transform.apply(there),
        atol=1e-6,
    )
    box.select("map").run()
    assert _saved(app)["world-file"].name == "ir_on_demo_world-file.tfw"


def _saved(app):
    files = app.session_state["offered-files"].files
    return {
        key.removeprefix("into-save-"): file for key, file in files.items() if key.startswith("into-save-")
    }
