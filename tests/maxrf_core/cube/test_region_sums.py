"""The spectra of several regions come from one pass, and are those of each region alone."""

import numpy as np
import pytest

from maxrf_core.cube.cube import Cube
from maxrf_core.cube.regions import Region
from maxrf_core.errors import DatastackError

SHAPE = (30, 40, 20)


class Source:
    """An array in chunks, of which is counted how often each is read."""

    def __init__(self, values: np.ndarray) -> None:
        self.values, self.shape, self.dtype, self.chunks = values, values.shape, values.dtype, (16, 16, 8)
        self.reads: list[tuple] = []

    def __getitem__(self, key):
        self.reads.append(key)
        return self.values[key]


@pytest.fixture(params=[np.uint16, np.float32])
def source(request) -> Source:
    values = np.random.default_rng(3).poisson(300, SHAPE).astype(request.param)
    if values.dtype == np.float32:
        values[4:9, 3:30, 5:12] = np.nan
    return Source(values)


def regions() -> list:
    labels = np.random.default_rng(5).integers(0, 4, SHAPE[:2])
    drawn = [Region.rectangle(2, 3, 35, 20), [(0, 0), (39, 0), (0, 29)]]
    return [*(labels == number for number in range(4)), *drawn]


def test_each_region_has_its_own_sum_mean_and_maximum(source):
    found = Cube(source).region_spectra(regions())
    for region, spectrum in zip(regions(), found, strict=True):
        where = Region.of(region, SHAPE[:2])
        values = source.values[where.rows, where.columns].astype(np.float64)
        values = values.reshape(-1, SHAPE[2]) if where.mask is None else values[where.mask]
        assert spectrum.pixels == len(values)
        np.testing.assert_allclose(spectrum.sum, np.nansum(values, axis=0))
        np.testing.assert_allclose(spectrum.mean, np.nanmean(values, axis=0))
        np.testing.assert_allclose(spectrum.max, np.nanmax(values, axis=0))
        np.testing.assert_array_equal(spectrum.missing, np.isnan(values).sum(axis=0))


def test_every_chunk_is_read_once_for_all_regions_together(source):
    Cube(source).region_spectra(regions())
    chunks = [str(key) for key in source.reads]
    assert len(chunks) == len(set(chunks)) == 2 * 3 * 3


def test_no_regions_have_no_spectra_and_a_region_beside_the_scan_is_refused(source):
    assert Cube(source).region_spectra([]) == []
    assert source.reads == []
    with pytest.raises(DatastackError, match="not all inside the scan"):
        Cube(source).region_spectra([Region.rectangle(0, 0, 3, 3), Region.rectangle(0, 0, 99, 3)])
