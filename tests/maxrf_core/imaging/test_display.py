"""Contrast limits, colours, composites and sizes of what is shown."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from hypothesis.extra.numpy import arrays

from maxrf_core.errors import PictureError
from maxrf_core.imaging.display import (
    colorize,
    composite,
    percentile_limits,
    shrink,
    to_display,
    to_uint8,
)
from tests.maxrf_core.imaging.saved_pictures import GREY, GREY16, RANDOM, RGB, RGB16, RGBA

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


@given(
    st_numpy.arrays(st.sampled_from([np.float32, np.float64, np.int32, np.uint8]), (3, 4)),
    st.floats(-1e6, 1e6), st.floats(0, 1e6),
)  # fmt: skip
def test_colours_rise_with_the_values_and_missing_ones_stand_out(values, vmin, span):
    colors = colorize(values, vmin, vmin + span, "gray").astype(int)
    missing = np.isnan(values)
    assert (colors[missing] == (190, 200, 215)).all()
    order = np.argsort(values[~missing], kind="stable")
    assert (np.diff(colors[~missing][order][:, 0]) >= 0).all()
    assert (colors[~missing][values[~missing] > vmin + span] == 255).all()
    assert (colors[~missing][values[~missing] < vmin] == 0).all()


def test_colouring_without_sense_is_refused():
    with pytest.raises(PictureError, match="no colour map 'jet'; there are: viridis, gray"):
        colorize(GREY, 0, 1, "jet")
    for limits in ((1, 0), (np.nan, 1), (0, np.inf)):
        with pytest.raises(PictureError, match="limits"):
            colorize(GREY, *limits)
    with pytest.raises(PictureError, match="maps"):
        colorize(RGB, 0, 1)
    with pytest.raises(PictureError, match="real numbers"):
        colorize(np.zeros((2, 2), complex), 0, 1)


def test_bright_speckles_do_not_rule_the_contrast():
    band = RANDOM.normal(100, 10, (100, 100))
    band.ravel()[:20] = 1e6
    vmin, vmax = percentile_limits(band)
    assert 60 < vmin < 85
    assert 115 < vmax < 140


@given(st_numpy.arrays(st.sampled_from([np.float32, np.float64, np.int16]), (4, 4)))
def test_limits_are_always_finite_and_in_order(values):
    vmin, vmax = percentile_limits(values)
    assert np.isfinite(vmin)
    assert vmin < vmax


def test_sparse_map_falls_back_to_its_whole_range():
    sparse = np.zeros((100, 100))
    sparse[3, 3] = 8
    assert percentile_limits(sparse) == (0, 8)
    assert percentile_limits(np.full((3, 3), np.nan)) == (0, 1)
    with pytest.raises(PictureError, match="Percentiles"):
        percentile_limits(sparse, 99, 1)


@pytest.mark.parametrize("pixels", [GREY, RGB, GREY16, RGB16, RGB / 255, GREY > 99], ids=str)
def test_any_photograph_is_shown_as_it_looks(pixels):
    shown = to_display(pixels)
    assert (shown.shape, shown.dtype) == ((5, 7, 3), np.uint8)
    full = {"u1": 255, "u2": 65535}.get(pixels.dtype.str[1:], 1)
    expected = pixels.astype(float) / full * 255
    expected = expected if pixels.ndim == 3 else np.repeat(expected[..., None], 3, axis=2)
    assert np.abs(shown - expected).max() <= 0.5


def test_dark_sixteen_bit_and_bright_float_photographs_are_spread():
    for pixels in (GREY16 // 40, GREY16 * 7.0, GREY16.astype(np.int32) - 9000):
        shown = to_display(pixels)
        assert shown.min() == 0
        assert shown.max() == 255


def test_transparent_and_missing_places_are_shown_white():
    pixels = RGBA.copy()
    pixels[0, :, 3], pixels[1, :, 3] = 0, 255
    shown = to_display(pixels)
    assert (shown[0] == 255).all()
    np.testing.assert_array_equal(shown[1], pixels[1, :, :3])
    holed = np.where(np.indices((5, 7))[0] == 2, np.nan, 0.5)
    assert (to_display(holed)[2] == 255).all()
    assert (to_display(holed)[1] == 128).all()


def test_what_is_no_picture_is_not_shown():
    for bad in (np.zeros((3, 4, 5)), np.zeros(4), np.zeros((0, 3)), np.array([["a"]])):
        with pytest.raises(PictureError):
            to_display(bad)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64, np.int32, np.bool_])
def test_shrinking_averages_and_keeps_dtype_and_proportions(dtype):
    checks = (np.indices((300, 400)).sum(axis=0) % 2).astype(dtype)
    values = checks if dtype == np.bool_ else checks * np.array(100, dtype)
    small = shrink(values, 100, 60)
    assert small.shape == (60, 80)
    assert small.dtype == dtype
    if dtype != np.bool_:
        assert np.abs(small.astype(float) - 50).max() <= 5


def test_shrinking_never_enlarges_and_keeps_channels():
    np.testing.assert_array_equal(shrink(RGB, 100), RGB)
    assert shrink(np.zeros((400, 10, 4), np.uint8), 100, 40).shape == (40, 1, 4)
    with pytest.raises(PictureError, match="shrunk"):
        shrink(RGB, 0)
    with pytest.raises(PictureError, match="no image"):
        shrink(np.zeros((2, 3, 4, 5)), 10)


def test_a_photograph_in_floats_is_scaled_in_little_memory(monkeypatch):
    pixels = np.linspace(0, 1, 3000 * 2000, dtype=np.float32).reshape(3000, 2000, 1)
    pixels[::7, ::5] = np.nan
    pixels[1::7, ::5] = np.inf
    pixels[2::7, ::5] = -np.inf
    monkeypatch.setattr("maxrf_core.imaging.display.MAX_AT_ONCE", 100_000)
    tracemalloc.start()
    try:
        levels = to_uint8(pixels)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < pixels.nbytes / 2  # the result takes a quarter
    tracemalloc.start()
    try:
        shown = to_display(pixels)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < pixels.nbytes * 1.1  # of grey, the result takes three quarters
    assert (shown[~np.isfinite(pixels[:, :, 0])] == 255).all()
    finite = np.where(np.isnan(pixels), 0, pixels)
    np.testing.assert_array_equal(levels, np.rint(finite.clip(0, 1) * np.float32(255)).astype(np.uint8))
