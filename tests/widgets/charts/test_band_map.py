"""The map of a band says what its numbers are, and holds those numbers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.pages.elements_scan import NAME, make_scan
from widgets.charts.band_map import (
    NET_PER_CHANNEL,
    gross_map,
    mean_spectrum,
    prepare_side_band_map,
    side_band_map,
)
from widgets.session.scan import Scan, open_scan_of


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    make_scan(tmp_path / NAME)
    return open_scan_of(NAME)


def test_gross_counts_are_those_of_the_band(scan: Scan):
    shown = gross_map(scan, 6.25, 6.55)
    np.testing.assert_allclose(shown.data.values, scan.ds.band_map(6.25, 6.55), rtol=1e-6)
    assert not shown.is_net
    assert shown.units == "counts per channel"


def test_side_bands_take_off_the_background_that_the_maps_outside_show(scan: Scan):
    shown = side_band_map(scan, 6.25, 6.55, mean_spectrum(scan))
    assert (shown.units, shown.suffix, shown.family) == (NET_PER_CHANNEL, "net side bands", "")
    below, above = (tuple(map(float, part.split("–"))) for part in shown.method.split()[2::2] if "–" in part)
    assert below[1] < 6.25
    assert above[0] > 6.53
    step = float(np.diff(scan.axis.values[:2])[0])
    continuum = [scan.ds.band_map(lo - step / 4, hi + step / 4) for lo, hi in (below, above)]
    gross = scan.ds.band_map(6.25, 6.55)
    middles = [(lo + hi) / 2 for lo, hi in (below, above)]
    inside = scan.axis.values[scan.axis.channels(6.25, 6.55)].mean()
    share = (middles[1] - inside) / (middles[1] - middles[0])
    expected = gross - share * continuum[0] - (1 - share) * continuum[1]
    np.testing.assert_allclose(shown.data.values, expected, atol=1e-4 + 0.02 * float(gross.std()))
    assert shown.data.values.min() < 0  # noise is kept


def test_what_is_prepared_while_dragging_is_what_the_page_shows(scan: Scan):
    spectrum = mean_spectrum(scan)
    prepared = prepare_side_band_map(scan, 8.0, 8.4, spectrum, lambda: True)
    assert prepared is not None
    assert side_band_map(scan, 8.0, 8.4, spectrum).data is prepared


def test_net_counts_follow_the_view_in_which_odd_rows_are_shifted_back(scan: Scan):
    spectrum = mean_spectrum(scan)
    plain = side_band_map(scan, 6.25, 6.55, spectrum).data.values
    moved = replace(scan, ds=scan.ds.straightened(1.0))
    shown = side_band_map(moved, 6.25, 6.55, spectrum).data.values
    np.testing.assert_array_equal(shown[::2], plain[::2])
    np.testing.assert_allclose(shown[1::2, :-1], plain[1::2, 1:], rtol=1e-6)
