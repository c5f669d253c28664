"""The room that a large export needs is told before the work, and is an upper bound of what it takes."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from maxrf_core.errors import DatastackError
from maxrf_core.export.large_pictures import write_tiled_tiff
from maxrf_core.export.needed_room import Room, check_room, rendered_bytes, rendered_room
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.onto_grid import METHODS, OntoGrid


@pytest.mark.parametrize("finer", [0.5, 1, 2, 4])
@pytest.mark.parametrize("method", METHODS)
def test_a_file_takes_no_more_than_was_told_and_not_much_less(tmp_path, method, finer):
    rng = np.random.default_rng(1)
    values = (rng.poisson(3, (200, 240)) + rng.normal(size=(200, 240))).astype(np.float32)
    turned = np.array([[finer, 0.05, 60], [-0.05, finer, 90], [0, 0, 1]])
    grid = OntoGrid(Homography(turned).inverse(), values.shape, (512, 700), method)
    tiles = (grid.part(values, *tile)[0] for tile in grid.tiles())
    write_tiled_tiff(tmp_path / "map.tif", tiles, grid.grid_shape, np.float32, {})
    size, told = (tmp_path / "map.tif").stat().st_size, rendered_bytes(grid, 4)
    assert size < told
    assert told < (4 if method == "nearest" else 1.6) * size + 20_000


def test_what_does_not_fit_is_said_with_its_size_and_its_place(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=3_000_000_000))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    check_room(tmp_path / "maps", Room(2_900_000_000, 500_000_000))
    with pytest.raises(DatastackError) as told:  # a ZIP has each file beside it for a while
        check_room(tmp_path / "maps.zip", Room(2_900_000_000, 500_000_000))
    assert f"maps.zip needs up to 3.4 GB on the disk of {tmp_path}, and 3.0 GB are free" in str(told.value)
    with pytest.raises(DatastackError, match=r"needs up to 3.1 GB on the disk"):
        check_room(tmp_path / "maps", Room(2_900_000_000, 500_000_000, 200_000_000))
    with pytest.raises(DatastackError, match="where temporary files lie, and") as told:
        check_room(tmp_path / "temporary" / "maps.zip", Room(3_100_000_000))
    assert str(tmp_path) not in str(told.value)


def test_nothing_needs_no_room():
    grid = OntoGrid(Homography(np.eye(3)), (4, 4), (8, 8))
    assert rendered_room(grid, 0, [4]) == Room()
    assert rendered_room(grid, 2, [4, 1], [1]).temporary == 64
