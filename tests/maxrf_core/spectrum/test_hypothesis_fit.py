"""Non-negative fit of many templates."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maxrf_core.spectrum.hypothesis_fit import ChannelWidths, fit_areas


@given(arrays(float, 3, elements=st.floats(1, 1000)))
def test_areas_of_a_mixture_are_found_again(areas):
    places = np.arange(60)
    columns = np.array([np.exp(-((places - at) ** 2) / 18) for at in (15, 30, 45)])
    _, found, used, residuals = fit_areas(columns, areas @ columns, np.ones(60), 3)
    assert used.tolist() == [0, 1, 2]
    np.testing.assert_allclose(found, areas, rtol=1e-4, atol=1e-3)
    assert np.abs(residuals).max() < 1e-2


def test_a_template_that_explains_nothing_is_left_out():
    columns = np.array([[1.0, 0, 0], [0, 0, 1]])
    _, areas, used, _ = fit_areas(columns, np.array([0.0, 0, 9]), np.ones(3), 1)
    assert used.tolist() == [1]
    assert areas.round(6).tolist() == [9.0]


def test_widths_are_those_of_the_channels():
    widths = ChannelWidths(np.array([3.0, 4.0, 5.0]))
    assert widths.fwhm(widths.energies(3)).tolist() == [3.0, 4.0, 5.0]
