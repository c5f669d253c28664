"""Photograph and maps agree to a fraction of a pixel at every zoom and in every comparison.

What the browser has really drawn is read back from its canvases, on a scan made for it (`spotted_scan`).
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.app_server import AppServer
from tests.browser.spotted_scan import (
    GREY,
    HEIGHT,
    SPOTS,
    WIDTH,
    box_of,
    choose,
    frames,
    is_photograph,
    light_at,
    make_spotted_scan,
    place_in,
    settled,
    turn_wheel,
)
from tests.browser.visitor import (
    DESKTOP,
    PHONE,
    WATCH_TRAFFIC,
    Troubles,
    new_context,
    open_part,
    visit,
    wait_until_idle,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """Run the app on a scan of which everything is known."""
    folder = tmp_path_factory.mktemp("data")
    make_spotted_scan(folder)
    with AppServer(folder) as server:
        yield server


def opened(context: BrowserContext, app: AppServer) -> Iterator[Page]:
    troubles = Troubles()
    troubles.watch(context)
    page = context.new_page()
    visit(page, f"{app.url}/compare{GREY}")
    expect(frames(page)).to_have_count(2)
    settled(page)
    yield page
    context.close()
    troubles.read_terminal(app.output())
    assert not troubles


@pytest.fixture(scope="module")
def desk(app: AppServer, browser: Browser) -> Iterator[Page]:
    """Open the page Compare on a desktop, once for all tests."""
    yield from opened(new_context(browser, DESKTOP), app)


@pytest.fixture(scope="module")
def phone(app: AppServer, browser: Browser) -> Iterator[Page]:
    """Open it on a phone: small, with fine pixels and fingers, for somebody who wants to see little move."""
    width, height = PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        has_touch=True,
        reduced_motion="reduce",
    )
    context.add_init_script(WATCH_TRAFFIC)
    yield from opened(context, app)


# Where things are


@pytest.mark.parametrize("turns", [0, 2, 5, 11])
def test_photograph_and_map_lie_where_they_should_at_every_zoom(desk: Page, turns: int):
    frame = choose(desk, "Side by side")
    x, y, scale = turn_wheel(desk, frame, SPOTS[0], turns)
    for each in frames(desk).all():
        found = light_at(each, x, y, max(4, 7 * scale))
        assert found == pytest.approx((x, y), abs=max(0.08, 0.03 * scale))


def test_on_fine_pixels_too_and_where_the_map_is_small(phone: Page):
    choose(phone, "Side by side")
    for each in frames(phone).all():
        for spot in SPOTS:
            x, y, scale = place_in(each, *spot)
            assert light_at(each, x, y, 8 * scale, ratio=2) == pytest.approx((x, y), abs=0.08)


def test_a_file_with_another_convention_lies_half_a_pixel_further(desk: Page):
    desk.get_by_role("combobox", name="Photograph").click()
    desk.get_by_role("option", name="imxr_reg_highres").click()
    wait_until_idle(desk)
    frame = choose(desk, "Side by side")
    x, y, scale = turn_wheel(desk, frame, SPOTS[0], 8)
    found = [light_at(each, x, y, 9 * scale) for each in frames(desk).all()]
    (right, down), (map_right, map_down) = found
    assert ((right - map_right) / scale, (down - map_down) / scale) == pytest.approx((0.5, 0.5), abs=0.03)
    desk.get_by_role("combobox", name="Photograph").click()
    desk.get_by_role("option", name="imvis_reg_highres").click()


def test_zooming_and_moving_one_picture_takes_the_other_along(desk: Page):
    frame = choose(desk, "Side by side")
    x, y, scale = turn_wheel(desk, frame, SPOTS[1], 6)
    box = box_of(frame)
    desk.mouse.move(box["x"] + 100, box["y"] + 100)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 160, box["y"] + 70, steps=4)
    desk.mouse.up()
    settled(desk)
    for each in frames(desk).all():
        assert light_at(each, x + 60, y - 30, 7 * scale) == pytest.approx((x + 60, y - 30), abs=0.1 * scale)


# Ways to compare


def test_the_edge_of_a_swipe_is_dragged_and_moved_by_keys(desk: Page):
    frame = choose(desk, "Swipe")
    edge = desk.get_by_role("slider", name="Edge between the two pictures")
    expect(edge).to_have_attribute("aria-valuenow", "50")
    assert [is_photograph(frame, across) for across in (0.45, 0.55)] == [True, False]
    box = box_of(frame)
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] * 0.35, box["y"] + box["height"] / 3, steps=5)
    desk.mouse.up()
    expect(edge).to_have_attribute("aria-valuenow", "35")
    assert [is_photograph(frame, across) for across in (0.34, 0.36, 0.45)] == [True, False, False]
    edge.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
        desk.keyboard.press(key)
    expect(edge).to_have_attribute("aria-valuenow", "46")
    desk.evaluate("() => new Promise(requestAnimationFrame)")
    assert [is_photograph(frame, across) for across in (0.45, 0.47)] == [True, False]
    desk.keyboard.press("Home")
    expect(edge).to_have_attribute("aria-valuenow", "0")
    desk.keyboard.press("PageUp")
    expect(edge).to_have_attribute("aria-valuenow", "10")


def test_pictures_change_by_themselves_until_they_are_told_not_to(desk: Page):
    choose(desk, "Blink")
    photograph, of_map = desk.locator(".chip.first"), desk.locator(".chip.second")
    for _ in range(2):
        expect(photograph).to_be_visible()
        expect(of_map).to_be_visible()
    desk.get_by_role("button", name="Start and stop blinking").click()
    expect(desk.get_by_role("button", name="Start and stop blinking")).to_have_text("Blink")
    for _ in range(2):
        was_photograph = photograph.is_visible()
        desk.get_by_role("button", name="Show the other picture").click()
        expect(of_map if was_photograph else photograph).to_be_visible()
        assert is_photograph(frames(desk).first, 0.5) is not was_photograph
    expect(desk.get_by_role("slider", name="Changes a second")).to_have_attribute("max", "3")


def test_who_wants_to_see_little_move_sees_no_blinking(phone: Page):
    choose(phone, "Blink")
    expect(phone.get_by_role("button", name="Start and stop blinking")).to_have_text("Blink")
    expect(phone.locator(".chip.first")).to_be_hidden()
    phone.get_by_role("button", name="Show the other picture").click()
    expect(phone.locator(".chip.first")).to_be_visible()


def test_opacity_and_squares_change_without_the_server(desk: Page):
    frame = choose(desk, "Overlay")
    sent = desk.evaluate("traffic.sent")
    opacity = desk.get_by_role("slider", name="Opacity of the upper picture")
    colours = []
    for key in ("Home", "End"):
        opacity.press(key)
        desk.evaluate("() => new Promise(requestAnimationFrame)")
        colours.append(is_photograph(frame, 0.5))
    assert colours == [False, True]
    assert desk.evaluate("traffic.sent") == sent
    frame = choose(desk, "Checkerboard")
    squares = desk.get_by_role("slider", name="Size of the squares")
    squares.press("End")
    desk.evaluate("() => new Promise(requestAnimationFrame)")
    width = box_of(frame)["width"]
    row = 0 if box_of(frame)["height"] * 0.3 < 240 else 1
    shown = [is_photograph(frame, (240 * number + 120) / width) for number in (1, 2)]
    assert shown == [(row + 1) % 2 == 0, row % 2 == 0]


def test_a_key_zooms_and_the_cross_goes_from_pixel_to_pixel(desk: Page):
    frame = choose(desk, "Side by side")
    frame.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        desk.keyboard.press(key)
    cross = WIDTH // 2 + 2, HEIGHT // 2 + 9
    expect(desk.locator(".told")).to_have_text(f"x {cross[0]}, y {cross[1]}")
    (x, y, scale), (cross_x, cross_y, _) = place_in(frame, *SPOTS[0]), place_in(frame, *cross)
    for key, zoom in (("+", 1.4), ("-", 1), ("+", 1.4), ("0", 1)):
        desk.keyboard.press(key)
        settled(desk)
        there = cross_x + (x - cross_x) * zoom, cross_y + (y - cross_y) * zoom
        assert light_at(frames(desk).nth(1), *there, 8 * scale) == pytest.approx(there, abs=0.1)


# On a phone


def test_fingers_move_the_edge_and_zoom_on_a_phone(phone: Page):
    frame = choose(phone, "Swipe")
    box = box_of(frame)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    session = phone.context.new_cdp_session(phone)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})

    middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch("Start", (middle, height))
    touch("Move", (middle - 40, height))
    touch("Move", (middle - 90, height))
    touch("End")
    edge = phone.get_by_role("slider", name="Edge between the two pictures")
    expect(edge).to_have_attribute("aria-valuenow", str(round(50 - 9000 / box["width"])))

    x, y, _ = place_in(frame, *SPOTS[1])
    for kind, apart in (("Start", 20), ("Move", 30), ("Move", 60)):
        touch(kind, *((box["x"] + x + side * apart, box["y"] + y) for side in (-1, 1)))
    touch("End")
    settled(phone)
    assert light_at(frame, x, y, 15, ratio=2) == pytest.approx((x, y), abs=2)  # it stays between the fingers
    wider = phone.evaluate(
        "() => document.querySelector('[data-testid=\"stMain\"]').scrollWidth - window.innerWidth"
    )
    assert wider <= 0


# Clicking on the photograph


def test_a_click_on_the_photograph_gives_the_spectrum_of_that_very_pixel(desk: Page):
    open_part(desk, "Spectra")
    desk.get_by_role("radio", name="Both", exact=True).click()
    wait_until_idle(desk)
    expect(frames(desk)).to_have_count(2)
    settled(desk)
    frame = frames(desk).first
    frame.scroll_into_view_if_needed()
    told, before = desk.locator(".maxrf-views .told"), box_of(frame)
    expect(told).to_be_empty()
    frame.hover()
    expect(told).not_to_be_empty()
    assert box_of(frame) == before  # the line that tells the place, above a narrow picture, moves nothing
    x, y, scale = turn_wheel(desk, frame, SPOTS[0], 12)
    # Just inside the pixel at its upper left corner, and just beyond
    for inside, pixel in ((0.4, SPOTS[0]), (0.6, (SPOTS[0][0] - 1, SPOTS[0][1] - 1))):
        step = inside * scale
        wait_until_idle(desk)
        box = box_of(frame)
        desk.mouse.click(round(box["x"] + x - step), round(box["y"] + y - step))
        wait_until_idle(desk)
        expect(desk.get_by_text(f"Pixel {pixel[0]}, {pixel[1]}", exact=False).first).to_be_visible()
    expect(desk.get_by_text("The photograph is off by about")).to_be_visible()


def test_the_cursor_is_at_the_same_place_on_photograph_and_map(desk: Page):
    desk.get_by_role("button", name="Show everything").filter(has_text="Fit").click()
    settled(desk)
    photo, of_map = frames(desk).all()
    box = box_of(photo)
    desk.mouse.move(box["x"] + 111, box["y"] + 77)
    expect(desk.locator(".told")).to_have_text(re.compile(r"x \d+, y \d+"))
    desk.evaluate("() => new Promise(requestAnimationFrame)")
    crossed = [
        each.evaluate(
            """frame => {
                const canvas = frame.querySelectorAll('canvas')[1];
                const {data} = canvas.getContext('2d').getImageData(0, 2, canvas.width, 1);
                const columns = Array.from({length: canvas.width}, (_, x) => x);
                const drawn = columns.filter(x => data[4 * x + 3] > 99);
                return [Math.min(...drawn), Math.max(...drawn)];
            }"""
        )
        for each in (photo, of_map)
    ]
    assert crossed[0] == crossed[1]
    assert sum(crossed[0]) / 2 + 0.5 == pytest.approx(111.5, abs=1)


def test_a_rectangle_that_is_drawn_on_the_photograph_gives_its_mean(desk: Page):
    frame = frames(desk).first
    box = box_of(frame)
    corners = [place_in(frame, *corner)[:2] for corner in ((99.6, 199.6), (250.4, 300.4))]
    start, end = [(box["x"] + x, box["y"] + y) for x, y in corners]
    desk.mouse.move(*start)
    desk.mouse.down()
    desk.mouse.move(*end, steps=4)
    desk.mouse.up()
    wait_until_idle(desk)
    words = desk.get_by_text(re.compile(r"Mean of \d+, \d+ to \d+, \d+")).first.text_content() or ""
    x0, y0, x1, y1 = map(int, re.findall(r"\d+", words)[-4:])
    scale = place_in(frame, 0, 0)[2]
    assert (x0, y0, x1, y1) == pytest.approx((100, 200, 250, 300), abs=1 / scale)
