"""The pixel in which a peak is strongest."""

import numpy as np
import zarr

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.peak_place import peak_window, strongest_pixel
from tests.maxrf_core.elements.made_scan import INSTRUMENT, N, analysed, made_counts, made_spectrum


def cube_of(counts):
    return Cube(zarr.array(counts, chunks=(16, 16, 64)))


def test_a_spot_is_found_where_it_is():
    counts = made_counts().copy()
    counts[7, 20] += np.random.default_rng(1).poisson(2000 * INSTRUMENT.family("Cu-K", N)).astype(np.uint16)
    place = strongest_pixel(cube_of(counts), analysed(), 8.04)
    assert (place.x, place.y) == (20, 7)
    assert place.counts > 6 * place.error


def test_without_a_peak_no_pixel_stands_out():
    assert strongest_pixel(cube_of(made_counts()), analysed(), 16.3) is None


def test_an_even_background_has_no_net_counts():
    weights = peak_window(analysed(), 8.04)
    assert abs(weights.sum()) < 1e-9
    assert weights @ made_spectrum() > 0
