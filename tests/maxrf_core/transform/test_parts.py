"""A click in an enlarged part of a picture is where it is seen, at any zoom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.transform.coordinates import View
from maxrf_core.transform.parts import Part, part_around, whole_part

lengths = st.integers(1, 20_000)
sizes = st.tuples(lengths, lengths)
views = st.builds(View, st.integers(0, 3), st.booleans())
shares = st.floats(0, 1)


def any_part(size: tuple[int, int], data: st.DataObject) -> Part:
    """Zoom and shift as a visitor may."""
    part = whole_part(size)
    for _ in range(data.draw(st.integers(0, 4))):
        part = part.zoomed(data.draw(st.floats(0.3, 10)), size)
        part = part.moved(data.draw(st.floats(-2, 2)), data.draw(st.floats(-2, 2)), size)
    return part


@given(sizes, views, st.floats(40, 2000), st.data())
def test_a_click_is_within_half_a_screen_pixel_of_what_is_seen_at_any_zoom(size, view, displayed, data):
    part = any_part(size, data)
    shown = view.shown_size(*part.size)
    screen = displayed, displayed * shown[1] / shown[0]
    x, y = (
        first - 0.5 + data.draw(shares) * (last - first - 1e-3)
        for first, last in ((part.left, part.right), (part.top, part.bottom))
    )
    seen = part.to_displayed(x, y, *screen, view)
    click = tuple(round(place) for place in seen)  # a mouse hits whole pixels
    found = part.to_image(*click, *screen, view)
    back = part.to_displayed(*found, *screen, view)
    assert max(abs(one - other) for one, other in zip(back, seen, strict=True)) <= 0.5 + 1e-4
    off_x, off_y = abs(found[0] - x), abs(found[1] - y)
    scale = shown[0] / screen[0]
    assert max(off_x, off_y) <= 0.5 * scale + 1e-3


@given(sizes, st.data())
def test_a_part_lies_in_the_picture_and_keeps_its_proportions(size, data):
    part = any_part(size, data)
    assert 0 <= part.left < part.right <= size[0]
    assert 0 <= part.top < part.bottom <= size[1]
    shares = [length / whole for length, whole in zip(part.size, size, strict=True)]
    assert abs(shares[0] - shares[1]) <= 1 / min(size)


@given(sizes, st.data())
def test_a_box_that_is_drawn_is_shown_whole(size, data):
    corners = [tuple(data.draw(shares) * length - 0.5 for length in size) for _ in range(2)]
    part = part_around(corners, size)
    for x, y in corners:
        assert part.left - 0.5 <= x <= part.right - 0.5
        assert part.top - 0.5 <= y <= part.bottom - 0.5


def test_zooming_out_ends_at_the_whole_picture_and_in_at_a_few_pixels():
    size = (400, 200)
    part = whole_part(size)
    for _ in range(10):
        part = part.zoomed(2, size)
    assert part.size == pytest.approx((16, 8))
    for _ in range(10):
        part = part.zoomed(0.5, size)
    assert part == whole_part(size)
