"""Questions of a visitor to the demo, each in four clicks at most, and the answers held against its truth.

Where iron is, lead or zinc white, and which of two elements: `test_elements.py`; one patch or another:
`test_look_patches.py`.
"""

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from maxrf_core.demo.make import TRUTH
from maxrf_core.imaging.layers import HUES
from tests.browser.app_server import AppServer
from tests.browser.test_elements import COUNT_CLICKS
from tests.browser.test_look import EXAMINATION
from tests.browser.visitor import open_part, visit, wait_until_idle
from tests.maxrf_core.elements.made_scan import COUNTS
from tests.pages.elements_scan import make_scan

pytestmark = pytest.mark.browser
WITH_REGISTERED_DEMO = True
MAX_CLICKS = 4
SYMBOLS = "tiles => tiles.map(tile => tile.dataset.symbol)"
# The picture on Look as a PNG
PICTURE = """async () => {
    const image = document.querySelector('.st-key-chart-look-picture .js-plotly-plot image');
    const shown = Object.assign(new Image(), {src: image.href.baseVal});
    await shown.decode();
    const canvas = new OffscreenCanvas(shown.width, shown.height);
    canvas.getContext('2d').drawImage(shown, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
}"""


def begin(page: Page, app: AppServer) -> None:
    """Open the demo's elements; the clicks from here are counted."""
    visit(page, f"{app.url}/look?part=elements&stack=demo.datastack")
    page.locator(".maxrf-elements .tile").first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    page.evaluate(COUNT_CLICKS)


def go_to_look(page: Page) -> None:
    open_part(page, "Bench")
    page.locator(".st-key-look-wall .tile").first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)


def clicks(page: Page) -> int:
    """Return the clicks since the beginning, of which there is at least one."""
    count = int(page.evaluate("window.clicks"))
    assert count
    return count


def truth_of(app: AppServer) -> dict[str, np.ndarray]:
    ds = DataStack(app.data_folder / "demo.datastack")
    return dict(zip(ds.attributes(TRUTH)["names"], ds.read(TRUTH).astype(float), strict=True))


def shown_picture(page: Page) -> np.ndarray:
    png = base64.b64decode(page.evaluate(PICTURE))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(float)


def test_what_goes_together(page: Page, app: AppServer):
    begin(page, app)
    go_to_look(page)
    page.get_by_text("What goes together", exact=True).click()
    wait_until_idle(page)
    page.get_by_role("button", name="Divide the scan").click()
    wait_until_idle(page)
    expect(page.get_by_role("button", name="As a patch").first).to_be_visible()
    assert clicks(page) <= MAX_CLICKS
    truth = truth_of(app)
    told = [
        re.fullmatch(r"(.+) · (\d+)%", text) for text in page.locator(".st-key-look-side p").all_inner_texts()
    ]
    groups = {found[1]: int(found[2]) for found in told if found}
    assert 99 <= sum(groups.values()) <= 101, groups
    [(name, share)] = [(name, share) for name, share in groups.items() if "," in name]
    maps = [truth[element] for element in name.split(", ")]
    assert np.corrcoef([values.ravel() for values in maps]).min() > 0.9, name
    for values in maps:
        part = (values > 0.3 * np.percentile(values, 99)).mean()
        assert share == pytest.approx(100 * part, abs=3), name


def test_three_elements_as_one_picture(page: Page, app: AppServer):
    begin(page, app)
    go_to_look(page)
    rows = page.locator(".st-key-look-layers .layer")
    expect(rows).to_have_count(1)
    first = rows.get_attribute("data-key")
    chosen = [key for key in ("Fe-K", "Hg-L", "Cu-K") if key != first][:2]
    for key in chosen:
        page.locator(f'.st-key-look-wall .tile[data-focus="tile {key}"]').click()
        wait_until_idle(page)
    expect(rows).to_have_count(3)
    assert clicks(page) <= MAX_CLICKS
    hues = np.array([[int(hue[at : at + 2], 16) for at in (1, 3, 5)] for hue in HUES[:3]])
    parts = shown_picture(page) @ np.linalg.inv(hues)  # of each hue in the light of a pixel
    truth = truth_of(app)
    for key, part in zip([first, *chosen], np.moveaxis(parts, 2, 0), strict=True):
        wanted = truth[key.partition("-")[0]]
        seen = np.minimum(wanted, np.percentile(wanted, 99))
        assert np.corrcoef(part.ravel(), seen.ravel())[0, 1] > 0.7, key


def test_a_figure_for_a_report(page: Page, app: AppServer):
    begin(page, app)
    go_to_look(page)
    page.get_by_role("button", name="Take to the report").click()
    wait_until_idle(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="PNG", exact=True).click()
    assert clicks(page) <= MAX_CLICKS
    with Image.open(started.value.path()) as figure:
        assert figure.width == pytest.approx(160 / 25.4 * 300, abs=2)
        assert any("demo" in str(text) and "layers" in str(text) for text in figure.info.values())


def test_where_a_detail_of_the_photograph_lies(page: Page, app: AppServer):
    begin(page, app)
    go_to_look(page)
    page.get_by_role("combobox", name="Add a layer").click()
    page.get_by_role("option", name="Photograph").click()
    wait_until_idle(page)
    page.locator(".st-key-look-layers .layer .eye").first.click()  # hides the map
    wait_until_idle(page)
    assert clicks(page) <= MAX_CLICKS
    shown = shown_picture(page)
    points = json.loads((app.data_folder / "demo_points.json").read_text())
    photo = np.asarray(Image.open(app.data_folder / "demo_photo.png").convert("RGB")).astype(float)
    width = DataStack(app.data_folder / "demo.datastack").shape[1]
    scale = shown.shape[1] / width
    for (x, y), (u, v) in zip(points["check_dst_points"], points["check_src_points"], strict=True):
        column, row = round((x + 0.5) * scale - 0.5), round((y + 0.5) * scale - 0.5)
        around = [
            picture[down - reach : down + reach + 1, right - reach : right + reach + 1].mean((0, 1))
            for picture, right, down, reach in (
                (shown, column, row, 1),
                (photo, round(u), round(v), 2),
            )
        ]
        assert np.abs(around[0] - around[1]).max() < 40, (x, y)


def test_a_scan_of_ones_own(page: Page, app: AppServer, tmp_path: Path):
    make_scan(tmp_path / "mine.datastack")
    visit(page, app.url)
    page.evaluate(COUNT_CLICKS)
    page.get_by_role("radio", name="Upload a datastack").click()
    wait_until_idle(page)
    page.locator(".st-key-stack-upload input").set_input_files(tmp_path / "mine.datastack")
    chosen = 1
    page.locator(".maxrf-elements .tile").first.wait_for(timeout=EXAMINATION)
    assert clicks(page) + chosen <= MAX_CLICKS
    wait_until_idle(page)
    sure = page.locator(".maxrf-elements .tile.sure").evaluate_all(SYMBOLS)
    assert set(sure) <= {family.partition("-")[0] for family in COUNTS}
    assert {"Fe", "Pb"} & set(sure)
