"""The wall holds a small map of each element that is there."""

from tests.maxrf_core.elements.made_scan import COUNTS
from tests.widgets.elements.made_examination import made_examination
from widgets.look.layer_list import wall_tiles


def test_each_element_that_is_there_has_a_tile_with_its_status():
    tiles = {tile["key"]: tile for tile in wall_tiles(made_examination(), "viridis")}
    assert set(COUNTS) <= set(tiles)
    iron = tiles["Fe-K"]
    assert iron["title"] == "Fe"
    assert iron["label"] == "Fe, iron: sure"
    assert iron["image"].startswith("data:image/png")
