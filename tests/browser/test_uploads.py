"""Large uploads and downloads, for their owner alone; interrupted ones leave nothing."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from maxrf_core import DataStack
from server.visitor_cookie import COOKIE
from tests.browser.app_server import AppServer
from tests.browser.visitor import (
    new_context,
    open_page,
    part_of_look,
    visit,
    wait_for,
    wait_until_idle,
    write_header,
)

pytestmark = pytest.mark.browser
WITH_DEMO = SHARED = True
SLOW = 200_000  # bytes a second, so that there is time to stop


@pytest.fixture(scope="module")
def demo(app: AppServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a datastack that a visitor may have at home."""
    path = tmp_path_factory.mktemp("home") / "my scan.datastack"
    shutil.copy(app.data_folder / "demo.datastack", path)
    return path


@pytest.fixture
def kept(app: AppServer) -> Path:
    """Return the folder of all uploads."""
    return app.data_folder / ".uploads"


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))


def choose_large_file(page: Page, app: AppServer, *paths: Path, task: str = "Upload a datastack") -> None:
    visit(page, app.url)
    page.get_by_role("radio", name=task).click()
    wait_until_idle(page)
    page.locator(".st-key-stack-upload, .st-key-raw-upload").locator("input").set_input_files(paths)


def slow_down(page: Page) -> None:
    """Limit the page's speed to that of a museum's wireless network."""
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)


def test_a_large_upload_opens_for_its_owner_alone_and_outlives_a_reload(
    page: Page, app: AppServer, browser: Browser, demo: Path
):
    choose_large_file(page, app, demo)
    expect(part_of_look(page, "Elements")).to_be_checked()
    expect(page.get_by_text("Your own upload: only you can see it.", exact=False)).to_be_visible()
    page.reload()
    wait_until_idle(page)
    expect(page.get_by_text("Your own upload: only you can see it.", exact=False)).to_be_visible()

    stranger = new_context(browser)
    other = stranger.new_page()
    visit(other, page.url)
    expect(other.get_by_text("This upload is not here any more")).to_be_visible()
    visit(other, app.url)
    expect(other.get_by_text("my scan")).to_have_count(0)
    stranger.close()

    visit(page, app.url)  # without the upload in the address
    expect(page.get_by_text("my scan")).to_be_visible()
    expect(page.get_by_text("unless it is opened before")).to_be_visible()


def test_a_private_link_opens_the_uploads_in_another_browser_until_that_is_told_to_forget(
    page: Page, app: AppServer, browser: Browser, demo: Path
):
    choose_large_file(page, app, demo)
    expect(part_of_look(page, "Elements")).to_be_checked()
    (cookie,) = (each for each in page.context.cookies() if each["name"] == COOKIE)
    assert 6.9 < (cookie["expires"] - time.time()) / 24 / 3600 <= 7  # as long as an upload stays
    visit(page, app.url)
    page.get_by_text("Come back from another computer").click()
    link = page.get_by_test_id("stCode").inner_text().strip()

    elsewhere = new_context(browser)
    other = elsewhere.new_page()
    other.goto(link)
    other.get_by_role("button", name="Open my uploads").click()
    expect(other.get_by_text("my scan")).to_be_visible()
    wait_until_idle(other)
    other.get_by_text("Come back from another computer").click()
    wait_until_idle(other)
    other.get_by_role("link", name="Forget me on this computer").click()
    other.get_by_role("button", name="Forget me", exact=True).click()
    wait_until_idle(other)
    expect(other.get_by_text("my scan")).to_have_count(0)
    elsewhere.close()


def test_a_whole_datastack_is_downloaded_as_it_is(page: Page, app: AppServer, demo: Path):
    choose_large_file(page, app, demo)
    expect(part_of_look(page, "Elements")).to_be_checked()
    open_page(page, "Contents")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download my scan.datastack").click()
    assert started.value.suggested_filename == "my scan.datastack"
    assert Path(started.value.path()).read_bytes() == demo.read_bytes()


def test_an_upload_that_is_stopped_leaves_nothing(page: Page, app: AppServer, kept: Path, demo: Path):
    visit(page, app.url)  # the first visit of all makes the signing key, which stays
    before = files_in(kept)
    slow_down(page)
    page.get_by_role("radio", name="Upload a datastack").click()
    wait_until_idle(page)
    page.locator(".st-key-stack-upload input").set_input_files(demo)
    expect(page.get_by_text("left", exact=False).last).to_be_visible()  # how long it will take
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped; nothing was kept.")).to_be_visible()
    # The server hears of it a moment later
    wait_for(page, lambda: files_in(kept) == before, "nothing is left of the upload")


def test_a_broken_datastack_is_told_and_can_be_rescued(
    page: Page, app: AppServer, tmp_path: Path, demo: Path
):
    broken = tmp_path / "cut.datastack"
    broken.write_bytes(demo.read_bytes()[:-1000])
    choose_large_file(page, app, broken)
    page.get_by_role("button", name="Rescue what it still holds").click()
    page.get_by_role("button", name="Open what was saved").click()
    expect(page.get_by_role("heading", name="cut_rescued")).to_be_visible()
    expect(part_of_look(page, "Elements")).to_be_checked()  # its energies come before the counts


def test_a_large_raw_scan_is_uploaded_in_two_files_and_converted(page: Page, app: AppServer, tmp_path: Path):
    counts = np.random.default_rng(1).poisson(2, (20, 30, 256)).astype("u1")
    counts.tofile(tmp_path / "page.raw")
    write_header(tmp_path / "page.rpl", counts.shape)
    choose_large_file(page, app, tmp_path / "page.rpl", tmp_path / "page.raw", task="Convert a raw scan")
    page.get_by_role("button", name="Convert", exact=True).click()
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text("Your own upload: only you can see it.", exact=False)).to_be_visible()
    wait_until_idle(page)
    made = next((app.data_folder / ".uploads").glob("*/*/page.datastack"))
    assert np.array_equal(DataStack(made).read("maxrf_cube"), counts)


def test_a_file_for_each_pixel_is_uploaded_as_one_and_converted(page: Page, app: AppServer, tmp_path: Path):
    counts = np.random.default_rng(1).poisson(50, (4, 5, 256))
    for row, column in np.ndindex(4, 5):
        (tmp_path / f"p{row}_{column}.mca").write_text("\n".join(map(str, counts[row, column])))
    choose_large_file(page, app, *sorted(tmp_path.glob("*.mca")), task="Convert a raw scan")
    page.get_by_role("button", name="Convert", exact=True).click()
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text("Your own upload: only you can see it.", exact=False)).to_be_visible()
    made = next((app.data_folder / ".uploads").glob("*/*/scan.datastack"))
    assert np.array_equal(DataStack(made).read("maxrf_cube"), counts)
