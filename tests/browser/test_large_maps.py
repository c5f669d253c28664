"""Maps larger than a screen are sharp and exact, and do not slow the visitor down."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from maxrf_core import DataStack, convert
from maxrf_core.readers import ArrayScan
from tests.browser.app_server import PROJECT, AppServer
from tests.browser.visitor import (
    ON_SCREEN,
    PATIENCE,
    click_on_map,
    drag_across_chart,
    fine_part,
    new_context,
    place_on_chart,
    place_on_map,
    point_at_map,
    shown_ranges,
    turn_wheel_on_map,
    visit,
    wait_until_idle,
)

pytestmark = pytest.mark.browser
# A page with a map that is not done before the test says so, by a file.
SLOW_PAGE = """
import itertools
import numpy as np
import streamlit as st
from widgets.session.band_map_cache import cached_map
from server.settings import data_folder

def make(progress):
    with (data_folder() / "begun").open("a") as begun:
        begun.write(f"{band} ")
    for _ in itertools.takewhile(lambda _: band == "slow" and not done.exists(), itertools.count()):
        progress(0.4, "reading")
    return np.ones((3, 4))

done = data_folder() / "done"
band = st.segmented_control("Band", ["quick", "slow", "another"], default="quick", required=True)
cached_map(band, make)
st.write(f"The map of {band} is shown.")
"""
# Moves the mouse, whose button is down, to and fro without a rest, however slow the computer is
MOVE_UNTIL_COARSE = """async ([left, clientY, patience]) => {
    const {dataset} = document.querySelector('.st-key-chart-maps-map .maxrf-chart');
    for (let step = 0; !dataset.coarse && step * 5 < patience; step += 1) {
        const move = {clientX: left + step % 40, clientY, buttons: 1, bubbles: true};
        document.dispatchEvent(new MouseEvent('mousemove', move));
        await new Promise(resolve => setTimeout(resolve, 5));
    }
    return dataset.coarse;
}"""
MAPS = "maps?stack=large.datastack&lo=0&hi=16"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """Run the app on a data folder that holds a large scan of few channels."""
    folder = tmp_path_factory.mktemp("data")
    counts = np.random.default_rng(0).poisson(2, (1200, 1100, 64)).astype(np.uint8)
    convert(ArrayScan(counts), folder / "large.datastack")
    with AppServer(folder) as server:
        yield server


def value_at(app: AppServer, x: int, y: int) -> str:
    """Return what a label should tell about a pixel."""
    value = DataStack(app.data_folder / "large.datastack").band_map(0, 16)[y, x]
    return f"{float(f'{value:.4g}'):g} counts per channel"


def test_all_of_a_large_map_tells_means_and_zoomed_in_the_values_of_pixels(page: Page, app: AppServer):
    visit(page, f"{app.url}/{MAPS}")
    expect(point_at_map(page, "maps-map", 500, 600)).to_contain_text("mean of 5 × 5 pixels")
    turn_wheel_on_map(page, "maps-map", 500, 600, 12)
    expect(fine_part(page, "maps-map")).to_be_visible()
    wait_until_idle(page)
    for x, y in ((500, 600), (510, 590)):
        label = point_at_map(page, "maps-map", x, y)
        expect(label).to_contain_text(f"x {x}, y {y}")
        expect(label).to_contain_text(value_at(app, x, y))
        expect(label).not_to_contain_text("mean")


def test_a_band_that_moves_is_shown_coarsely_which_is_said_and_exactly_where_it_rests(
    page: Page, app: AppServer
):
    visit(page, f"{app.url}/{MAPS}")
    shown = page.locator(".st-key-chart-maps-map .maxrf-chart")
    left, height = place_on_chart(page, "chart-maps-spectrum", 30)
    page.mouse.move(left, height)
    page.mouse.down()
    said = page.evaluate(MOVE_UNTIL_COARSE, [left + 20, height, PATIENCE])
    assert said == "Coarse while the band moves"
    expect(shown).to_have_attribute("data-coarse", "")
    page.mouse.up()
    wait_until_idle(page)


@pytest.mark.parametrize("ratio", [pytest.param(1.0, marks=pytest.mark.soak), 2.5])
def test_a_click_takes_the_pixel_that_hovering_names_at_every_zoom(
    browser: Browser, app: AppServer, ratio: float
):
    context = new_context(browser, pixel_ratio=ratio)
    page = context.new_page()
    visit(page, f"{app.url}/{MAPS}")
    chart, label = "maps-map", page.locator(".st-key-chart-maps-map .chart-value")
    for turns in (0, 4, 9, -3):
        turn_wheel_on_map(page, chart, 700, 500, turns)
        wait_until_idle(page)
        expect_click_to_take(page, hovered(label), "after turning the wheel, without moving the mouse")
        for step in range(3):
            across, down = place_on_map(page, chart, 700 + step, 500 - step)
            page.mouse.move(0, 0)
            expect(label).to_be_empty()  # then what it tells next is of where the mouse is
            page.mouse.move(across + 0.4 * step, down + 0.45 * step)
            expect_click_to_take(page, hovered(label), "where the mouse was moved")
    context.close()


def hovered(label: Locator) -> list[int]:
    """Read which pixel the label beside the mouse names."""
    expect(label).not_to_be_empty()
    return [int(number) for number in re.findall(r"\d+", label.inner_text())[:2]]


def expect_click_to_take(page: Page, pixel: list[int], words: str) -> None:
    """Click where the mouse is; the page then tells of a pixel."""
    page.mouse.down()
    page.mouse.up()
    told = page.get_by_text(re.compile(r"^Pixel \d+, \d+:"))
    expect(told, words).to_contain_text("Pixel {}, {}:".format(*pixel))
    wait_until_idle(page)


def test_a_zoom_outlives_the_finer_picture_and_another_band(page: Page, app: AppServer):
    visit(page, f"{app.url}/{MAPS}")
    turn_wheel_on_map(page, "maps-map", 300, 900, 12)
    expect(fine_part(page, "maps-map")).to_be_visible()
    wait_until_idle(page)
    zoomed = shown_ranges(page, "maps-map")
    drag_across_chart(page, "chart-maps-spectrum", 20, 40)
    assert shown_ranges(page, "maps-map") == zoomed
    expect(fine_part(page, "maps-map")).to_be_visible()
    page.get_by_text("Logarithmic scale").click()
    wait_until_idle(page)
    assert shown_ranges(page, "maps-map") == zoomed


def test_the_finer_picture_and_a_mark_stay_in_their_places(page: Page, app: AppServer):
    visit(page, f"{app.url}/{MAPS}")
    click_on_map(page, "maps-map", 400, 500)
    words = page.get_by_text(re.compile(r"^Pixel \d+, \d+:")).inner_text()
    x, y = map(int, re.findall(r"\d+", words)[:2])
    turn_wheel_on_map(page, "maps-map", x, y, 12)
    expect(fine_part(page, "maps-map")).to_be_visible()
    for turns in (1, -1):
        wait_until_idle(page)
        assert distances(page, x, y) == pytest.approx([0] * 6, abs=0.02)
        turn_wheel_on_map(page, "maps-map", x, y, turns)


def distances(page: Page, x: int, y: int) -> list[float]:
    """Measure how far the ring of a pixel and the edges of the fine part are from their places."""
    found: list[float] = page.locator(".st-key-chart-maps-map .js-plotly-plot").evaluate(
        f"""(chart, [x, y]) => {{
            {ON_SCREEN}
            const boxOf = (selector) => chart.querySelector(selector).getBoundingClientRect();
            const ring = boxOf('.shapelayer path'), image = boxOf('.imagelayer image:nth-of-type(2)');
            const part = chart.layout.images[1];
            const middle = onScreen(chart, [x, y]);
            const corners = [[part.x, part.y], [part.x + part.sizex, part.y + part.sizey]];
            const [[left, top], [right, bottom]] = corners.map(corner => onScreen(chart, corner));
            return [
                (ring.left + ring.right) / 2 - middle[0],
                (ring.top + ring.bottom) / 2 - middle[1],
                image.left - left, image.top - top, image.right - right, image.bottom - bottom,
            ];
        }}""",
        [x, y],
    )
    return found


def test_the_next_band_overtakes_a_map_that_is_still_being_made(page: Page, tmp_path: Path):
    folder = tmp_path / "data"
    folder.mkdir()
    script = tmp_path / "slow_page.py"
    script.write_text(SLOW_PAGE)
    environment = {"PYTHONPATH": str(PROJECT), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}
    with AppServer(folder, script, environment) as server:
        visit(page, server.url)
        expect(page.get_by_text("The map of quick is shown.")).to_be_visible()
        page.get_by_text("slow", exact=True).click()
        expect(page.get_by_text("Making the map of this band … 40%")).to_be_visible()
        page.get_by_text("another", exact=True).click()
        expect(page.get_by_text("The map of another is shown.")).to_be_visible()
        expect(page.get_by_text("Making the map of this band")).to_have_count(0)
        (folder / "done").touch()
        page.get_by_text("slow", exact=True).click()
        expect(page.get_by_text("The map of slow is shown.")).to_be_visible()
        page.get_by_text("quick", exact=True).click()
        expect(page.get_by_text("The map of quick is shown.")).to_be_visible()
        assert (folder / "begun").read_text().split() == ["quick", "slow", "another", "slow"]
        assert "Traceback" not in server.output()
        page.goto("about:blank")  # else the page misses its server
