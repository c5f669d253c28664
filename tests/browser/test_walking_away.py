"""Leaving a page during work: the work is done completely or not at all."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from tests.browser.app_server import AppServer
from tests.browser.visitor import click_in_picture, open_page, visit, wait_until_idle, write_header

pytestmark = pytest.mark.browser
DEMO = "?stack=demo.datastack"
SHAPE = (240, 320, 1024)
REGISTRATION = {"imvis_reg", "imvis_reg_highres", "imvis_extent", "imvis_points"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, made_demo: Path) -> Iterator[AppServer]:
    """Run the app on a data folder with the demo, and a raw scan that takes a while to convert."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(made_demo, folder, dirs_exist_ok=True)
    np.random.default_rng(1).poisson(1, SHAPE).astype("u1").tofile(folder / "page.raw")
    write_header(folder / "page.rpl", SHAPE)
    with AppServer(folder) as server:
        yield server


def close(page: Page) -> None:
    page.close()


def go_elsewhere(page: Page) -> None:
    open_page(page, "Look")


@pytest.fixture(params=[close, go_elsewhere])
def walk_away(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """Return a way in which a visitor leaves."""
    way: Callable[[Page], None] = request.param
    return way


def wait_until_settled(folder: Path) -> None:
    """Wait until nothing in a folder is being written."""
    deadline = time.monotonic() + 60
    while [path for path in folder.iterdir() if path.name.endswith((".partial", "-journal"))]:
        assert time.monotonic() < deadline, "something was left half-done"


def test_a_conversion_goes_on_and_opens_from_the_sidebar_when_it_is_done(
    page: Page, app: AppServer, walk_away: Callable[[Page], None]
):
    made = app.data_folder / "page.datastack"
    made.unlink(missing_ok=True)
    visit(page, app.url)
    page.get_by_role("radio", name="Convert a raw scan").click()
    page.get_by_text("Turned by 180°").click()
    wait_until_idle(page)
    page.get_by_role("button", name="Convert", exact=True).click()
    expect(page.get_by_text("The sidebar shows how far it is")).to_be_visible()  # it has begun
    walk_away(page)
    if page.is_closed():
        page = page.context.new_page()
        visit(page, app.url)
    page.get_by_role("button", name="Open it").click(timeout=120_000)
    expect(page.get_by_role("heading", name="Open a scan")).to_be_visible()  # where energies are set
    expect(page.get_by_test_id("stSidebar").get_by_role("heading", name="page")).to_be_visible()
    wait_until_settled(app.data_folder)
    counts = np.fromfile(app.data_folder / "page.raw", "u1").reshape(SHAPE)
    assert np.array_equal(DataStack(made).read("maxrf_cube"), counts[::-1, ::-1])


def test_an_append_is_whole_or_absent(page: Page, app: AppServer, walk_away: Callable[[Page], None]):
    before = set(DataStack(app.data_folder / "demo.datastack").names)
    points = json.loads((app.data_folder / "demo_points.json").read_text())
    visit(page, f"{app.url}/register{DEMO}")
    for side, key, size in (("src", "pick-photo", None), ("dst", "pick-map", (280, 300))):
        for x, y in points[f"{side}_points"]:
            click_in_picture(page, key, x, y, size or photo_size(app))
    page.get_by_role("button", name="Save to the scan").click(no_wait_after=True)
    walk_away(page)
    wait_until_settled(app.data_folder)
    names = DataStack(app.data_folder / "demo.datastack").names
    added = {name.rstrip("_") for name in set(names) - before}
    assert added in (set(), REGISTRATION)


def test_dropping_older_versions_leaves_the_old_file_or_the_new(
    page: Page, app: AppServer, walk_away: Callable[[Page], None]
):
    ds = DataStack(app.data_folder / "demo.datastack")
    for number in range(3):
        ds.append({"notes": np.full((500, 500), number)})
    before = set(ds.names)
    visit(page, f"{app.url}/contents{DEMO}")
    page.get_by_role("button", name="Drop older versions").click()
    page.get_by_role("button", name="Drop them").click(no_wait_after=True)
    walk_away(page)
    wait_until_settled(app.data_folder)
    names = set(DataStack(app.data_folder / "demo.datastack").names)
    assert names in (before, {name.rstrip("_") for name in before})
    assert (ds.read("notes") == 2).all()


def test_points_outlive_a_killed_server(page: Page, tmp_path: Path, made_demo: Path):
    folder = tmp_path / "data"
    shutil.copytree(made_demo, folder)
    with AppServer(folder) as server:
        visit(page, f"{server.url}/register{DEMO}")
        for x, y in ((30, 40), (200, 50)):
            click_in_picture(page, "pick-map", x, y, (280, 300))
        wait_until_idle(page)
        server.kill()
        page.goto("about:blank")
    with AppServer(folder) as server:
        visit(page, f"{server.url}/register{DEMO}")
        expect(page.get_by_text("2 single points")).to_be_visible()
        page.get_by_role("button", name="Go on").click()
        wait_until_idle(page)
        expect(page.get_by_text("Click on point 3 (red) in the map.")).to_be_visible()


def photo_size(app: AppServer) -> tuple[int, int]:
    with Image.open(app.data_folder / "demo_photo.png") as photo:
        return photo.size
