"""The tables of colours."""

import numpy as np
import pytest

from maxrf_core.imaging.colormaps import COLORMAPS, DEFAULT_COLORMAP
from maxrf_core.imaging.display import colorize


def test_colour_maps_are_read_only_tables_from_dark_to_bright():
    for name, table in COLORMAPS.items():
        assert (table.shape, table.dtype) == ((256, 3), np.uint8), name
        assert table[0].sum() < table[-1].sum()
        with pytest.raises(ValueError, match="read-only"):
            table[0, 0] = 1
    assert COLORMAPS["viridis"][[0, 255]].tolist() == [[68, 1, 84], [253, 231, 37]]  # as in matplotlib


def test_charts_can_draw_the_very_same_colours():
    np.testing.assert_array_equal(colorize(np.arange(256)[None], 0, 255, "magma")[0], COLORMAPS["magma"])


def test_the_default_exists_and_gray_shows_every_level():
    assert DEFAULT_COLORMAP in COLORMAPS
    np.testing.assert_array_equal(COLORMAPS["gray"], np.arange(256)[:, np.newaxis].repeat(3, axis=1))
