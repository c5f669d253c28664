"""Profiles in a chart: a curve each, with the band of its error."""

import numpy as np

from maxrf_core.imaging.profile import Profile
from widgets.charts.profile_chart import ProfileCurve, profile_figure


def curve(sigma):
    values = np.array([1.0, np.nan, 3.0])
    return ProfileCurve("Fe", Profile(np.arange(3.0), values, np.full(3, sigma)), "#d95f02")


def test_the_error_is_a_band_that_leaves_out_missing_values():
    figure = profile_figure([curve(0.5)], "Distance (mm)", "Counts", 0.25)
    band, line = figure.data
    np.testing.assert_array_equal(band.x, [0, 0.5, 0.5, 0])
    np.testing.assert_array_equal(band.y, [1.5, 3.5, 2.5, 0.5])
    np.testing.assert_array_equal(line.x, [0, 0.25, 0.5])
    assert figure.layout.xaxis.range == (0, 0.5)


def test_without_an_error_there_is_no_band():
    assert [trace.name for trace in profile_figure([curve(np.nan)], "x", "y", 1).data] == ["Fe"]
