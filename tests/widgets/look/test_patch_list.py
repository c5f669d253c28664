"""The list of patches tells their area."""

import numpy as np

from maxrf_core.patches.patch import Patch
from widgets.look.patch_list import area_in_words


def test_the_area_is_told_in_mm_only_where_the_size_of_a_pixel_is_known():
    patch = Patch("sky", "#56b4e9", np.ones((40, 50), bool))
    assert area_in_words(patch, None) == "2,000 pixels"
    assert area_in_words(patch, (0.5, 0.25)) == "2,000 pixels, 250 mm²"
