"""Points of another photograph are shown at once, and one click takes them for one of the same size."""

from pathlib import Path

import cv2
import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.imaging.read import read_picture
from maxrf_core.registration.register import checksum, load_points, register
from tests.pages.conftest import Open, choice_of, press, texts
from widgets.register.markers import GREY, with_markers


def with_registration(folder: Path) -> tuple[list, list]:
    """Register the demo's photograph, and put two more beside it: one of its size, one smaller."""
    src, dst = load_points(folder / "demo_points.json")
    pixels = read_picture(folder / "demo_photo.png")
    result = register(
        pixels, (300, 280), src, dst, photo_name="demo_photo.png",
        photo_sha256=checksum(folder / "demo_photo.png"),
    )  # fmt: skip
    DataStack(folder / "demo.datastack").append(result.arrays, result.attributes)
    cv2.imwrite(str(folder / "infrared.png"), 255 - pixels)
    cv2.imwrite(str(folder / "smaller.png"), pixels[::2, ::3])
    return src.tolist(), dst.tolist()


def test_a_second_photograph_of_the_same_size_takes_the_points_of_the_first(
    open_page: Open, data_folder: Path
):
    src, dst = with_registration(data_folder)
    app = open_page("register")
    choice_of(app).photo = str(data_folder / "infrared.png")
    app.run()
    assert r"Faint rings: the points of demo\_photo.png" in texts(app).replace(r"\.", ".")
    press(app, r"Use the points of demo\_photo\.png")
    pairs = choice_of(app).pairs
    np.testing.assert_allclose(pairs.placed()[0], src)
    np.testing.assert_allclose(pairs.placed()[1], dst)
    assert "The points were set on another file" in texts(app)  # what is taken is said
    assert "Faint rings" not in texts(app)
    press(app, "Undo")
    assert choice_of(app).pairs.placed() == ([], [])
    assert "earlier-points-0" in [button.key for button in app.button]


def test_one_of_another_size_sees_them_on_the_map_only(open_page: Open, data_folder: Path):
    with_registration(data_folder)
    app = open_page("register")
    choice_of(app).photo = str(data_folder / "smaller.png")
    app.run()
    assert "Faint rings" in texts(app)
    assert "earlier-points-0" not in [button.key for button in app.button]


def test_points_that_were_just_placed_are_offered_to_the_next_photograph(open_page: Open, data_folder: Path):
    src, dst = with_registration(data_folder)
    app = open_page("register")
    choice_of(app).photo = str(data_folder / "smaller.png")
    choice_of(app).pairs.set_pairs(np.array(src) / 3, dst)
    app.run()
    cv2.imwrite(str(data_folder / "ultraviolet.png"), cv2.imread(str(data_folder / "smaller.png")) // 2)
    choice_of(app).photo = str(data_folder / "ultraviolet.png")
    choice_of(app).pairs.replace(src=[None] * 4)
    app.run()
    press(app, r"Use the points of smaller\.png")
    np.testing.assert_allclose(choice_of(app).pairs.placed()[0], np.array(src) / 3)


def test_faint_rings_lie_around_their_place_and_leave_it_free():
    drawn = with_markers(np.full((200, 300, 3), 128, np.uint8), [], (300, 200), ghosts=[(150, 100)])
    rows, columns = np.nonzero((drawn != 128).any(axis=2))
    far = np.hypot(columns - 150, rows - 100)
    assert 3 <= far.min() < 15
    assert (drawn == GREY).all(axis=2).any()
