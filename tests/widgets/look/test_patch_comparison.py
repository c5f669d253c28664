"""The table of a comparison begins with what matters: the element, the ratio, whether it differs."""

import numpy as np

from maxrf_core.patches.compare import compare_patches
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.elements.made_scan import COUNTS, SHAPE, truth
from tests.maxrf_core.patches.made_maps import maps_of
from widgets.look.patch_comparison import table_of


def test_ratio_and_verdict_of_each_patch_stand_first():
    left = Patch.rectangle((0, 0), (9, 29), SHAPE, "left", "#56b4e9")
    right = Patch.rectangle((10, 0), (27, 29), SHAPE, "right", "#e69f00")
    maps = maps_of(tuple(COUNTS), truth(), np.full(truth().shape, 20.0))
    table = table_of(compare_patches(maps, [left, right], pixel_size_mm=(0.5, 0.5)))
    assert list(table.columns[:3]) == ["Element", "Ratio", "Differs"]
    assert list(table["Element"]) == list(COUNTS)
    assert len(table.columns) == 7
