"""Charts by mouse and keyboard: what Plotly tells, what the page takes, and what goes over the websocket."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from maxrf_core import DataStack
from tests.browser.app_server import AppServer
from tests.browser.visitor import (
    MAP_PICTURES,
    click_on_map,
    drag_across_chart,
    new_context,
    place_on_chart,
    place_on_map,
    shown_ranges,
    turn_wheel_on_map,
    typed,
    visit,
    wait_until,
    wait_until_idle,
)

pytestmark = pytest.mark.browser
WITH_DEMO = True
IRON = "?stack=demo.datastack&lo=6.1&hi=6.7"
MAX_BYTES = 30_000  # over the websocket, for a drag or a click
SPECTRUM = "chart-maps-spectrum"
PLOT = "document.querySelector('.st-key-chart-maps-{} .js-plotly-plot')"


def band(page: Page) -> tuple[float, float]:
    return typed(page, "From (keV)"), typed(page, "To (keV)")


def shown_selection(page: Page) -> dict[str, Any]:
    """Return the band that Plotly shows, with its height."""
    [selection] = page.evaluate(f"{PLOT.format('spectrum')}.layout.selections")
    return dict(selection)


def focus(page: Page, chart: str) -> None:
    page.locator(f".st-key-chart-maps-{chart} .maxrf-chart").focus()


def test_plotly_is_there_before_the_first_chart(page: Page, app: AppServer):
    """It is loaded while the visitor reads the first page."""
    visit(page, app.url)
    wait_until(page, "() => Boolean(window.Plotly)")


def test_arrow_keys_move_the_band_and_the_map_follows(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{IRON}&part=bands")
    first = page.evaluate(f"{MAP_PICTURES}.join()")
    focus(page, "spectrum")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    # Eleven channels of 0.02 keV; the field of the band before may still be there for a moment.
    expect(page.get_by_label("From (keV)").first).to_have_value("6.320")
    wait_until_idle(page)
    assert band(page) == (6.32, 6.92)
    assert page.evaluate(f"{MAP_PICTURES}.join()") != first
    edges = shown_selection(page)
    assert sorted([edges["x0"], edges["x1"]]) == pytest.approx([6.32, 6.92], abs=0.01)


def test_arrow_keys_move_the_pixel(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{IRON}&part=bands")
    click_on_map(page, "maps-map", 60, 90)
    focus(page, "map")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text("Pixel 59, 100:")).to_be_visible()
    wait_until_idle(page)
    curves = page.evaluate(f"{PLOT.format('pixel')}.data.map(curve => curve.name)")
    assert "Pixel 59, 100" in curves


def test_an_edge_or_the_whole_of_a_band_is_dragged_and_a_double_click_keeps_it(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{IRON}&part=bands")
    drag_across_chart(page, SPECTRUM, 9, 10)
    full = shown_selection(page)
    drag_across_chart(page, SPECTRUM, 10, 12)  # by its right edge
    assert band(page) == pytest.approx((9, 12), abs=0.1)
    edges = shown_selection(page)
    assert band(page) == pytest.approx(sorted([edges["x0"], edges["x1"]]), abs=0.001)

    x, y = place_on_chart(page, SPECTRUM, 10.5)  # by its middle, across and down
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=5)
    page.mouse.move(x + 60, y + 30, steps=5)
    page.mouse.up()
    wait_until_idle(page)
    moved = shown_selection(page)
    assert sorted([moved["x0"], moved["x1"]]) == pytest.approx(band(page), abs=0.001)
    assert band(page)[0] > 10
    heights = sorted([full["y0"], full["y1"]])
    assert sorted([moved["y0"], moved["y1"]]) == pytest.approx(heights, rel=0.02)

    page.mouse.dblclick(*place_on_chart(page, SPECTRUM, 35))
    wait_until_idle(page)
    wait_until(page, f"() => {PLOT.format('spectrum')}.layout.selections.length === 1")
    assert shown_selection(page)["x0"] == pytest.approx(moved["x0"], abs=0.01)


def test_the_theme_changes_in_the_chart_that_is_there(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{IRON}&part=bands")
    turn_wheel_on_map(page, "maps-map", 100, 100, 4)
    wait_until_idle(page)
    zoomed = shown_ranges(page, "maps-map")
    page.evaluate(f"window.known = {PLOT.format('map')}")
    light = page.evaluate("known.layout.font.color")
    page.emulate_media(color_scheme="dark")
    wait_until(page, "light => known.layout.font.color !== light", light)
    assert page.evaluate(f"known === {PLOT.format('map')}")
    assert shown_ranges(page, "maps-map") == zoomed


def test_little_goes_over_the_websocket_for_a_drag_and_a_click(page: Page, app: AppServer):
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    visit(page, f"{app.url}/look{IRON}&part=bands")
    click_on_map(page, "maps-map", 60, 90)
    for act in (
        lambda: drag_across_chart(page, SPECTRUM, 3, 5),
        lambda: click_on_map(page, "maps-map", 20, 30),
    ):
        received.clear()
        act()
        assert 0 < sum(received) < MAX_BYTES


def test_a_click_is_where_plotly_tells_it_at_every_zoom(page: Page, app: AppServer):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "&y=" in request.url else None)
    visit(page, f"{app.url}/look{IRON}&part=bands")
    click_on_map(page, "maps-map", 60, 90)  # from now on a click asks for its spectrum at once
    page.evaluate(f"{PLOT.format('map')}.on('plotly_click', event => {{ window.told = event; }})")
    for turns in (0, 3, 9):
        turn_wheel_on_map(page, "maps-map", 150, 120, turns)
        wait_until_idle(page)
        at = place_on_map(page, "maps-map", 150.3, 120.4)
        page.mouse.move(*at)
        wait_until(
            page, "() => document.querySelector('.st-key-chart-maps-map .chart-value').innerText !== ''"
        )
        page.mouse.click(*at)
        wait_until_idle(page)
        told = page.evaluate("[told.xvals[0], told.yvals[0]]")
        query = parse_qs(urlsplit(asked[-1]).query)
        taken = [float(query[axis][0]) for axis in "xy"]
        edges = np.ptp(shown_ranges(page, "maps-map"), axis=1)
        size = page.locator(".st-key-chart-maps-map .nsewdrag").first.bounding_box()
        assert size is not None
        step = edges / [size["width"], size["height"]]
        assert np.all(np.abs(np.subtract(taken, told)) <= 0.5 * step + 1e-3)
        x, y = np.floor(np.add(taken, 0.5)).astype(int)
        expect(page.get_by_text(f"Pixel {x}, {y}:")).to_be_visible()


def test_pixels_that_are_clicked_quickly_are_all_added(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{IRON}&part=spectra")
    pixels = [(60, 90), (200, 150), (100, 100), (20, 200), (40, 230)]
    for place in [place_on_map(page, "spectra-map", x, y) for x, y in pixels]:
        page.mouse.click(*place)
    wait_until_idle(page)
    legend = page.locator(".st-key-chart-spectra .chart-legend button")
    expect(legend.filter(has_text=re.compile(r"^\d+: Pixel"))).to_have_count(len(pixels))


def test_a_curve_that_was_hidden_stays_hidden_in_the_figure_of_another_zoom(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{IRON}&part=spectra")
    hidden = page.get_by_role("button", name="Mean of all pixels")
    hidden.click()
    figure = page.locator(".st-key-chart-spectra [data-figure]")
    before = figure.get_attribute("data-figure")
    drag_across_chart(page, "chart-spectra", 5, 15)
    expect(figure).not_to_have_attribute("data-figure", str(before))
    expect(hidden).to_have_attribute("aria-pressed", "false")
    drawn = "document.querySelector('.st-key-chart-spectra .js-plotly-plot').data.map(each => each.visible)"
    assert page.evaluate(drawn) == [True, False]


def test_a_chart_that_cannot_be_loaded_says_so(browser: Browser, app: AppServer):
    context = new_context(browser)
    page = context.new_page()
    visit(page, f"{app.url}/look{IRON}&part=bands")
    page.route(re.compile(r"/answers/.*figure="), lambda route: route.abort())
    page.get_by_text("Logarithmic scale").click()
    failure = page.locator(f".st-key-{SPECTRUM} .chart-failure")
    expect(failure).to_have_text("This chart could not be loaded. Reload the page.")
    page.unroute_all()
    page.get_by_text("Logarithmic scale").click()
    expect(failure).to_have_count(0)
    context.close()


def test_the_picture_of_a_map_holds_the_map_and_its_colour_bar(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{IRON}&part=bands&clip=counts&low=0&high=10&colormap=gray")
    plot = page.locator(".st-key-chart-maps-map .js-plotly-plot").bounding_box()
    area = page.locator(".st-key-chart-maps-map .nsewdrag").first.bounding_box()
    assert plot is not None
    assert area is not None
    with page.expect_download() as download:
        page.locator(".st-key-chart-maps-map .modebar-btn").first.click()
    kept = Image.open(BytesIO(Path(download.value.path()).read_bytes())).convert("L")
    assert kept.size == pytest.approx((2 * plot["width"], 2 * plot["height"]), abs=2)
    left, top = 2 * (area["x"] - plot["x"]), 2 * (area["y"] - plot["y"])
    box = left, top, left + 2 * area["width"], top + 2 * area["height"]
    expected = np.clip(DataStack(app.data_folder / "demo.datastack").band_map(6.1, 6.7), 0, 10)
    found = np.asarray(kept.resize(expected.shape[::-1], Image.Resampling.BOX, box), float)
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.9
    bar = np.asarray(kept)[round(top) - 58, :]  # in the middle of the colour bar
    assert bar[kept.width // 2 - 250 : kept.width // 2 + 250].min() < 20
    assert len(np.unique(bar)) > 100
