"""Side bands take off the continuum, whatever its slope, and keep away from other lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.elements.side_bands import side_bands
from maxrf_core.errors import CalibrationError

N = 200
CHANNELS = np.arange(N)


def peak(centre, counts, width=4.0):
    """Return a line of so many counts."""
    return counts * np.exp(-0.5 * ((CHANNELS - centre) / width) ** 2) / (width * np.sqrt(2 * np.pi))


@given(st.integers(0, N - 2), st.integers(1, N), st.floats(0, 50), st.floats(-0.2, 0.2), st.integers(0, 40))
def test_side_bands_never_overlap_the_band_and_a_straight_continuum_has_no_net_counts(
    start, length, height, slope, first
):
    start = max(start, first)
    band = slice(start, min(start + length, N))
    spectrum = height + 60 + slope * CHANNELS
    try:
        found = side_bands(spectrum, band, first)
    except CalibrationError:
        side = max(round((band.stop - band.start) / 2), 1)
        assert band.start - side < first
        assert band.stop + side > N
        return
    used = np.zeros(N, int)
    for part in (found.band, *found.sides):
        assert 0 <= part.start < part.stop <= N
        used[part] += 1
    assert used.max() == 1
    assert all(side.start >= first for side in found.sides)
    assert sum(found.shares) == pytest.approx(1)
    assert found.weights(N).sum() == pytest.approx(0, abs=1e-9)
    if len(found.sides) == 2:
        assert found.weights(N) @ spectrum == pytest.approx(0, abs=1e-6)


def test_a_line_on_a_slope_has_its_net_counts():
    spectrum = 50 + 0.4 * CHANNELS + peak(100, 5000)
    found = side_bands(spectrum, slice(88, 113))
    assert found.weights(N) @ spectrum == pytest.approx(5000, rel=0.02)


def test_a_side_band_moves_away_from_a_neighbouring_line():
    alone = 50.0 + peak(100, 5000)
    spectrum = alone + peak(121, 4000, 3)
    found = side_bands(spectrum, slice(88, 113))
    below, above = found.sides
    assert below.stop == 88
    assert above.start > 113
    assert found.weights(N) @ spectrum == pytest.approx(5000, rel=0.1)
    fixed = side_bands(np.ones(N), slice(88, 113))
    assert [side.stop - side.start for side in fixed.sides] == [12, 12]
    assert abs(fixed.weights(N) @ spectrum - 5000) > 0.3 * 5000


def test_at_the_end_of_the_axis_one_side_must_do_and_without_any_it_is_refused():
    assert len(side_bands(np.ones(N), slice(0, 20)).sides) == 1
    assert len(side_bands(np.ones(N), slice(30, 50), first=30).sides) == 1
    with pytest.raises(CalibrationError, match="no room"):
        side_bands(np.ones(N), slice(0, N))
