"""Pictures of any size are written tile by tile, and read by other programs as they were."""

import json

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maxrf_core.export import large_pictures
from maxrf_core.export.large_pictures import Scale, ScaledPng, write_tiled_tiff
from maxrf_core.imaging.read import read_picture


@pytest.mark.parametrize("shape", [(700, 1100), (512, 512, 3), (30, 1025, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("limit", [100, 10**9])
def test_tiles_become_the_picture(tmp_path, monkeypatch, shape, dtype, limit):
    monkeypatch.setattr(large_pictures, "MAX_PLAIN_TIFF", limit)
    pixels = np.random.default_rng(1).integers(0, 250, shape).astype(dtype)
    tiles = (
        pixels[top : top + 512, left : left + 512]
        for top in range(0, shape[0], 512)
        for left in range(0, shape[1], 512)
    )
    write_tiled_tiff(tmp_path / "a.tif", tiles, shape, dtype, {"map": "Fe-K"})
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.is_bigtiff == (limit == 100)
        assert json.loads(file.pages[0].description) == {"map": "Fe-K"}
        np.testing.assert_array_equal(file.asarray(), pixels)


@given(
    arrays(np.float32, (3, 4), elements=st.floats(-1e6, 1e6, width=32) | st.just(np.nan)),
    st.sampled_from([8, 16]),
)
def test_a_scale_gives_the_values_back_as_precisely_as_its_bits_allow(values, bits):
    scale = Scale.of(values, bits)
    back = scale.values(scale.levels(values))
    np.testing.assert_array_equal(np.isnan(back), np.isnan(values))
    kept = np.clip(values.astype(np.float64), scale.lo, scale.hi)
    np.testing.assert_allclose(back, kept, atol=0.51 * (scale.hi - scale.lo) / (scale.top - 1) + 1e-9)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_that_is_filled_in_parts_is_read_as_a_whole(tmp_path, bits):
    values = np.linspace(-3, 40, 600).reshape(20, 30)
    scale = Scale.of(values, bits)
    picture = ScaledPng(values.shape, scale)
    for rows in (slice(0, 7), slice(7, 20)):
        picture.fill(rows, slice(0, 30), values[rows])
    picture.write(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), scale.levels(values))
