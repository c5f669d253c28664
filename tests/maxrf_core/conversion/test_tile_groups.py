"""Tiles of one painting are told by their places on the stage, else by names that differ in numbers only."""

from pathlib import Path

import numpy as np

from maxrf_core.conversion.found_scans import FoundScan
from maxrf_core.conversion.tile_groups import tile_groups


def scan(shown, origin=None, pixel=0.5, shape=(100, 200, 2048)):
    about = {"pixel_size_mm": np.array([pixel, pixel])}
    if origin is not None:
        about["origin_mm"] = np.array(origin, float)
    return FoundScan((Path(shown),), shown, Path(), shown, "Ripple", shape=shape, about=about)


def names(scans):
    return [([each.shown for each in group.scans], group.by_place) for group in tile_groups(scans)]


def test_scans_side_by_side_are_tiles_and_others_are_not():
    left, right, below = scan("left", (0, 0)), scan("right", (97, 0)), scan("below", (97, 51))
    far, again, coarse = scan("far", (300, 0)), scan("again", (1, 1)), scan("coarse", (100, 0), 1.0)
    assert names([left, far, coarse, below, right]) == [(["below", "left", "right"], True)]
    assert names([left, again]) == []  # one place twice


def test_names_count_where_no_place_is_known():
    tiles = [scan("a/tile_1.rpl"), scan("a/tile_2.rpl")]
    others = [scan("b/tile_3.rpl"), scan("a/tile_4.rpl", shape=(5, 5, 64)), scan("a/frame.rpl")]
    assert names(tiles + others) == [(["a/tile_1.rpl", "a/tile_2.rpl"], False)]
    assert names([scan("run1", (0, 0)), scan("run2", (900, 0))]) == []  # their places say otherwise
