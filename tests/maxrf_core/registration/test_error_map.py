"""The error map is small, survives JSON, and tells the error at any place."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.registration.error_map import GRID, ErrorMap


def slope(places):
    return 0.2 + 0.01 * places[:, 0] + 0.02 * places[:, 1]


@given(st.floats(-0.5, 89.5), st.floats(-0.5, 59.5))
def test_the_error_between_the_values_of_the_grid_is_interpolated(x, y):
    error_map = ErrorMap.of(slope, (60, 90))
    assert error_map.at((x, y)) == pytest.approx(slope(np.array([[x, y]]))[0])


def test_beyond_the_map_the_error_is_that_of_its_edge_and_the_picture_shows_each_pixel():
    error_map = ErrorMap.of(slope, (60, 90), least=0.5)
    assert max(error_map.values.shape) == GRID
    assert error_map.at((-50, -50)) == 0.5
    assert error_map.at((500, 500)) == pytest.approx(slope(np.array([[89.5, 59.5]]))[0])
    picture = error_map.picture()
    assert picture.shape == (60, 90)
    assert picture[40, 70] == pytest.approx(error_map.at((70, 40)), rel=0.01)


def test_it_survives_json_as_a_short_text():
    error_map = ErrorMap.of(slope, (600, 900))
    text = json.dumps(error_map.record())
    assert len(text) < 2000
    again = ErrorMap.read(json.loads(text))
    np.testing.assert_allclose(again.values, error_map.values, atol=1e-3)
    assert again.map_shape == (600, 900)
    assert again.rms == pytest.approx(error_map.rms, rel=1e-3)


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {},
        {"rms_px": [[1, 2]], "map_shape": [5, 5]},
        {"rms_px": [[1, 2], [3, float("nan")]], "map_shape": [5, 5]},
        {"rms_px": [[1, 2], [3, -4]], "map_shape": [5, 5]},
        {"rms_px": [[1, 2], [3, 4]], "map_shape": [5]},
        {"rms_px": [[1, 2], [3, 4]], "map_shape": None},
        {"rms_px": [[1, 2], [3]], "map_shape": [5, 5]},
    ],
)
def test_a_record_that_is_none_or_broken_is_no_map(record):
    assert ErrorMap.read(record) is None
