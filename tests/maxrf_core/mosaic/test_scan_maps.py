"""Maps of a scan are sampled on the mosaic's grid, with the error that interpolation leaves."""

import shutil

import numpy as np
import pytest

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.hdf5_store import create_array, new_file
from maxrf_core.mosaic.grid import Grid
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.scan_maps import Places, ScanMaps
from maxrf_core.registration.register import register
from maxrf_core.transform.extents import corners_of
from tests.maxrf_core.elements.made_scan import COUNTS, truth
from tests.maxrf_core.elements.made_scan import SHAPE as MADE_SHAPE
from tests.maxrf_core.export.known_elements import known_scan

SHAPE = (40, 50)
ALL = (slice(0, 40), slice(0, 50))


def placed(folder, maps, sigma, displacement=0.0):
    """Return the maps of a scan that lies on its photograph pixel by pixel."""
    paths = []
    for number in (1, 2):
        path = folder / f"{number}.datastack"
        with new_file(path, overwrite=True) as file:
            create_array(file, "maps", maps[None].astype(np.float32), {"names": ["Fe-K"]})
            create_array(file, "maps_sigma", sigma[None].astype(np.float32), {"names": ["Fe-K"]})
        corners = corners_of(SHAPE)
        made = register(np.zeros(SHAPE, np.uint8), SHAPE, corners, corners, photo_sha256="a" * 64)
        told = {name: {**each, "row_displacement_px": displacement} for name, each in made.attributes.items()}
        DataStack(path).append(made.arrays, told)
        paths.append(path)
    return ScanMaps(placed_scans(paths)[0])


def test_a_slope_is_sampled_exactly_and_nothing_outside(tmp_path):
    y, x = np.mgrid[:40, :50].astype(float)
    maps = placed(tmp_path, 3 * x + y, np.ones(SHAPE))
    grid = Grid(-5.25, 2.4, 1.0, 40, 50)
    places = Places(maps.scan, grid, ALL)
    values = maps.sample("Fe-K", places).values
    points = grid.points(ALL)
    expected = 3 * points[..., 0] + points[..., 1]
    inner = (points >= 0).all(axis=2) & (points <= (49, 39)).all(axis=2)
    np.testing.assert_allclose(values[inner], expected[inner], atol=0.15)  # cv2 knows 1/32 of a pixel
    outside = (points < -0.5).any(axis=2) | (points > (49.5, 39.5)).any(axis=2)
    assert outside.any()
    assert np.isnan(values[outside]).all()
    assert (places.inside == ~outside).all()
    assert np.isnan(maps.sample("Au-L", places).values).all()


@pytest.mark.parametrize(("scale", "tolerance"), [(1.0, 0.05), (3.0, 0.12)])
def test_the_error_is_that_of_the_sampled_counts(tmp_path, scale, tolerance):
    noise = np.random.default_rng(0).normal(100, 7, SHAPE)
    maps = placed(tmp_path, noise, np.full(SHAPE, 7.0))
    grid = Grid(3.3, 4.4, scale, int(30 / scale), int(40 / scale))
    tile = (slice(0, grid.height), slice(0, grid.width))
    sampled = maps.sample("Fe-K", Places(maps.scan, grid, tile))
    assert np.std(sampled.values) == pytest.approx(
        float(np.sqrt(np.mean(sampled.sigma**2))), rel=3 * tolerance
    )
    if scale == 1:
        weights = np.array([0.3**2 + 0.7**2, 0.4**2 + 0.6**2]).prod()
        assert np.median(sampled.sigma) == pytest.approx(7 * np.sqrt(weights), rel=tolerance)
    np.testing.assert_allclose(sampled.pixel_variance, 49, rtol=1e-4)


def test_displaced_odd_rows_are_seen_as_they_were_registered(tmp_path):
    y, x = np.mgrid[:40, :50].astype(float)
    shown = np.where(y % 2 == 1, x - 1, x)  # odd rows show everything one pixel too far to the right
    maps = placed(tmp_path, shown, np.ones(SHAPE), displacement=1.0)
    part = (slice(7, 20), slice(5, 40))
    values = maps.sample("Fe-K", Places(maps.scan, Grid(0, 0, 1, *SHAPE), part)).values
    np.testing.assert_allclose(values, x[part], atol=1e-4)


def test_an_element_that_is_not_listed_is_fitted_with_the_others_where_the_energies_allow(tmp_path):
    ds = known_scan(tmp_path)
    listed = [name for name in COUNTS if name != "Ti-K"]
    stored = ds.element_maps(listed)
    corners = corners_of(MADE_SHAPE)
    made = register(
        np.zeros(MADE_SHAPE, np.uint8), MADE_SHAPE, corners, corners, photo_sha256="a" * 64
    )  # fmt: skip
    ds.append(made.arrays, made.attributes)
    scans = placed_scans([ds.path, shutil.copy(ds.path, tmp_path / "other.datastack")])
    maps = ScanMaps(scans[0])
    assert set(maps.names) == set(listed)
    maps.fit_missing(["Fe-K", "Ti-K", "Rh-K", "U-K", "layer 1"])
    assert maps.fitted == ("Ti-K",)
    assert maps.blank.keys() == {"Rh-K", "U-K", "layer 1"}
    assert "anode" in maps.blank["Rh-K"]
    whole = Places(maps.scan, Grid(0, 0, 1, *MADE_SHAPE), tuple(slice(0, side) for side in MADE_SHAPE))
    titanium, iron = (maps.sample(name, whole) for name in ("Ti-K", "Fe-K"))
    np.testing.assert_array_equal(iron.values, stored.net[stored.index("Fe-K")])
    off = (titanium.values - truth()[list(COUNTS).index("Ti-K")]) / titanium.sigma
    assert np.sqrt(np.mean(off**2)) < 1.5
    assert set(DataStack(ds.path).attributes("element_maps")["names"]) == set(listed)  # nothing is stored


def test_maps_without_spectra_stay_as_they_are(tmp_path):
    maps = placed(tmp_path, np.ones(SHAPE), np.ones(SHAPE))
    maps.fit_missing(["Fe-K", "Ti-K"])
    assert (maps.names, maps.blank) == (("Fe-K",), {"Ti-K": "the file holds no spectra"})
