"""Resampling of images of any dtype."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from maxrf_core.errors import PictureError
from maxrf_core.imaging.resample import full_scale, resample


def test_image_that_opencv_refuses_gives_a_sentence():
    with pytest.raises(PictureError, match="1×1×2 pixels is too large"):
        resample(np.zeros((1, 1, 2), np.uint8), lambda part: cv2.resize(part, (0, 0)))


def halved(image):
    return resample(image, lambda part: cv2.resize(part, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


@given(
    st_numpy.arrays(
        st.sampled_from([np.uint8, np.int8, np.uint16, np.int16, np.int32, np.uint32, np.int64, np.float64]),
        st.tuples(st.just(4), st.just(6), st.integers(1, 9)),
        elements={"min_value": 0, "max_value": 100},
    )
)
def test_each_channel_of_any_kind_is_averaged_in_blocks(image):
    means = image.reshape(2, 2, 3, 2, -1).mean(axis=(1, 3), dtype=np.float64)
    reduced = halved(image)
    assert (reduced.dtype, reduced.shape) == (image.dtype, means.shape)
    assert np.abs(reduced - means).max() <= (0.501 if image.dtype.kind in "iu" else 1e-4)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint32, np.int64, np.float16])
def test_the_extremes_of_a_dtype_stay_what_they_are(dtype):
    info = np.iinfo(dtype) if np.dtype(dtype).kind in "iu" else np.finfo(dtype)
    image = np.full((4, 4), info.min, dtype)
    image[:, 2:] = info.max
    expected = np.array([[info.min, info.max]] * 2, dtype)
    np.testing.assert_allclose(halved(image).astype(float), expected.astype(float), rtol=1e-6)


def test_missing_values_stay_missing_where_they_prevail_and_harm_no_neighbour():
    image = np.full((4, 4), 7.0)
    image[0, 0] = image[2:, 2:] = np.nan
    np.testing.assert_array_equal(halved(image), [[7, 7], [7, np.nan]])


@pytest.mark.parametrize(
    ("dtype", "white"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1), (np.bool_, 1)]
)
def test_white_is_the_largest_number_of_a_dtype_and_1_for_floats(dtype, white):
    assert full_scale(np.dtype(dtype)) == white


def test_values_whose_span_no_number_holds_are_refused_in_words():
    with pytest.raises(PictureError, match="lie too far apart, from -1e\\+308 to 1e\\+308"):
        halved(np.array([[-1e308, 1e308]] * 2))
