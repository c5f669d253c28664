"""The bench fits into the window."""

from widgets.look.window import picture_height


def test_a_low_map_takes_no_more_than_it_fills():
    assert picture_height((100, 400)).endswith("(100cqw - 54px) * 0.25 + 60px))")
