"""Facts of other programs are taken only where they can be meant."""

import pytest

from maxrf_core.writers.scan_facts import one_line, pixel_size_mm


class Told:
    def __init__(self, about):
        self.about = about


@pytest.mark.parametrize("size", [None, "wide", [0.5], [0.5, 0.0], [0.5, float("nan")], [[0.5, 0.5]]])
def test_an_impossible_pixel_size_is_left_out(size):
    assert pixel_size_mm(Told({} if size is None else {"pixel_size_mm": size})) is None


def test_texts_are_on_one_line():
    assert one_line("a\tb\n c") == "a b c"
    assert one_line(5) == ""
