"""A visitor draws two patches on the picture and reads how they differ: four clicks from the open demo."""

import math
import re

import pytest
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from maxrf_core.demo.make import TRUTH
from tests.browser.app_server import AppServer
from tests.browser.test_look import EXAMINATION
from tests.browser.visitor import place_on_chart, visit, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
RATIO = re.compile(r"([\d.]+) ± ([\d.]+) times as much (\w+)")
Place = tuple[float, float]


def drag(page: Page, *places: Place) -> None:
    """Drag over the picture, from place to place in map pixels."""
    first, *others = [place_on_chart(page, "chart-look-picture", *place) for place in places]
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=5)
    page.mouse.up()
    wait_until_idle(page)


def test_a_rectangle_and_a_lasso_are_compared_as_they_are_drawn(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?stack=demo.datastack")
    page.locator(".st-key-look-wall .tile").first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)

    page.get_by_text("Patches", exact=True).click()
    wait_until_idle(page)
    drag(page, (20, 230), (80, 262))
    page.get_by_text("Lasso", exact=True).click()
    wait_until_idle(page)
    drag(page, (148, 198), (175, 205), (175, 222), (148, 216), (148, 198))
    sentence = page.get_by_text("Patch B holds")
    expect(sentence).to_be_in_viewport()
    said = sentence.inner_text()

    page.get_by_text("Keep the patches in the scan").click()
    expect(page.get_by_text("These patches are kept in the scan.")).to_be_visible()
    ds = DataStack(app.data_folder / "demo.datastack")
    rectangle, lasso = ds.patches()
    assert rectangle.pixels == pytest.approx(60.5 * 32.5, rel=0.05)
    assert lasso.pixels == pytest.approx(27 * 17.5, rel=0.05)
    truth = dict(zip(ds.attributes(TRUTH)["names"], ds.read(TRUTH), strict=True))
    told = RATIO.findall(said)
    assert told, said
    assert "Cu" in said  # the lasso lies in the azurite of the river
    for ratio, error, element in told:
        first, other = (truth[element].astype(float)[mask].mean() for mask in (rectangle.mask, lasso.mask))
        if first < 1:  # the fit errs by parts of a count
            continue
        expected = other / first
        assert float(ratio) == pytest.approx(expected, abs=4 * float(error)), said


def test_a_brush_and_a_clicked_polygon_cover_the_pixels_that_were_meant(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?stack=demo.datastack")
    page.locator(".st-key-look-wall .tile").first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    page.get_by_text("Patches", exact=True).click()
    wait_until_idle(page)

    page.get_by_text("Brush", exact=True).click()
    wait_until_idle(page)
    drag(page, (100, 60), (140, 60))
    page.get_by_text("Polygon", exact=True).click()
    wait_until_idle(page)
    corners = [(20, 200), (80, 200), (80, 260)]
    for corner in corners:
        page.mouse.click(*place_on_chart(page, "chart-look-picture", *corner))
        wait_until_idle(page)
    page.mouse.dblclick(*place_on_chart(page, "chart-look-picture", 20, 260))
    wait_until_idle(page)

    page.get_by_text("Keep the patches in the scan").click()
    expect(page.get_by_text("These patches are kept in the scan.")).to_be_visible()
    brush, polygon = DataStack(app.data_folder / "demo.datastack").patches()[-2:]
    assert brush.pixels == pytest.approx(40 * 6 + math.pi * 3**2, rel=0.15)  # a radius of 3 pixels
    rows, columns = brush.mask.nonzero()
    assert rows.mean() == pytest.approx(60, abs=1)
    assert columns.mean() == pytest.approx(120, abs=2)
    assert polygon.pixels == pytest.approx(60 * 60, rel=0.05)

    page.mouse.click(*place_on_chart(page, "chart-look-picture", 30, 30))
    expect(page.get_by_text("1 corner", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("0 corners", exact=True)).to_be_visible()
