"""A point set in the magnifier is at the position seen, on every screen."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from maxrf_core import DataStack
from maxrf_core.demo.make import demo_homography
from maxrf_core.imaging.write import write_picture
from maxrf_core.transform.homography import Homography, homography
from tests.browser.app_server import AppServer
from tests.browser.visitor import (
    Troubles,
    click_in_picture,
    forget_visitor,
    new_context,
    picture,
    visit,
    wait_until_idle,
)
from widgets.register.magnifier import window_around
from widgets.session.point_pairs import Side

pytestmark = pytest.mark.browser
SOAK = pytest.mark.soak
WITH_DEMO = True
SIZE = (4400, 4800)
TARGET = (3105, 1742)  # the one magenta pixel in the photograph
MAGENTA = (255, 0, 255)
SHAKE = (37, -29)  # pixels of the photograph by which the first, coarse click goes wrong


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a large photograph with one pixel that can be told from all others."""
    pixels = np.random.default_rng(1).integers(60, 190, (*SIZE[::-1], 1), np.uint8).repeat(3, axis=2)
    pixels[TARGET[1], TARGET[0]] = MAGENTA
    path = tmp_path_factory.mktemp("photo") / "large.png"
    write_picture(path, pixels)
    return path


@pytest.fixture(
    params=[(1440, 1), pytest.param((1024, 2), marks=SOAK), pytest.param((390, 1), marks=SOAK), (390, 2)],
    ids=lambda screen: f"{screen[0]}px-{screen[1]}x",
)
def page(request: pytest.FixtureRequest, window: BrowserContext, browser: Browser) -> Iterator[Page]:
    """Open a page on a screen of some width and pixel ratio."""
    width, ratio = request.param
    context = window if ratio == 1 else new_context(browser, pixel_ratio=ratio)
    troubles = Troubles()
    troubles.watch(context)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    yield page
    if context is window:
        forget_visitor(window)
        troubles.leave(window)
    else:
        context.close()
    assert not troubles


def position(page: Page, side: Side = "src") -> np.ndarray:
    """Read where the point in the magnifier of the photograph, or of the map, is."""
    text = (
        page.locator(f".st-key-magnifier-{side}")
        .get_by_text(re.compile(r"^x [\d.]+, y [\d.]+$"))
        .inner_text()
    )
    return np.array([float(number) for number in re.findall(r"[\d.]+", text)])


def click_on_the_magenta_pixel(page: Page, key: str = "magnifier-picture-src") -> None:
    """Take a screenshot and click in the middle of the magenta square."""
    magnifier = picture(page, key)
    expect(magnifier).to_be_visible()
    magnifier.scroll_into_view_if_needed()
    seen = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    rows, columns = np.nonzero((np.abs(seen - MAGENTA) < 60).all(axis=2))
    assert len(rows), "the target is not in sight"
    ratio = page.evaluate("devicePixelRatio")
    page.mouse.click((columns.mean() + 0.5) / ratio, (rows.mean() + 0.5) / ratio)
    wait_until_idle(page)


def click_in_the_magnifier(page: Page, side: Side, x: float, y: float, size: tuple[int, int]) -> None:
    """Click in the magnifier on what a visitor sees at x, y of the picture, which is this large."""
    zoom = page.locator(f".st-key-magnifier-zoom-{side}").get_by_role("radio", checked=True).inner_text()
    left, top, right, bottom = window_around(tuple(position(page, side)), size, int(zoom.rstrip("×")))
    click_in_picture(page, f"magnifier-picture-{side}", x - left, y - top, (right - left, bottom - top))


def test_two_clicks_set_a_point_to_a_fraction_of_a_pixel(page: Page, app: AppServer, photo: Path):
    visit(page, f"{app.url}/register?stack=demo.datastack")
    page.get_by_text("Photograph: demo_photo").click()
    page.locator(".st-key-photo-upload input").set_input_files(photo)
    expect(page.get_by_text("Photograph: large.png")).to_be_visible()
    wait_until_idle(page)
    click_in_picture(page, "pick-photo", TARGET[0] + SHAKE[0], TARGET[1] + SHAKE[1], SIZE)
    coarse = np.abs(position(page) - TARGET).max()
    click_on_the_magenta_pixel(page)
    fine = np.abs(position(page) - TARGET).max()
    print(f"off by {coarse:.1f} pixels of the photograph after the first click, {fine:.2f} after the second")
    assert coarse > 10
    # On a phone, where a click is told in whole CSS pixels, each of them is half a pixel of the photograph
    assert fine < (0.5 if page.viewport_size["width"] > 640 else 1.0)  # type: ignore[index]


