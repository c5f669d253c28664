"""Clicks and drags on a map are told in its pixels."""

from widgets.charts.map_acts import boxes, clicks

SHAPE = (20, 30)


def test_a_click_is_a_pixel_and_none_outside():
    told = []
    click = clicks(SHAPE, lambda x, y: told.append((x, y)))
    for place in ((3.4, 5.6), (-3.0, 5.0)):
        click(*place, 2.0)
    assert told == [(3, 6)]
    assert clicks(SHAPE, None) is None


def test_a_corner_is_exact_and_stays_on_the_map_while_keys_move_the_pixel():
    corners, pixels = [], []
    click = clicks(SHAPE, lambda *at: pixels.append(at), lambda *at: corners.append(at))
    click(3.4, 5.6, 2.0)
    click(-7.0, 90.0, 2.0)
    click(4.0, 6.0, 0.0)  # an arrow key
    assert corners == [(3.4, 5.6, 2.0), (-0.5, 19.5, 2.0)]
    assert pixels == [(4, 6)]


def test_a_box_is_the_pixels_whose_centres_it_holds():
    told = []
    drag = boxes(SHAPE, lambda *region: told.append(region))
    drag(1.4, 4.2, 2.6, 5.1)
    drag(1.1, 1.2, 2.1, 2.2)
    assert told == [(2, 3, 4, 5)]
    assert boxes(SHAPE, None) is None
