"""Outlines of patches on a map, as they were drawn."""

from maxrf_core.patches.patch import Patch
from widgets.charts.outlines import outline_marks


def test_a_patch_is_outlined_as_it_was_drawn():
    patch = Patch.polygon([(1, 1), (8, 1.5), (4, 8)], (10, 10), "sky", "#56b4e9")
    [mark] = outline_marks([patch])
    assert mark == {"number": "1 sky", "colour": "#56b4e9", "path": "M1,1L8,1.5L4,8Z", "at": (1.0, 1.0)}


def test_a_name_stands_above_a_patch_that_is_as_wide_as_it():
    shape = (10, 100)
    wide = Patch.rectangle((0, 0), (30, 5), shape, "robe <left>", "#56b4e9")
    narrow = Patch.rectangle((0, 0), (10, 5), shape, "robe <left>", "#56b4e9")
    assert [mark["number"] for mark in outline_marks([wide, narrow])] == ["1 robe &lt;left&gt;", "2"]
