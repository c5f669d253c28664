"""The B-spline that stands for a perspective is the perspective on the whole map."""

import numpy as np

from maxrf_core.registration.exchange.displacement import Displacement, fitted_displacement
from tests.maxrf_core.registration.exchange.placed import in_perspective


def test_a_perspective_is_met_everywhere_on_the_map_to_a_millionth_of_a_pixel():
    placed = in_perspective(np.array([[0.0, 0], [600, 20], [560, 470], [10, 440]]))
    params, fixed, departure = fitted_displacement(placed)
    x, y = np.linspace(-0.5, 79.5, 37), np.linspace(-0.5, 59.5, 29)
    places = np.stack(np.meshgrid(x, y), axis=2)
    far = Displacement(params, fixed).on_grid(x, y) - placed.to_photo.apply(places).reshape(places.shape)
    assert np.abs(far).max() < 1e-6
    assert departure <= 1e-6
    np.testing.assert_allclose(Displacement(params, fixed).domain, [[-0.5, -0.5], [79.5, 59.5]])
