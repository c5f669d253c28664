"""Layers of the bench: what they are called, and the photograph in the map's coordinates."""

import numpy as np
from PIL import Image

from maxrf_core.imaging.layer_keys import band_key
from maxrf_core.imaging.layers import HUES, LayerLook
from maxrf_core.transform.coordinates import image_extent
from widgets.charts.map_layers import Part
from widgets.charts.map_stack import MapLayer, PhotoLayer
from widgets.look.bench_layers import first_look, photo_layer
from widgets.session.bench import Bench
from widgets.session.map_data import MapData
from widgets.viewer.layers import Layer


class MadePhoto:
    """A photograph four times as fine as a map of 6 × 8 pixels; red is x, green y of each map pixel."""

    name = "imvis_reg"

    class scan:  # noqa: N801
        version = ("made", 0, 0, 0)

    def layer(self) -> Layer:
        y, x = np.mgrid[:24, :32] // 4 * 20
        pixels = np.stack([x, y, 0 * x], axis=2).astype(np.uint8)

        def draw(part: Part) -> Image.Image:
            cut = pixels[part.pixels]
            assert part.block == 1
            return Image.fromarray(np.ascontiguousarray(cut))

        return Layer("photo", (24, 32), image_extent(6, 8), "made", draw)


def test_each_pixel_of_the_map_shows_its_own_part_of_the_photograph():
    layer = photo_layer(MadePhoto(), "photo:imvis_reg")
    whole = np.frombuffer(layer.array(Part(0, 0, 8, 6), 4), np.uint8).reshape(24, 32, 4)
    assert (whole[..., 3] == 255).all()
    centres = whole[2::4, 2::4]
    np.testing.assert_allclose(centres[..., 0], np.tile(np.arange(8) * 20, (6, 1)), atol=6)
    part = np.frombuffer(layer.array(Part(3, 2, 7, 5), 4), np.uint8).reshape(12, 16, 4)
    np.testing.assert_allclose(part[..., :2].astype(int), whole[8:20, 12:28, :2], atol=6)


def test_element_maps_begin_at_no_counts_and_bands_where_their_values_begin():
    values = np.linspace(100, 200, 400).reshape(20, 20)
    empty = Bench()
    element = first_look(MapLayer("Fe-K", "Fe", MapData(values, "a"), ""), empty)
    band = first_look(MapLayer(band_key(6.2, 6.6), "Fe Ka", MapData(values, "a"), ""), empty)
    assert element.low == 0
    assert 100 <= band.low < 102
    assert element.high == band.high


def test_the_next_hue_is_one_that_is_not_used():
    bench = Bench([LayerLook("Ca-K", colour=HUES[0]), LayerLook("Fe-K", colour=HUES[1])])
    look = first_look(MapLayer("Pb-L", "Pb L", MapData(np.eye(3), "a"), ""), bench)
    assert look.colour == HUES[2]
    photo = PhotoLayer("photo:a", "Photograph", "a", 1.0, lambda part, times: np.zeros((1, 1, 4)))
    assert not first_look(photo, bench).is_light
