"""Screenshots of the app for docs/images, all taken by ``make screenshots``.

Every page is shown on the demo scan, light and dark, on a desktop and on a phone.
"""

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_views import keep_view
from maxrf_core.demo.make import make_demo
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import HUES, LayerLook
from maxrf_core.patches.patch import Patch
from tests.browser.app_server import PROJECT, AppServer
from tests.browser.visitor import (
    DESKTOP,
    PHONE,
    Troubles,
    click_in_picture,
    new_context,
    visit,
    wait_until_idle,
)
from tools.browser import launch, required_chromium

FOLDER = PROJECT / "docs" / "images"
MAX_BYTES = 250_000  # bytes of one picture
SCREENS = {"desktop": DESKTOP, "phone": PHONE}
COLOUR_SCHEMES = ("light", "dark")
EXAMINATION = 150_000  # milliseconds
THREE_ELEMENTS = "Ink, azurite, lead white"
IRON = "?stack=demo.datastack&lo=6.1&hi=6.7"

Prepare = Callable[[Page, Path], None]


def main() -> int:
    """Take the pictures, or those of the scenes named as arguments; status 1 tells of troubles in a page."""
    chromium_path = required_chromium()
    wanted = sys.argv[1:] or list(SCENES)
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = Troubles()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        make_registered_demo(folder)
        with AppServer(folder) as app, sync_playwright() as playwright:
            chromium = launch(playwright, chromium_path)
            for scene, scheme, screen in product(wanted, COLOUR_SCHEMES, SCREENS):
                found += take_picture(chromium, app, scene, scheme, screen)
            chromium.close()
    return 1 if found else 0


def take_picture(chromium: Browser, app: AppServer, scene: str, scheme: str, screen: str) -> Troubles:
    """Take one screenshot as a new visitor and return the errors of the page."""
    written_before = len(app.output())
    context = new_context(chromium, SCREENS[screen], scheme)
    troubles = Troubles()
    troubles.watch(context)
    page = context.new_page()
    address, prepare = SCENES[scene]
    visit(page, f"{app.url}/{address}")
    prepare(page, app.data_folder)
    path = FOLDER / f"{scene}-{scheme}-{screen}.png"
    path.write_bytes(small_png(page.screenshot()))
    context.close()
    troubles.read_terminal(app.output()[written_before:])
    print(f"{path.relative_to(PROJECT)}: {path.stat().st_size / 1000:.0f} kB", *troubles, sep="\n  ")
    return troubles


def make_registered_demo(folder: Path) -> None:
    """Make the demo scan in a folder and register its photograph by the points that belong to it."""
    folder.mkdir(parents=True)
    make_demo(folder / "demo.datastack")
    register_demo(folder)


def register_demo(folder: Path) -> None:
    """Register the photograph of the demo scan in a folder, and keep a view of three elements."""
    stack = folder / "demo.datastack"
    files = [folder / "demo_photo.png", "--points", folder / "demo_points.json"]
    command = [sys.executable, "-m", "maxrf_core", "register", stack, *files]
    subprocess.run(list(map(str, command)), check=True, cwd=PROJECT)
    keep_three_elements(stack)


def small_png(screenshot: bytes) -> bytes:
    """Reduce a screenshot to a palette, with as many colours as fit into the size of a picture.

    Raises
    ------
    ValueError
        If even 16 colours are too many.
    """
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    # The octree keeps colours that are rare, such as those of the markers; a median cut loses them.
    for colours in (256, 128, 64, 32, 16):
        buffer = io.BytesIO()
        image.quantize(colours, Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=True)
        if buffer.tell() <= MAX_BYTES:
            return buffer.getvalue()
    raise ValueError(
        f"A screenshot of {image.width}×{image.height} pixels does not fit into {MAX_BYTES} bytes."
    )


