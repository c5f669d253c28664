"""The displacement of odd rows is found to a fraction of a pixel; where there is none, none is found."""

import numpy as np
import pytest
import zarr
from PIL import Image

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.maps import element_maps
from maxrf_core.imaging.row_displacement import displacement_of, find_row_displacement
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import Tube


def drawing(displacement, seed=0, counts=50.0, shape=(60, 90)):
    """Return the counts of a smooth drawing whose odd rows show it `displacement` pixels further right."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    x -= displacement * (y % 2)
    waves = [
        np.cos(fx * x + fy * y + phase)
        for fx, fy, phase in zip(
            random.normal(0, 0.35, 40), random.normal(0, 0.35, 40), random.uniform(0, 6, 40), strict=True
        )
    ]
    return random.poisson(counts * np.exp(0.25 * np.sum(waves, axis=0))).astype(np.float32)


@pytest.mark.parametrize("true", [0.75, -0.81, 0.3, -1.6, 2.2])
def test_the_displacement_is_found_within_its_error(true):
    found = find_row_displacement([drawing(true, seed) for seed in range(4)], ["Fe", "Pb", "Ca", "Cu"])
    assert found.is_found
    assert abs(found.pixels - true) < 4 * found.error + 0.02
    assert found.error < 0.06
    side = "right" if true > 0 else "left"
    assert f"pixels to the {side}, alike in Fe, Pb, Ca, Cu." in found.sentence


@pytest.mark.parametrize("counts", [0.5, 5, 500])
def test_a_straight_scan_has_none(counts):
    for seed in range(0, 24, 3):
        maps = [drawing(0, seed + number, counts) for number in range(3)]
        found = find_row_displacement(maps, ["Fe", "Pb", "Ca"])
        assert not found.is_found
        assert found.pixels == 0


def test_after_shifting_back_nothing_is_left():
    maps = [straighten(drawing(0.75, seed), 0.75) for seed in range(3)]
    found = find_row_displacement(maps, ["Fe", "Pb", "Ca"])
    assert "lie alike" in found.sentence


def test_what_differs_between_elements_is_not_the_scanner():
    found = find_row_displacement([drawing(0.8), drawing(0.1, 1), drawing(0.8, 2)], ["Fe", "Pb", "Ca"])
    assert not found.is_found
    assert "not alike in all maps" in found.sentence


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((40, 40)),
        np.random.default_rng(0).poisson(5, (60, 60)).astype(float),
        np.ones((2, 90)),
        np.full((40, 40), np.nan),
    ],
    ids=["empty", "noise", "two rows", "missing"],
)
def test_a_map_without_structure_cannot_tell(values):
    found = find_row_displacement([values], ["Fe"])
    assert not found.is_found
    assert "too little structure" in found.sentence or "lie alike" in found.sentence


def test_a_large_map_is_read_in_part_with_the_same_result():
    pixels, error = displacement_of(drawing(0.75, shape=(1400, 60)))
    assert pixels == pytest.approx(0.75, abs=4 * error + 0.02)


@pytest.mark.parametrize("name", ["prova1_10264", "prova2_10264_repeat"])
def test_the_fresco_is_displaced_alike_in_every_element(shared, name):
    counts = np.load(shared(f"data/spectra/fresco_aurora-antico1-{name}.npz"))["counts"]
    axis = SpectralAxis(-0.012021 + 0.02919297 * np.arange(1024), "keV")
    analysis = analyse(counts.sum(axis=(0, 1), dtype=np.float64), axis, Tube("Ag", 38))
    families = ["Ca-K", "Fe-K", "Cu-K", "Hg-L", "Pb-L"]
    maps = element_maps(Cube(zarr.array(counts, chunks=(60, 60, 64))), analysis, families)
    found = find_row_displacement(list(maps.net), maps.names)
    assert found.is_found
    assert found.names == tuple(families)
    assert 0.7 < abs(found.pixels) < 0.85
    every_second = find_row_displacement(list(maps.net[:, ::2]), maps.names)
    assert not every_second.is_found
    left = find_row_displacement(list(maps.straightened(found.pixels).net), maps.names)
    assert not left.is_found


def test_maps_of_a_drawing_are_straight(shared):
    folder = shared("data/susanna")
    paths = sorted(folder.glob("small186x197_emap-*_gray8.png"))
    maps = [np.asarray(Image.open(path), np.float32) for path in paths]
    found = find_row_displacement(maps, [path.name[17:19] for path in paths])
    assert len(found.names) == 11
    assert "lie alike" in found.sentence
