"""Element maps: true counts, a true error, and an absent element below its detection limit."""

import numpy as np
import pytest
import zarr

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.maps import DETECTION, element_maps
from maxrf_core.errors import CalibrationError
from tests.maxrf_core.elements.made_scan import COUNTS, SHAPE, analysed, made_counts, truth


def maps_of(without, families):
    cube = Cube(zarr.array(made_counts(without), chunks=(16, 16, 64)))
    return element_maps(cube, analysed(without), families)


@pytest.fixture(scope="module")
def maps():
    return maps_of((), list(COUNTS))


def test_net_counts_are_those_that_were_put_in(maps):
    assert maps.names == tuple(COUNTS)
    assert maps.net.shape == maps.sigma.shape == (len(COUNTS), *SHAPE)
    assert maps.net.dtype == maps.sigma.dtype == maps.residual.dtype == np.float32
    for net, true in zip(maps.net, truth(), strict=True):
        there = true > 0
        assert net[there].mean() == pytest.approx(true[there].mean(), rel=0.05)
        assert abs(net[~there].mean()) < 0.03 * true[there].mean()


def test_sigma_is_the_spread_of_the_pixels(maps):
    deviations = (maps.net - truth()) / maps.sigma
    for each in deviations:
        assert each.std() == pytest.approx(1, abs=0.12)


def test_the_residual_is_about_one_where_nothing_is_missing(maps):
    assert maps.residual.shape == SHAPE
    assert np.median(maps.residual) == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("absent", ["Ba-L", "Ti-K", "Pb-L"])
def test_an_absent_element_is_below_its_detection_limit_in_blocks(absent):
    maps = maps_of((absent,), [absent])
    net, variance = maps.net[0, :30, :24], maps.sigma[0, :30, :24] ** 2
    blocks = net.reshape(5, 6, 4, 6).sum(axis=(1, 3))
    limits = DETECTION * np.sqrt(variance.reshape(5, 6, 4, 6).sum(axis=(1, 3)))
    assert (blocks < limits).mean() >= 0.99


def test_maps_are_found_by_family_and_by_element(maps):
    assert maps.index("pb") == maps.index("Pb-L") == list(COUNTS).index("Pb-L")
    np.testing.assert_allclose(maps.detection_limit("Fe"), 3.3 * maps.sigma[maps.index("Fe-K")])
    with pytest.raises(CalibrationError, match=r"there are Fe-K, Ca-K"):
        maps.index("Sn")


@pytest.mark.parametrize(
    ("family", "words"),
    [("Rh", "anode"), ("Rh-L", "anode"), ("Xx", "such as Fe-K"), ("Pb-K", "no line"), ("Na-L", "no line")],
)
def test_a_family_that_cannot_be_mapped_is_refused_in_words(family, words):
    with pytest.raises(CalibrationError, match=words):
        maps_of((), [family])