def place_points(page: Page, folder: Path) -> None:
    """Click the demo's points, in the photograph and in the map."""
    points = json.loads((folder / "demo_points.json").read_text())
    with Image.open(folder / "demo_photo.png") as photo:
        photo_size = photo.size
    height, width = DataStack(folder / "demo.datastack").shape[:2]
    for key, name, size in (
        ("pick-photo", "src_points", photo_size),
        ("pick-map", "dst_points", (width, height)),
    ):
        for x, y in points[name]:
            click_in_picture(page, key, x, y, size)
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    wait_until_idle(page)


def show_fit(page: Page, folder: Path) -> None:
    """Click the points and lay the photograph over the map."""
    place_points(page, folder)
    page.get_by_role("button", name="Show the overlay").click()
    wait_until_idle(page)


def show_page(page: Page, folder: Path) -> None:
    """Show the page as it opens."""


def swipe(page: Page, folder: Path) -> None:
    """Show photograph and map on both sides of an edge."""
    page.get_by_role("radio", name="Swipe", exact=True).click()
    wait_until_idle(page)


def click_on_photo(page: Page, folder: Path) -> None:
    """Click on the registered photograph, with the map beside it."""
    page.get_by_role("radio", name="Both", exact=True).click()
    wait_until_idle(page)
    photo = page.locator(".maxrf-views .frame").first
    photo.click(position={"x": 150, "y": 130})
    wait_until_idle(page)


def keep_three_elements(stack: Path) -> None:
    """Keep a view of ink, azurite and lead white in the scan."""
    layers = [
        LayerLook(family, high=high, colour=hue)
        for (family, high), hue in zip((("Fe-K", 300), ("Cu-K", 250), ("Pb-L", 280)), HUES, strict=False)
    ]
    keep_view(DataStack(stack), BenchView(THREE_ELEMENTS, tuple(layers)))


def compare_patches(page: Page, folder: Path) -> None:
    """Keep two patches in the scan, and compare them."""
    ds = DataStack(folder / "demo.datastack")
    places = {"Water": ((160, 200), (215, 222)), "Sky": ((190, 60), (240, 100))}
    patches = [
        Patch.rectangle(*corners, ds.shape, name, colour)
        for (name, corners), colour in zip(places.items(), ("#e69f00", "#56b4e9"), strict=True)
    ]
    if not ds.patches():
        ds.keep_patches(patches)
    page.reload()
    show_side(page, "Patches")


def divide(page: Page, folder: Path) -> None:
    """Divide the scan into groups of what goes together."""
    show_side(page, "What goes together")
    page.get_by_role("button", name="Divide the scan").click()
    wait_until_idle(page)


def show_side(page: Page, name: str) -> None:
    """Show what stands beside the picture; on a phone in a pane of its own."""
    page.locator(".st-key-look-wall .tile").first.wait_for(state="attached", timeout=EXAMINATION)
    wait_until_idle(page)
    pane = page.get_by_role("radio", name="Layers", exact=True).first
    if pane.is_visible():
        pane.click()
        wait_until_idle(page)
    page.get_by_text(name, exact=True).click()
    wait_until_idle(page)


SCENES: dict[str, tuple[str, Prepare]] = {
    "open": (IRON, show_page),
    "elements": (f"look{IRON}&part=elements&element=Fe", show_page),
    "look": (f"look{IRON}&view={quote(THREE_ELEMENTS)}", show_page),
    "maps": (f"look{IRON}&part=bands", show_page),
    "spectra": (f"look{IRON}&part=spectra", show_page),
    "register": (f"register{IRON}", place_points),
    "register-fit": (f"register{IRON}", show_fit),
    "spectra-photo": (f"look{IRON}&part=spectra", click_on_photo),
    "compare": (f"compare{IRON}", show_page),
    "compare-swipe": (f"compare{IRON}", swipe),
    "contents": (f"contents{IRON}", show_page),
    "together": (f"look{IRON}", divide),
    "patches": (f"look{IRON}", compare_patches),  # last, as they stay in the scan
}

if __name__ == "__main__":
    sys.exit(main())
