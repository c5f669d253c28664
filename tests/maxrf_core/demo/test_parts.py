"""The demo's parts show the same drawing, each at its known place and with its own dose."""

import numpy as np

from maxrf_core.demo.drawing import draw_scene
from maxrf_core.demo.make import DemoScan
from maxrf_core.demo.parts import DemoPart, PartScan


def test_a_part_shows_its_place_of_the_drawing_with_its_dose():
    scene, part = draw_scene(90, 84, 3), DemoPart(10.0, 20.0, 0.0, 40, 50, dose=1.5, seed=9)
    scan = PartScan(scene, part, 256)
    whole = DemoScan(draw_scene(90, 84, 3), 256)
    assert scan.shape == (40, 50, 256)
    np.testing.assert_allclose(scan.truth["Fe"], 1.5 * whole.truth["Fe"][20:60, 10:60], atol=1e-3)
    counts = scan.read(slice(0, 40), slice(0, 50)).sum(dtype=float)
    assert abs(counts / sum(amount.sum(dtype=float) for amount in scan.amounts.values()) - 1) < 0.005
    again = PartScan(draw_scene(90, 84, 3), part, 256).read(slice(3, 5), slice(0, 50))
    np.testing.assert_array_equal(again, scan.read(slice(3, 5), slice(0, 50)))


def test_the_place_of_a_turned_part_is_exact():
    part = DemoPart(10.0, 20.0, 90.0, 40, 50)
    np.testing.assert_allclose(part.to_whole.apply([[3, 0], [0, 4]]), [[10, 23], [6, 20]], atol=1e-9)
