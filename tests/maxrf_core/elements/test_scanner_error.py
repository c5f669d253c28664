"""The scanner's own error is found where there is one, and not claimed where there is none."""

import numpy as np
import pytest
import zarr

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.maps import ElementMaps, element_maps
from maxrf_core.elements.references import References
from maxrf_core.elements.scanner_error import MAX_SHARE, ScannerError, scanner_error
from maxrf_core.elements.smoothing import smooth
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.elements import Tube

Y, X = np.mgrid[:120, :114]
SMOOTH = np.stack([1 + 0.8 * np.sin(X / 9 + Y / 14), 1 + 0.5 * np.cos(X / 20 - Y / 6)])


def maps_of(net: np.ndarray, sigma: np.ndarray) -> ElementMaps:
    net, sigma = net.astype(np.float32), sigma.astype(np.float32)
    none = np.zeros_like(net[0])
    return ElementMaps(("Fe-K", "Pb-L"), net, sigma, none, References(none, none, none, none))


def counted(true: np.ndarray, own: float, seed: int) -> ElementMaps:
    rng = np.random.default_rng(seed)
    varied = true * (1 + own * rng.normal(size=true.shape)).clip(0)
    return maps_of(rng.poisson(varied), np.sqrt(true))


@pytest.mark.parametrize("seed", range(3))
def test_an_error_beside_counting_is_found(seed: int):
    found = scanner_error(counted(3000 * SMOOTH, 0.025, seed))
    assert found.share == pytest.approx(0.025, abs=0.004)
    assert found.share < found.limit < 0.035
    assert "2." in found.sentence
    assert "%" in found.sentence


@pytest.mark.parametrize("counts", [300, 3000])
@pytest.mark.parametrize("seed", range(3))
def test_none_is_claimed_where_there_is_counting_alone(counts: int, seed: int):
    found = scanner_error(counted(counts * SMOOTH, 0.0, seed))
    assert found.share == 0
    assert 0 < found.limit < 0.025
    assert found.sentence.startswith("No error beside counting was found: it is below")


def test_the_structure_of_an_object_is_not_called_an_error_of_the_scanner():
    texture = 1 + 0.2 * np.random.default_rng(5).normal(size=SMOOTH.shape).clip(-3, 3)
    found = scanner_error(counted(3000 * SMOOTH * texture, 0.0, 1))
    assert found.share == 0
    assert found.limit > MAX_SHARE
    assert found.sentence.startswith("The object is too uneven")


def test_rows_that_are_displaced_are_not_an_error_of_the_scanner():
    true = 3000 * SMOOTH.copy()
    true[:, 1::2] = np.roll(true[:, 1::2], 1, axis=2)
    assert scanner_error(counted(true, 0.0, 2)).limit < 0.025


def test_missing_pixels_are_left_out():
    maps = counted(3000 * SMOOTH, 0.025, 4)
    maps.net[:, 40:60] = np.nan
    assert scanner_error(maps).share == pytest.approx(0.025, abs=0.005)


@pytest.mark.parametrize("shape", [(2, 3, 40), (2, 8, 8)])
def test_a_scan_that_is_too_small_tells_nothing(shape: tuple[int, int, int]):
    found = scanner_error(maps_of(np.full(shape, 100.0), np.full(shape, 10.0)))
    assert found.share == 0
    assert np.isnan(found.limit)
    assert found.sentence.startswith("The scan has too few counts")


def test_it_becomes_smaller_by_smoothing():
    rng = np.random.default_rng(0)
    net = 1000 * (1 + 0.02 * rng.normal(size=(300, 300)))
    for size in (1, 3, 5):
        expected = ScannerError(0.02, 0.03).smoothed(size).total(1000, 0)
        assert smooth(net, net, size)[0].std() == pytest.approx(float(expected), rel=0.05)


FRESCO = ("fresco_aurora-antico1-prova1_10264", "fresco_aurora-antico1-prova2_10264_repeat")


@pytest.mark.parametrize("name", FRESCO)
def test_one_scan_of_a_fresco_tells_what_its_repeat_shows(shared, name: str):
    with np.load(shared("data/spectra") / f"{name}.npz") as stored:
        counts = stored["counts"]
    axis = SpectralAxis(Calibration(0.02919297, -0.012021).energies(counts.shape[2]), "keV")
    analysis = analyse(counts.sum(axis=(0, 1), dtype=np.float64), axis, Tube("Ag", 38.0))
    cube = Cube(zarr.array(counts, chunks=(32, 32, 128)))
    maps = element_maps(cube, analysis, ["Ca-K", "Ti-K", "Fe-K", "Hg-L", "Pb-L"])
    assert 0.02 < scanner_error(maps).share < 0.035  # the difference of both scans: 2.9 %