@pytest.mark.parametrize("page", [(1440, 1)], indirect=True)
def test_a_point_is_set_precisely_in_a_part_that_a_box_was_drawn_around(
    page: Page, app: AppServer, photo: Path
):
    visit(page, f"{app.url}/register?stack=demo.datastack")
    page.get_by_text("Photograph: demo_photo").click()
    page.locator(".st-key-photo-upload input").set_input_files(photo)
    expect(page.get_by_text("Photograph: large.png")).to_be_visible()
    wait_until_idle(page)
    place = picture(page, "pick-photo").bounding_box()
    assert place is not None
    x, y = (
        place[start] + (at + 0.5) * place[length] / size
        for start, length, at, size in zip("xy", ("width", "height"), TARGET, SIZE, strict=True)
    )
    page.mouse.move(x - 27, y - 27)
    page.mouse.down()
    page.mouse.move(x + 27, y + 27, steps=4)
    expect(page.frame_locator(".st-key-pick-photo iframe").locator("#box")).to_be_visible()
    page.mouse.up()
    wait_until_idle(page)
    expect(page.get_by_text("Click on point 1 (orange) in the photograph.")).to_be_visible()  # none was set
    page.locator(".st-key-zoom-in-src button:visible").click()
    wait_until_idle(page)
    page.keyboard.press("e")
    wait_until_idle(page)
    click_on_the_magenta_pixel(page, "pick-photo")
    assert np.abs(position(page) - TARGET).max() < 0.5
    page.keyboard.press("f")
    wait_until_idle(page)
    expect(page.locator(".st-key-zoom-fit-src button:visible")).to_be_disabled()


@pytest.mark.parametrize("page", [(1440, 1)], indirect=True)
def test_arrows_move_the_point_as_they_say_on_a_turned_picture(page: Page, app: AppServer):
    visit(page, f"{app.url}/register?stack=demo.datastack")
    click_in_picture(page, "pick-photo", 500, 400, (1000, 1000))
    page.get_by_text("Contrast and rotation").click()
    upright = picture(page, "magnifier-picture-src").get_attribute("src") or ""
    page.get_by_role("radio", name="90°").press("Space")  # the box is still unfolding under a mouse
    expect(picture(page, "magnifier-picture-src")).not_to_have_attribute("src", upright)
    wait_until_idle(page)
    before = position(page)
    page.locator(".st-key-magnifier-right-src button:visible").click()
    wait_until_idle(page)
    assert position(page) - before == pytest.approx([0, -0.1], abs=0.006)  # right on the screen is up


@pytest.mark.parametrize("page", [(1440, 1)], indirect=True)
def test_shaky_clicks_and_a_magnifier_register_to_a_fifth_of_a_map_pixel(page: Page, app: AppServer):
    demo = app.data_folder / "demo.datastack"
    height, width, _ = DataStack(demo).shape
    points = json.loads((app.data_folder / "demo_points.json").read_text())
    with Image.open(app.data_folder / "demo_photo.png") as image:
        photo_size = image.size
    visit(page, f"{app.url}/register?stack=demo.datastack")
    shakes = [(12, -9), (-10, 8), (11, 10), (-9, -12)]
    for src, dst, shake in zip(points["src_points"], points["dst_points"], shakes, strict=True):
        for side, key, (x, y), size, scale in (
            ("src", "pick-photo", src, photo_size, 1.0),
            ("dst", "pick-map", dst, (width, height), 0.3),
        ):
            click_in_picture(page, key, x + scale * shake[0], y + scale * shake[1], size)
            click_in_the_magnifier(page, side, x, y, size)
    page.get_by_role("button", name="Save to the scan").click()
    expect(page.get_by_text("Saved in demo.datastack")).to_be_visible()
    stored = DataStack(demo).read("imvis_points")
    found, truth = (
        homography(stored[:, 0], stored[:, 1]),
        Homography(np.linalg.inv(demo_homography(height, width))),
    )
    x, y = np.meshgrid(np.linspace(0, width - 1, 9), np.linspace(0, height - 1, 9))
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    off = np.hypot(*(found.apply(truth.inverse().apply(places)) - places).T)
    rms = float(np.sqrt((off**2).mean()))
    print(f"off by {rms:.3f} map pixels RMS over the map, {off.max():.3f} at the most")
    assert rms <= 0.2
