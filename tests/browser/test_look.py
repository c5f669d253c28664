"""A visitor lays elements over one another and changes their contrast: the picture follows the hand."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_server import AppServer
from tests.browser.visitor import drag_across_chart, point_at_map, visit, wait_until, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
EXAMINATION = 240_000  # milliseconds for the elements and their maps, on a busy machine
PICTURE = "document.querySelector('.st-key-chart-look-picture .js-plotly-plot image')?.href.baseVal"
# Mean blue of the picture, 0 to 255
BLUE = """async () => {
    const image = document.querySelector('.st-key-chart-look-picture .js-plotly-plot image');
    if (!image) return Infinity;  // it is being drawn anew
    const shown = Object.assign(new Image(), {src: image.href.baseVal});
    await shown.decode();
    const canvas = new OffscreenCanvas(shown.width, shown.height);
    const context = canvas.getContext('2d');
    context.drawImage(shown, 0, 0);
    const {data} = context.getImageData(0, 0, shown.width, shown.height);
    let blue = 0;
    for (let place = 0; place < data.length; place += 4) blue += data[place + 2];
    return blue / (data.length / 4);
}"""


def test_layers_are_laid_over_one_another_and_their_contrast_follows_the_hand(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?stack=demo.datastack")
    tiles, layers = page.locator(".st-key-look-wall .tile"), page.locator(".st-key-look-layers .layer")
    tiles.first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    expect(layers).to_have_count(1)

    tiles.filter(has_text="Fe").click()
    expect(layers).to_have_count(2)
    wait_until_idle(page)
    expect(layers.first).to_contain_text("Fe")
    before = page.evaluate(BLUE)  # iron has a blue hue beside the orange one of what was there
    assert before > 1

    # Iron's brightest value is dragged down: more of it is bright
    picture = page.evaluate(PICTURE)
    dark, start = (layers.first.locator(f".limit.{end}").bounding_box() for end in ("low", "high"))
    y = start["y"] + start["height"] / 2
    page.mouse.move(start["x"] + start["width"] / 2, y)
    page.mouse.down()
    page.mouse.move((dark["x"] + start["x"]) / 2 + start["width"] / 2, y, steps=5)
    wait_until(page, f"before => {PICTURE} !== before", picture)  # while the button is still down
    page.mouse.up()
    wait_until_idle(page)
    assert page.evaluate(BLUE) > 1.2 * before

    # How sure the element is stands in its line; why lies over the page, which stays as it is
    height = page.locator(".st-key-look-layers .layers").bounding_box()["height"]
    layers.first.get_by_role("button", name="✓ sure Why? Fe").click()
    expect(page.get_by_role("dialog", name="✓ sure Why? Fe")).to_contain_text("Iron (Fe): sure")
    assert page.locator(".st-key-look-layers .layers").bounding_box()["height"] == height
    page.keyboard.press("Escape")

    layers.first.get_by_role("button", name="Show or hide: Fe").click()
    wait_until(page, f"async limit => await ({BLUE})() < limit", 0.5)
    wait_until_idle(page)

    tiles.filter(has_text="Fe").click()
    expect(layers).to_have_count(1)


def test_a_click_on_the_picture_tells_the_counts_of_the_pixel(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?stack=demo.datastack")
    page.locator(".st-key-look-wall .tile").first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    # What floats over the page closes, as at a click elsewhere
    page.get_by_role("button", name="Ruler").click()
    popover = page.get_by_test_id("stPopoverBody")
    expect(popover).to_be_visible()
    drag_across_chart(page, "chart-look-picture", 200, 220)
    expect(popover).to_have_count(0)
    page.locator(".st-key-chart-look-picture .chart-plot").click()
    wait_until_idle(page)
    expect(page.get_by_text("Net counts:")).to_be_visible()
    plot = page.locator(".st-key-chart-look-picture .chart-plot").bounding_box()
    page.mouse.move(plot["x"] + plot["width"] / 2 + 9, plot["y"] + plot["height"] / 2)
    expect(page.locator(".st-key-chart-look-picture .chart-value")).to_contain_text("net counts per pixel")


# Where the crosses in the small maps stand, as shares of each map's sides; none where they are hidden
CROSSES = """() => [...document.querySelectorAll('.st-key-look-wall .tile img')].map(image => {
    const cross = image.parentElement.lastElementChild;
    if (cross.style.display === 'none') return null;
    const [box, {x, y, width, height}] = [image, cross].map(each => each.getBoundingClientRect());
    const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
    const [wide, high] = [scale * image.naturalWidth, scale * image.naturalHeight];
    return [(x + width / 2 - box.x - (box.width - wide) / 2) / wide,
            (y + height / 2 - box.y - (box.height - high) / 2) / high];
})"""


def test_the_pointers_place_is_shown_in_all_pictures_of_the_map(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?stack=demo.datastack")
    tile = page.locator(".st-key-look-wall .tile").first
    tile.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    label = point_at_map(page, "look-picture", 70, 200)
    expect(label).to_contain_text("x 70, y 200")
    crosses = page.evaluate(CROSSES)
    assert len(crosses) > 6
    for cross in crosses:  # a hundredth is less than a pixel of a small map
        assert cross == pytest.approx([70.5 / 280, 200.5 / 300], abs=0.01)

    box = tile.locator("img").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told = re.search(r"x (\d+), y (\d+)", label.inner_text())
    assert told is not None
    assert [int(number) for number in told.groups()] == pytest.approx([140, 150], abs=4)
    page.mouse.move(5, 5)
    expect(label).to_be_empty()
    assert not any(page.evaluate(CROSSES))


def test_a_dragged_band_is_seen_while_it_is_dragged_and_stays_one_layer(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?stack=demo.datastack")
    page.locator(".st-key-look-wall .tile").first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    layers = page.locator(".st-key-look-layers .layer")
    for lo, hi in ((12, 14), (16, 18)):
        before = page.evaluate(PICTURE)

        def differs(before: str = before) -> None:
            wait_until(page, f"before => ({PICTURE} ?? before) !== before", before)

        drag_across_chart(page, "chart-look-spectrum", lo, hi, rest=differs)
        expect(layers).to_have_count(2)
        expect(layers.first).to_contain_text("–")
        assert page.evaluate(PICTURE) != before


def test_picture_and_spectrum_are_seen_whole_without_scrolling(page: Page, app: AppServer):
    for width, height in ((1440, 900), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        visit(page, f"{app.url}/look?stack=demo.datastack")
        page.locator(".st-key-look-wall .tile").first.wait_for(timeout=EXAMINATION)
        wait_until_idle(page)
        for chart in ("look-picture", "look-spectrum"):
            box = page.locator(f".st-key-chart-{chart} .chart-plot").bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height
            assert box["x"] + box["width"] <= width


def test_a_phone_shows_one_pane_at_a_time_and_the_name_of_the_scan(page: Page, app: AppServer):
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, f"{app.url}/look?stack=demo.datastack")
    picture, spectrum, layers = (
        page.locator(f".st-key-{each}")
        for each in ("chart-look-picture", "chart-look-spectrum", "look-layers")
    )
    picture.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    expect(page.locator(".st-key-open-scan")).to_be_visible()
    expect(page.locator(".st-key-open-scan")).to_contain_text("demo")
    for name, shown in (("Spectrum", spectrum), ("Layers", layers), ("Picture", picture)):
        page.locator(".st-key-look-panes").get_by_text(name).click()
        wait_until_idle(page)
        expect(shown).to_be_visible()
        for other in {picture, spectrum, layers} - {shown}:
            expect(other).to_be_hidden()
