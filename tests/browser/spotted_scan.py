"""A scan of which it is known where its two bright spots are, and what the browser has drawn of them.

Its photograph has the spots too, 2.75 times as fine, in red. What is on a canvas is read back from it.
"""

import math
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, expect

from maxrf_core import DataStack, convert
from maxrf_core.readers import ArrayScan
from tests.browser.visitor import wait_until_idle

HEIGHT, WIDTH = 700, 600
FINENESS = 2.75
SPOTS = ((411, 233), (120, 480))
BLUR = 2.0  # of the spots, in map pixels
GREY = "?stack=spots.datastack&lo=2&hi=6&clip=counts&low=0&high=250&colormap=gray"
WHEEL = 0.0015 * 200  # the logarithm of a turn's zoom
# Where the light is around a place of a canvas, in its own pixels whose middles are at half numbers.
CENTROID = """
(frame, [x, y, reach]) => {
    const canvas = frame.querySelector('canvas');
    const [left, top] = [Math.round(x - reach), Math.round(y - reach)];
    const size = Math.round(2 * reach);
    const {data} = canvas.getContext('2d').getImageData(left, top, size, size);
    let [sum, right, down] = [0, 0, 0];
    for (let row = 0; row < size; row += 1)
        for (let column = 0; column < size; column += 1) {
            const light = Math.max(0, data[4 * (row * size + column)] - 90);
            sum += light;
            right += light * (left + column + 0.5);
            down += light * (top + row + 0.5);
        }
    return [right / sum, down / sum];
}
"""
COLOUR = """
(frame, [across, down]) => {
    const canvas = frame.querySelector('canvas');
    const [x, y] = [across * canvas.width, down * canvas.height].map(Math.floor);
    return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data.slice(0, 3)];
}
"""


def make_spotted_scan(folder: Path) -> None:
    """Make the scan, with two photographs: one registered by hand, and one in maxrf4u's convention."""
    counts = np.zeros((HEIGHT, WIDTH, 8))
    counts[:, :, 2:6] = (30 + 200 * spots(HEIGHT, WIDTH, 1))[:, :, np.newaxis]
    path = convert(ArrayScan(np.rint(counts).astype(np.uint8)), folder / "spots.datastack")
    fine = round(HEIGHT * FINENESS), round(WIDTH * FINENESS)
    photo = np.full((*fine, 3), 20.0)
    photo[:, :, 0] = 50 + 200 * spots(*fine, FINENESS)
    photo = np.rint(photo).astype(np.uint8)
    points = np.array([[[x, y], [x, y]] for x, y in ((5, 5), (590, 5), (590, 690), (5, 690), (300, 300))])
    DataStack(path).append(
        {
            "imvis_reg_highres": photo,
            "imvis_extent": np.array([-0.5, WIDTH - 0.5, HEIGHT - 0.5, -0.5]),
            "imvis_points": points.astype(float),
            "imxr_reg_highres": photo,
            "imxr_extent": np.array([0.0, WIDTH, HEIGHT, 0.0]),  # as maxrf4u writes it
        },
        {"imvis_points": {"residuals": [0.4] * 5}},
    )


def spots(height: int, width: int, fineness: float) -> np.ndarray:
    """Draw the spots, from 0 to 1, so many times as fine as the map."""
    rows, columns = (np.arange(length)[:, np.newaxis] for length in (height, width))
    image = np.zeros((height, width))
    for x, y in SPOTS:
        x, y = (x + 0.5) * fineness - 0.5, (y + 0.5) * fineness - 0.5
        spread = 2 * (BLUR * fineness) ** 2
        image += np.exp(-((rows - y) ** 2) / spread) @ np.exp(-((columns - x) ** 2) / spread).T
    return image


def frames(page: Page) -> Locator:
    """Return the places in which pictures are shown."""
    return page.locator(".maxrf-views .frame")


def settled(page: Page) -> None:
    """Wait until all is drawn as finely as it will be."""
    wait_until_idle(page)
    expect(page.locator('.maxrf-views .frame[aria-busy="true"]')).to_have_count(0)
    page.evaluate("() => new Promise(requestAnimationFrame)")


def choose(page: Page, way: str) -> Locator:
    """Select a way to compare, and show everything; return the first picture."""
    page.get_by_role("radio", name=way, exact=True).click()
    expect(page.get_by_role("radio", name=way, exact=True)).to_be_checked()
    wait_until_idle(page)
    page.get_by_role("button", name="Show everything").click()
    frame = frames(page).first
    frame.scroll_into_view_if_needed()
    settled(page)
    return frame


def box_of(frame: Locator) -> dict[str, float]:
    """Return the position of a picture on the screen."""
    box = frame.bounding_box()
    assert box is not None
    return dict(box)


def place_in(frame: Locator, x: float, y: float) -> tuple[float, float, float]:
    """Return where a place of the map should be when everything is shown, and the scale, in CSS pixels."""
    box = box_of(frame)
    scale = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    middle = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    return (
        (x - middle[0]) * scale + box["width"] / 2,
        (y - middle[1]) * scale + box["height"] / 2,
        scale,
    )


def turn_wheel(page: Page, frame: Locator, spot: tuple[int, int], turns: int) -> tuple[float, float, float]:
    """Zoom in at a spot; tell where it should be then, and the scale, in CSS pixels of the picture."""
    x, y, scale = place_in(frame, *spot)
    box = box_of(frame)
    at = math.floor(box["x"] + x), math.floor(box["y"] + y)
    page.mouse.move(*at)
    for _ in range(turns):
        page.mouse.wheel(0, -200)
    settled(page)
    zoom = math.exp(WHEEL * turns)
    pointer = at[0] + 0.5 - box["x"], at[1] + 0.5 - box["y"]  # in the middle of its screen pixel
    return (
        pointer[0] + (x - pointer[0]) * zoom,
        pointer[1] + (y - pointer[1]) * zoom,
        scale * zoom,
    )


def light_at(frame: Locator, x: float, y: float, reach: float, ratio: float = 1) -> tuple[float, float]:
    """Measure where the light around a place is, in CSS pixels of the picture."""
    right, down = frame.evaluate(CENTROID, [x * ratio, y * ratio, reach * ratio])
    return right / ratio, down / ratio


def is_photograph(frame: Locator, across: float) -> bool:
    """Return True if the photograph is seen at a place, given as a part of the picture's width."""
    red, green, _ = frame.evaluate(COLOUR, [across, 0.3])
    return bool(red > green + 10)
