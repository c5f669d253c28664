"""HTML, Markdown and links in a file's names and notes are shown as plain text."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import h5py
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from maxrf_core import convert
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration
from tests.browser.app_server import AppServer
from tests.browser.visitor import visit, wait_until_idle

pytestmark = pytest.mark.browser

SHAPE = (60, 50, 256)
IMAGE = '<img src=x onerror="window.hurt=1">'
LINKS = "![x](http:host.example) [link](javascript:window.hurt=1)"
SIGNS = "$m^2$ :streamlit: :smile: :red[x] **bold** `code` -> _x_ ~y~"
ADDRESSES = "www.host.example a@host.example #1"
LONG = "long" * 700
# A name cannot hold a slash: HDF5 takes it for a folder.
NAMES = (IMAGE, LINKS, SIGNS, ADDRESSES, LONG)
NOTE = f"{IMAGE} <script>window.hurt=1</script> ![x](http://host.example/a) http://b.example :material/home:"
FILE = f"{IMAGE} {SIGNS} www.host.example [l](javascript:hurt)"
BROKEN = f"{IMAGE} :red[x] broken.datastack"
RAW = f"{IMAGE} {SIGNS} raw"

# What is on the page that must not be: run, drawn, fetched or linked.
HARM = """
() => {
    const found = window.hurt === undefined ? [] : ['a script ran'];
    const own = source => /^(data:|blob:)/.test(source) || source.startsWith(location.origin + '/');
    for (const image of document.querySelectorAll('img')) {
        if (!own(image.src) || ['x', 'Streamlit logo'].includes(image.alt)) found.push(image.outerHTML);
    }
    for (const link of document.querySelectorAll('a[href]')) {
        if (!link.href.startsWith(location.origin + '/')) found.push(link.outerHTML);
    }
    for (const element of document.querySelectorAll('.katex, [onerror], body script:not([src])')) {
        found.push(element.outerHTML.slice(0, 200));
    }
    return found;
}
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, made_demo: Path) -> Iterator[AppServer]:
    """Run the app on a data folder with files that a stranger has sent."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(made_demo, folder, dirs_exist_ok=True)  # else the app would make it
    make_hostile(folder / f"{FILE}.datastack")
    nested = folder / "![x](http:" / "host.example"
    nested.mkdir(parents=True)
    (nested / "a).datastack").write_bytes((folder / f"{FILE}.datastack").read_bytes())
    (folder / BROKEN).write_bytes(b"\x89HDF\r\n\x1a\n and nothing else")
    counts = np.random.default_rng(1).poisson(2, (20, 30, 64)).astype("<u2")
    (folder / f"{RAW}.raw").write_bytes(counts.tobytes())
    (folder / f"{RAW}.rpl").write_text(
        "key\tvalue\nwidth\t30\nheight\t20\ndepth\t64\noffset\t0\ndata-length\t2\ndata-type\tunsigned\n"
        "byte-order\tlittle-endian\nrecord-by\tvector\n"
    )
    # On one's own computer: for others such a file is refused before it is opened.
    with AppServer(folder) as server:
        yield server


def make_hostile(path: Path) -> None:
    """Write arrays of every kind that the app shows under names that our own program would refuse."""
    counts = np.random.default_rng(0).poisson(3, SHAPE).astype(np.uint8)
    convert(ArrayScan(counts), path, calibration=Calibration(0.1, -0.9))
    pictures = np.random.default_rng(0).integers(0, 255, (*SHAPE[:2], 3), np.uint8)
    kinds = {
        IMAGE: counts[:, :, 60].astype(float),
        LINKS: pictures,
        SIGNS: np.arange(SHAPE[2], dtype=float),
        ADDRESSES: np.ones((4, 2, 2)),
        LONG: np.array([NOTE, IMAGE], dtype=object),
        f"{IMAGE}_reg": pictures,
        f"{SIGNS}_reg": pictures,
        "imvis_reg": pictures,
    }
    with h5py.File(path, "r+") as file:
        for name, values in kinds.items():
            is_text = values.dtype == object
            dataset = file.create_dataset(name, data=values, dtype=h5py.string_dtype() if is_text else None)
            for note in ("photo", "created", IMAGE, NOTE):
                dataset.attrs[note] = NOTE + "y" * 5000


def shown(page: Page) -> str:
    """Return what the page says, without the signs that nobody sees."""
    words: str = page.locator("body").inner_text()
    return " ".join(words.replace("\u2060", "").split())


def expect_harmless(page: Page) -> None:
    """Check that nothing in the page was made of the texts of a file."""
    for frame in page.frames:
        assert frame.evaluate(HARM) == []


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list, whose options are shown letter by letter."""
    field = page.get_by_role("combobox", name=label)
    field.click()
    field.fill(option[:200])
    page.get_by_role("option", name=option, exact=True).first.click()
    wait_until_idle(page)


