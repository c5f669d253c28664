"""The scatter, the zero peak and the events of each pixel are those that were put in."""

from functools import cache

import numpy as np
import pytest
import zarr

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.maps import element_maps
from maxrf_core.elements.references import NAMES, zero_peak_channels
from tests.maxrf_core.elements.made_scan import AXIS, SHAPE, TUBE, analysed, made_counts


@cache
def with_zero_peak():
    """Return the made scan with 100 counts in each pixel's zero peak, of a FWHM of 0.1 keV."""
    peak = np.exp(-0.5 * (AXIS.values / 0.045) ** 2)
    more = np.random.default_rng(5).poisson(100 * peak / peak.sum(), made_counts().shape)
    return (made_counts() + more).astype(np.uint16)


def references_of(counts, analysis):
    return element_maps(Cube(zarr.array(counts, chunks=(16, 16, 64))), analysis, ["Fe"]).references


def test_the_counts_of_the_scatter_are_those_that_were_put_in():
    found = references_of(made_counts(), analysed())
    assert found.stacked().shape == (len(NAMES), *SHAPE)
    assert found.scatter.mean() == pytest.approx(150, rel=0.1)
    assert found.scatter.std() == pytest.approx(np.median(found.scatter_sigma), rel=0.15)


def test_a_zero_peak_is_counted_apart_from_the_events():
    counts = with_zero_peak()
    analysis = analyse(counts.sum(axis=(0, 1), dtype=np.float64), AXIS, TUBE)
    found = references_of(counts, analysis)
    assert found.zero_peak.mean() == pytest.approx(100, abs=2)
    assert found.zero_peak.var() == pytest.approx(100, rel=0.2)
    assert found.events.mean() == pytest.approx(made_counts().sum(axis=2).mean(), rel=0.02)


def test_a_scan_without_zero_peak_has_none():
    assert zero_peak_channels(analysed()) == slice(0, 0)
    assert not references_of(made_counts(), analysed()).zero_peak.any()
