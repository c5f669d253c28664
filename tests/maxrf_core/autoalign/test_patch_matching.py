"""Matching of patches, positions of pixels, and robust fits of transforms."""

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.autoalign.patch_matching import Matches, match
from maxrf_core.autoalign.pyramid import Pyramid, translation
from tests.maxrf_core.autoalign.seen_drawing import NOWHERE, scene


@settings(max_examples=15)
@given(st.floats(-4, 4), st.floats(-4, 4))
def test_patches_are_found_to_a_tenth_of_a_pixel(x, y):
    photo, map_, truth = scene()
    off = translation(x, y) @ truth
    level = Pyramid(photo, map_, truth, 20).level(1)
    matches = match(level, off, 6, size=40, overlap=1.5, blur=1.5)
    clear = matches[matches.inside & (matches.correlation > 0.6)]
    assert len(clear) >= 10
    errors = np.hypot(*(truth.apply(clear.on_photo) - clear.on_map).T)
    assert np.median(errors) < 0.15
    assert np.quantile(errors, 0.8) < 0.5


def test_patches_on_a_straight_line_are_located_across_it_only():
    line = np.zeros((120, 120), dtype=np.float32)
    line[:, 58:62] = 100
    level = Pyramid(line, line, NOWHERE, 10).level(1)
    matches = match(level, NOWHERE, 4, size=32, overlap=2, blur=1.5)
    on_line = matches[np.abs(matches.on_map[:, 0] - 59.5) < 12]
    assert len(on_line) > 2
    assert (on_line.stiffness[:, 0, 0] > 10 * on_line.stiffness[:, 1, 1]).all()


def test_a_map_smaller_than_a_patch_and_an_uncovered_one_give_no_patches():
    level = Pyramid(np.ones((60, 60)), np.ones((14, 13)), NOWHERE, 5).level(1)
    assert len(match(level, translation(400, 0), 2, size=32, overlap=2, blur=1.0)) == 0


def test_joined_matches_hold_every_field_of_every_patch():
    photo, map_, truth = scene()
    matches = match(Pyramid(photo, map_, truth, 20).level(1), truth, 6, size=40, overlap=1.5, blur=1.5)
    again = Matches.joined([matches[:3], matches[3:]])
    for field in fields(Matches):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(matches, field.name))