def address(app: AppServer, page: str = "") -> str:
    """Return the address that opens the hostile file."""
    return f"{app.url}/{page}?stack={quote(FILE)}.datastack&lo=5&hi=7"


def test_files_are_listed_letter_by_letter(page: Page, app: AppServer):
    visit(page, app.url)
    assert FILE in shown(page)
    assert "![x](http:/host.example/a)" in shown(page)
    expect_harmless(page)
    page.get_by_text("Convert a raw scan").click()
    wait_until_idle(page)
    choose(page, "Raw scan", f"{RAW}.rpl")
    assert f"{RAW}: 30 × 20 pixels" in shown(page)
    expect_harmless(page)


@pytest.mark.parametrize("name", ["maps", "spectra", "register", "compare", "contents"])
def test_a_page_shows_the_files_name_and_nothing_else_comes_of_it(page: Page, app: AppServer, name: str):
    visit(page, address(app, name))
    assert FILE in shown(page)
    assert not page.get_by_test_id("stException").count()
    expect_harmless(page)


def test_every_array_is_shown_under_its_own_name(page: Page, app: AppServer):
    visit(page, address(app, "contents"))
    for name in NAMES:
        choose(page, "Array", name)
        assert page.get_by_role("combobox", name="Array").input_value() == name
        expect_harmless(page)
    cells = page.locator('[data-testid="stDataFrame"] canvas td')
    assert set(NAMES) <= set(cells.all_text_contents())


def test_an_array_is_downloaded_under_a_name_that_does_nothing(page: Page, app: AppServer):
    visit(page, address(app, "contents"))
    for name in (IMAGE, SIGNS):
        choose(page, "Array", name)
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        assert download.value.suggested_filename.endswith(".csv")
        assert not set('/\\<>"') & set(download.value.suggested_filename)
    expect_harmless(page)


def test_registrations_are_told_apart_by_their_notes(page: Page, app: AppServer):
    visit(page, address(app, "compare"))
    for name in (f"{IMAGE}_reg", f"{SIGNS}_reg"):
        field = page.get_by_role("combobox", name="Photograph")
        field.click()
        field.fill(name)
        page.get_by_role("option").first.click()
        wait_until_idle(page)
        assert field.input_value().startswith(f"{name} ({IMAGE}")
        expect_harmless(page)


def test_a_message_about_a_file_shows_its_name(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?part=bands&stack={BROKEN}")
    assert BROKEN in shown(page)
    expect_harmless(page)
    visit(page, f"{app.url}/look?part=bands&stack={IMAGE} :streamlit: www.host.example")
    assert f"{IMAGE} :streamlit: www.host.example" in shown(page)
    expect_harmless(page)


def test_a_photograph_with_a_bad_name_does_nothing(page: Page, app: AppServer):
    visit(page, address(app, "register"))
    page.locator(".st-key-photo-upload input").set_input_files(
        {"name": f"{IMAGE} :red[x].png", "mimeType": "image/png", "buffer": b"nothing"}
    )
    expect(page.locator("body")).to_contain_text("is no picture that can be read here")
    expect_harmless(page)
