"""Markers that are dragged in a notebook, in a real browser: the widget's module as any notebook loads it."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

pytest.importorskip("anywidget", reason="anywidget is not installed")

from maxrf_core import ImageRegistrationHelper

pytestmark = pytest.mark.browser

PHOTO = np.zeros((300, 200, 3), np.uint8)
MAP = np.arange(40.0 * 30).reshape(40, 30)

# Loads the module and keeps the widget's state on the page, as the specification asks of any notebook
HOST = """
async ([source, state]) => {
  const heard = {};
  const model = {
    get: (key) => state[key],
    set: (key, value) => { state[key] = value; (heard[`change:${key}`] ?? []).forEach((act) => act()); },
    save_changes: () => { window.saved = structuredClone(state); },
    on: (event, act) => { (heard[event] ??= []).push(act); },
    off: () => {},
  };
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  (await import(url)).default.render({ model, el: document.body });
}
"""


SPAN_IS_OVER = """
(limit) => {
  const [left, right] = [1, 2].map((number) => document.querySelector(`[data-marker=dst-${number}]`));
  return right.getBoundingClientRect().x - left.getBoundingClientRect().x > limit;
}
"""


@pytest.fixture
def markers(browser: Browser) -> Iterator[Page]:
    helper = ImageRegistrationHelper(PHOTO, MAP, src_points=[[50, 50], [150, 50], [50, 250], [150, 250]])
    widget = helper._made()
    keys = [f"{side}_{what}" for side in ("src", "dst") for what in ("url", "size", "points")]
    state = {key: getattr(widget, key) for key in keys}
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content("<title>A notebook</title>")
    page.evaluate(HOST, [str(widget._esm), state])
    yield page
    page.close()
    assert not errors


def middle(page: Page, marker: str) -> tuple[float, float]:
    box = page.locator(f"[data-marker={marker}] circle").first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(*end, steps=3)
    page.mouse.up()


def span(page: Page) -> float:
    """Return how far the map's upper markers are apart on the screen."""
    return middle(page, "dst-2")[0] - middle(page, "dst-1")[0]


def test_a_marker_is_dragged_to_a_landmark(markers):
    first, third = middle(markers, "src-1"), middle(markers, "src-3")
    pixel = (third[1] - first[1]) / 200  # on the screen
    drag(markers, first, (first[0] + 30 * pixel, first[1] + 20 * pixel))
    points = markers.evaluate("saved.src_points")
    assert points[0] == pytest.approx([80, 70], abs=0.01)
    assert points[1:] == [[150, 50], [50, 250], [150, 250]]
    assert middle(markers, "src-1") == pytest.approx((first[0] + 30 * pixel, first[1] + 20 * pixel), abs=0.5)


def test_the_wheel_zooms_about_the_pointer_and_a_drag_moves_the_picture(markers):
    at, width = middle(markers, "dst-2"), span(markers)
    markers.mouse.move(*at)
    markers.mouse.wheel(0, -600)
    markers.wait_for_function(SPAN_IS_OVER, arg=3 * width)
    at, before = middle(markers, "dst-2"), at
    assert at == pytest.approx(before, abs=2)  # a browser tells whole pixels, of which the zoom makes several
    drag(markers, (at[0] - 60, at[1] + 60), (at[0] - 90, at[1] + 100))
    moved = middle(markers, "dst-2")
    assert moved == pytest.approx((at[0] - 30, at[1] + 40), abs=0.5)
    assert markers.evaluate("window.saved === undefined")  # no marker was moved


def test_arrow_keys_move_the_marker_that_was_clicked_and_it_stays_in_the_picture(markers):
    drag(markers, middle(markers, "dst-4"), (2000, 2000))
    assert markers.evaluate("saved.dst_points")[3] == [29.5, 39.5]
    before = middle(markers, "dst-4")
    markers.keyboard.press("ArrowLeft")
    assert middle(markers, "dst-4") == pytest.approx((before[0] - 1, before[1]), abs=0.1)


def test_all_eight_markers_have_numbers_and_names(markers):
    for side in ("src", "dst"):
        for number in "1234":
            marker = markers.locator(f"[data-marker={side}-{number}]")
            assert marker.text_content() == number
            assert f"marker {number}" in (marker.get_attribute("aria-label") or "")
