"""Three maps in one picture, each in its own colour and by its own limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maxrf_core.errors import PictureError
from maxrf_core.imaging.display import colorize, composite

LIMITS = [(0.0, 10.0), (2.0, 4.0), (-5.0, 5.0)]


@given(arrays(np.float32, (3, 5, 4), elements=st.floats(-20, 20, width=32)))
def test_each_colour_is_its_own_map_in_grey(maps):
    picture = composite(list(maps), LIMITS)
    assert picture.dtype == np.uint8
    for channel, (values, limits) in enumerate(zip(maps, LIMITS, strict=True)):
        np.testing.assert_array_equal(picture[:, :, channel], colorize(values, *limits, "gray")[:, :, 0])


def test_a_pixel_that_is_missing_in_all_maps_looks_as_in_every_map():
    holed = np.array([[np.nan, 10.0]])
    missing = colorize(holed, 0, 10, "gray")[0, 0].tolist()
    assert missing != [0, 0, 0]  # which is what the least counts are
    assert composite([holed] * 3, [(0, 10)] * 3)[0].tolist() == [missing, [255, 255, 255]]


def test_a_value_that_is_missing_in_one_map_is_dark():
    holed, full = np.array([[np.nan, 10.0]]), np.array([[10.0, 10.0]])
    assert composite([holed, full, full], [(0, 10)] * 3)[0].tolist() == [[0, 255, 255], [255, 255, 255]]


@pytest.mark.parametrize(
    ("maps", "limits"),
    [
        ([np.zeros((2, 3))] * 2, LIMITS[:2]),
        ([np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((3, 2))], LIMITS),
        ([np.zeros(3)] * 3, LIMITS),
        ([np.zeros((2, 3))] * 3, [*LIMITS[:2], (4.0, 1.0)]),
    ],
)
def test_wrong_maps_and_limits_raise_a_sentence(maps, limits):
    with pytest.raises(PictureError, match="not"):
        composite(maps, limits)
