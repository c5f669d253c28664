"""Typesetting: matplotlib's settings are as before afterwards; the picture fills its box."""

from dataclasses import replace

import matplotlib
import numpy as np

from maxrf_core.figures.layout import Content, layout_of
from maxrf_core.figures.typeset import Parts, fitted, typesetting, width_of


def test_settings_are_as_before_afterwards():
    before = dict(matplotlib.rcParams)
    with typesetting():
        assert matplotlib.rcParams["svg.hashsalt"] == "maxrf4all"
    assert dict(matplotlib.rcParams) == before


def test_a_longer_or_larger_text_is_wider():
    with typesetting():
        assert width_of("iron and lead", 8) > width_of("iron", 8)
        assert 1.9 < width_of("iron $", 16) / width_of("iron $", 8) < 2.1


def test_the_picture_fills_its_box_with_squares_or_smoothly():
    layout = layout_of((60, 230), Content(1.0), width_of)
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[:, 1] = 200
    parts = Parts([picture], False, [], None, (-0.5, 1.5, 1.5, -0.5))
    [(sharp, left, _top)] = fitted(parts, layout, 254)
    assert sharp.shape == (520, 520, 3)
    assert left == 40
    assert (sharp[:, :260] == 0).all()
    assert (sharp[:, 260:] == 200).all()
    [(smooth, _left, _top)] = fitted(replace(parts, is_smooth=True), layout, 254)
    assert 0 < smooth[0, 255, 0] < 200
