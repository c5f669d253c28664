"""Points can be set in a picture of three maps."""

import json
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Open, choice_of, set_demo_points


def picture_of_the_map(app: AppTest) -> str:
    """Return the picture in which points of the map are set, as the browser gets it."""
    pictures = [json.loads(each.proto.json_args) for each in app.get("component_instance")]
    return next(each["src"] for each in pictures if "map" in each["key"])


def press_control(app: AppTest, label: str, value: str) -> None:
    next(each for each in app.segmented_control if each.label == label).set_value(value).run()
    assert not app.exception


def test_three_elements_are_shown_as_red_green_and_blue(open_page: Open):
    app = open_page("register")
    one = picture_of_the_map(app)
    press_control(app, "Shown", "three")
    three = picture_of_the_map(app)
    assert three != one
    colours = {box.label: box.value.label for box in app.selectbox if box.label in ("Red", "Green", "Blue")}
    assert len(set(colours.values())) == 3
    other = next(box for box in app.selectbox if box.label == "Red")
    other.set_value(next(line for line in other.options if line == "Hg La · mercury")).run()
    assert not app.exception
    assert picture_of_the_map(app) != three


def test_what_is_shown_changes_no_point(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    before = np.array(choice_of(app).pairs.placed())
    press_control(app, "Shown", "three")
    np.testing.assert_array_equal(np.array(choice_of(app).pairs.placed()), before)
