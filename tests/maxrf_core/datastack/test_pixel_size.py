"""The size of a pixel, which other programs may have written."""

from types import SimpleNamespace

import numpy as np
import pytest

from maxrf_core.datastack.pixel_size import pixel_size_of


@pytest.mark.parametrize(
    ("told", "size"),
    [
        ({"pixel_size_mm": np.array([0.5, 0.25])}, (0.5, 0.25)),
        ({}, None),
        ({"pixel_size_mm": 0.5}, None),
        ({"pixel_size_mm": [0.5, 0.0]}, None),
        ({"pixel_size_mm": [0.5, np.inf]}, None),
        ({"pixel_size_mm": "large"}, None),
        ({"pixel_size_mm": [0.5]}, None),
        ({"pixel_size_mm": [0.5, np.nan]}, None),
        ({"pixel_size_mm": [[0.5, 0.5]]}, None),
    ],
)
def test_two_lengths_are_a_size_and_nothing_else(told, size):
    assert pixel_size_of(SimpleNamespace(about=told)) == size
