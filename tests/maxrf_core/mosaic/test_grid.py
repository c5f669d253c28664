"""The grid of a mosaic holds all scans, in the orientation of the photograph."""

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.mosaic.grid import Grid, grid_over, shared_box
from maxrf_core.mosaic.placed_scan import placed_scans
from tests.maxrf_core.mosaic.made_parts import make_both


def test_the_grid_holds_every_scan_and_its_pixel_is_one_of_the_first_scan(tmp_path):
    scans = placed_scans(make_both(tmp_path))
    grid = grid_over(scans)
    assert grid.scale == pytest.approx(scans[0].scale)
    for scan in scans:
        x, y = grid.from_photo.apply(scan.outline()).T
        assert min(x.min(), y.min()) >= -0.5 - 1e-6
        assert x.max() <= grid.width - 0.5 + 1e-6
        assert y.max() <= grid.height - 0.5 + 1e-6


def test_pixels_of_another_size_are_told_in_millimetres(tmp_path):
    scans = placed_scans(make_both(tmp_path))
    assert grid_over(scans, 1.0).scale == pytest.approx(2 * scans[0].scale)
    with pytest.raises(RegistrationError, match="size above 0 mm"):
        grid_over(scans, -1.0)
    with pytest.raises(RegistrationError, match="at most 210 million pixels"):
        grid_over(scans, 0.001)


def test_millimetres_need_a_pixel_size(tmp_path):
    scans = placed_scans(make_both(tmp_path, pixel_size=None)[::-1])
    with pytest.raises(RegistrationError, match=r"right.datastack does not tell its pixel size"):
        grid_over(scans, 1.0)


def test_tiles_cover_a_part_of_the_grid_once():
    grid = Grid(0, 0, 1, 30, 40)
    seen = np.zeros(grid.shape, int)
    for tile in grid.tiles((slice(3, 30), slice(5, 33)), side=8):
        seen[tile] += 1
    assert (seen[3:, 5:33] == 1).all()
    assert seen.sum() == 27 * 28
    assert grid.points((slice(2, 3), slice(4, 5)), 2).tolist() == [
        [[3.75, 1.75], [4.25, 1.75]],
        [[3.75, 2.25], [4.25, 2.25]],
    ]
    assert shared_box((slice(0, 5), slice(0, 5)), (slice(5, 9), slice(0, 5))) is None
