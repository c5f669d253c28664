"""Clicks, drags, zooms and reloads in a real browser."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect
from scipy.ndimage import gaussian_filter1d

from maxrf_core import DataStack
from tests.browser.app_server import AppServer
from tests.browser.visitor import (
    MAP_PICTURES,
    PHONE,
    click_in_picture,
    click_on_map,
    drag_across_chart,
    open_page,
    picture,
    place_on_chart,
    point_at_map,
    shown_ranges,
    typed,
    visit,
    wait_until,
    wait_until_idle,
)
from widgets.charts.spectrum_figure import as_taken

pytestmark = pytest.mark.browser
WITH_DEMO = True
DEMO = "?stack=demo.datastack"
PAGES = ("", "contents", "maps", "spectra", "register", "compare")


@pytest.mark.parametrize("title", ["Register", "Compare", "Contents"])
def test_a_reload_keeps_the_scan_on_every_page(page: Page, app: AppServer, title: str):
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    open_page(page, title)
    expect(page).to_have_url(re.compile(r"\bstack=demo"))  # which follows the page a moment later
    page.reload()
    wait_until_idle(page)
    expect(page.get_by_text("No scan is open yet.")).to_have_count(0)
    expect(page.get_by_role("heading", name="demo", exact=True)).to_be_visible()


def test_a_drag_and_a_zoom_outlive_what_follows(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    spectrum = page.locator(".st-key-chart-maps-spectrum .nsewdrag").first
    spectrum.hover()
    for _ in range(6):
        page.mouse.wheel(0, -200)
    wait_until_idle(page)
    zoomed = shown_ranges(page, "maps-spectrum")[0]
    assert zoomed[1] - zoomed[0] < 35
    middle = sum(zoomed) / 2
    drag_across_chart(page, "chart-maps-spectrum", middle - 1, middle + 1)
    assert shown_ranges(page, "maps-spectrum")[0] == pytest.approx(zoomed)
    assert typed(page, "From (keV)") == pytest.approx(middle - 1, abs=0.1)
    expect(page.locator(".st-key-chart-maps-spectrum .selectionlayer path")).not_to_have_count(0)
    page.get_by_text("Logarithmic scale").click()
    wait_until_idle(page)
    assert shown_ranges(page, "maps-spectrum")[0] == pytest.approx(zoomed)
    assert typed(page, "From (keV)") == pytest.approx(middle - 1, abs=0.1)

    page.reload()
    wait_until_idle(page)
    assert typed(page, "From (keV)") == pytest.approx(middle - 1, abs=0.1)


SHOWN_MAP = f"() => {MAP_PICTURES}.join()"


def shown_map(page: Page) -> str:
    shown: str = page.evaluate(SHOWN_MAP)
    return shown


def wait_for_map(page: Page, condition: str, known: str) -> None:
    wait_until(page, f"known => ({SHOWN_MAP})() {condition} known", known)


def begin_drag(page: Page) -> tuple[int, int]:
    """Drag a band on the spectrum and keep the button down; return where it went down."""
    plot = page.locator(".st-key-chart-maps-spectrum .nsewdrag").first.bounding_box()
    assert plot is not None
    x, y = round(plot["x"] + 0.3 * plot["width"]), round(plot["y"] + plot["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y, steps=5)
    return x, y


def test_a_band_that_is_being_dragged_shows_its_map_where_the_mouse_rests(page: Page, app: AppServer):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/answers/" in request.url else None)
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    first, shown = shown_map(page), []

    def look() -> None:
        wait_for_map(page, "!==", first)
        wait_until_idle(page)
        shown.append(shown_map(page))

    drag_across_chart(page, "chart-maps-spectrum", 5.5, 3.2, look)
    assert shown == [shown_map(page)]  # the page brought the same
    query = parse_qs(urlsplit(asked[-1]).query)
    band = typed(page, "From (keV)"), typed(page, "To (keV)")
    assert as_taken(float(query["from"][0]), float(query["to"][0])) == band
    expect(point_at_map(page, "maps-map", 60, 90)).to_contain_text("counts per channel")


@pytest.mark.parametrize("end", [0, 5], ids=["where it began", "just beside"])
def test_a_drag_that_comes_back_leaves_the_map_as_it_was(page: Page, app: AppServer, end: int):
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    first = shown_map(page)
    x, y = begin_drag(page)
    wait_for_map(page, "!==", first)
    page.mouse.move(x + end, y, steps=20)
    wait_for_map(page, "===", first)
    page.mouse.up()
    wait_until_idle(page)
    assert shown_map(page) == first
    expect(point_at_map(page, "maps-map", 60, 90)).to_contain_text("counts per channel")


def test_what_plotly_does_not_select_leaves_the_map_as_it_was(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    first = shown_map(page)
    # As if no selection had come of it: Plotly never hears that the button went up.
    page.evaluate("document.addEventListener('mouseup', event => event.stopPropagation(), true)")
    begin_drag(page)
    wait_for_map(page, "!==", first)
    page.mouse.up()
    wait_for_map(page, "===", first)


# The curve in the chart of a pixel: which chart it is, whose curve, its counts, and whether they fit the axis
PIXEL_CURVE = """() => {
    const chart = document.querySelector('.st-key-chart-maps-pixel .js-plotly-plot');
    const {name, customdata} = chart.data.find(({name}) => name.startsWith('Pixel'));  // not its model
    const {range} = chart.layout.yaxis;
    const bytes = Uint8Array.from(atob(customdata.bdata), sign => sign.charCodeAt(0));
    const counts = [...new {f4: Float32Array, f8: Float64Array}[customdata.dtype](bytes.buffer)];
    const most = Math.log10(Math.max(...counts.slice(150)));  // the peak at zero aside
    const room = (range[1] - most) / (range[1] - range[0]);
    return {chart: chart.mark ??= Math.random(), name, counts, room};
}"""


def test_another_pixels_spectrum_comes_into_the_chart_that_is_there(page: Page, app: AppServer):
    ds = DataStack(app.data_folder / "demo.datastack")
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    click_on_map(page, "maps-map", 20, 30)
    charts = set()
    for x, y in ((40, 60), (100, 20), (40, 60)):
        with page.expect_response("**/answers/*") as answered:  # which comes before the page has run
            click_on_map(page, "maps-map", x, y)
        assert answered.value.status == 200
        assert answered.value.headers["content-encoding"] == "identity"  # not packed, which takes longer
        assert answered.value.json()["data"][0]["name"] == f"Pixel {x}, {y}"
        shown = page.evaluate(PIXEL_CURVE)
        charts.add(shown["chart"])
        assert shown["name"] == f"Pixel {x}, {y}"
        np.testing.assert_allclose(shown["counts"], gaussian_filter1d(ds.spectrum(x, y), 7.0), atol=1e-5)
        assert 0 < shown["room"] < 0.2
    assert len(charts) == 1
    for drawn in ("y", "customdata"):  # a linear scale, and a logarithmic one
        page.get_by_text("Logarithmic scale").click()
        wait_until_idle(page)
        shown = page.evaluate(PIXEL_CURVE.replace("customdata", drawn))
        assert shown["name"] == "Pixel 40, 60"
        np.testing.assert_allclose(shown["counts"], gaussian_filter1d(ds.spectrum(40, 60), 7.0), atol=1e-5)


def test_a_picture_to_click_in_is_drawn_however_slow_the_browser(page: Page, app: AppServer):
    def note_when_it_starts(route: Route) -> None:
        script = route.fetch()
        route.fulfill(response=script, body=f"const startedWhile = document.readyState;\n{script.text()}")

    page.route("**/component/**/main.js", note_when_it_starts)
    visit(page, f"{app.url}/register{DEMO}")
    expect(picture(page, "pick-photo")).to_be_visible()
    expect(picture(page, "pick-map")).to_be_visible()
    pictures = [frame for frame in page.frames if "/component/" in frame.url]
    # What is asked for while "loading" may be answered before the picture has its place.
    assert {frame.evaluate("startedWhile") for frame in pictures} == {"interactive"}


def test_a_click_corrects_a_marker_and_undo_takes_it_back(page: Page, app: AppServer):
    visit(page, f"{app.url}/register{DEMO}")
    click_in_picture(page, "pick-map", 20, 30, size=(280, 300))
    expect(page.get_by_text("Click on point 2 (green) in the map.")).to_be_visible()
    click_in_picture(page, "pick-map", 22, 31, size=(280, 300))
    expect(page.get_by_text("Click on point 2 (green) in the map.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Click on point 1 (orange) in the map.")).to_be_visible()


def test_pixels_and_rectangles_are_added_on_the_map(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{DEMO}&part=spectra")
    click_on_map(page, "spectra-map", 50, 60)
    expect(page.get_by_text("1: Pixel 50, 60").first).to_be_visible()
    plot = page.locator(".st-key-chart-spectra-map .nsewdrag").first
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"], steps=6)
    page.mouse.up()
    wait_until_idle(page)
    expect(page.get_by_text("2: Mean of").first).to_be_visible()
    marks = page.locator(".st-key-chart-spectra-map .js-plotly-plot .annotation")
    expect(marks).to_have_text(["1", "2"])
    expect(page.locator(".st-key-chart-spectra-map .selectionlayer path")).to_have_count(0)


@pytest.mark.parametrize("viewport", [PHONE], indirect=True)
def test_nothing_is_wider_than_a_phone(page: Page, app: AppServer):
    for name in PAGES:
        visit(page, f"{app.url}/{name}{DEMO}")
        wider = page.evaluate(
            "() => document.querySelector('[data-testid=\"stMain\"]').scrollWidth - window.innerWidth"
        )
        assert wider <= 0, f"the page {name or 'open'} is {wider} pixels too wide"
        expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_map_is_downloaded_under_the_names_of_the_scan_and_the_line(page: Page, app: AppServer):
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    page.get_by_text("Download this map").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="TIFF").click()
    assert re.fullmatch(
        r"demo_[A-Z][a-z]?-[KLM][ab]\d?_[\d.]+-[\d.]+-keV\.tiff", download.value.suggested_filename
    )


@pytest.mark.parametrize("beside", [-4, 4])
def test_a_click_beside_a_peak_takes_the_peak(page: Page, app: AppServer, beside: int):
    """Within ten pixels of the screen, which here are more than twenty channels."""
    visit(page, f"{app.url}/{DEMO}")
    page.get_by_role("radio", name="Set energies").click()
    wait_until_idle(page)
    x, y = place_on_chart(page, "chart-energies", 368)
    page.mouse.move(x + beside, y)
    wait_until(
        page, "() => document.querySelector('.st-key-chart-energies .hoverlayer').childElementCount > 0"
    )
    page.mouse.click(x + beside, y)
    wait_until_idle(page)
    field = page.locator(".st-key-energies-channel-0 input")
    expect(field).not_to_have_value("")  # the click was answered
    assert float(field.input_value()) == pytest.approx(368, abs=0.5)


@pytest.mark.parametrize("viewport", [(1440, 900)], indirect=True)
def test_a_photograph_is_registered_without_scrolling(page: Page, app: AppServer):
    visit(page, f"{app.url}/register{DEMO}")
    page.get_by_role("button", name="Propose four points").click()
    save = page.get_by_role("button", name="Save to the scan")
    expect(save).to_be_visible()
    wait_until_idle(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollTop") == 0
    pictures = [picture(page, key) for key in ("pick-photo", "pick-map", "magnifier-picture-src")]
    for place in (*pictures, save):
        box = place.bounding_box()
        assert box is not None
        assert box["y"] > 0
        assert box["y"] + box["height"] <= 900
    assert all(wide.bounding_box()["width"] > 430 for wide in pictures[:2])  # type: ignore[index]
