"""Pictures and tables are written so that other programs read the same values."""

import csv
import io

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from PIL import Image

from maxrf_core.errors import PictureError
from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.write import encode, kinds_for, write_picture
from tests.maxrf_core.imaging.saved_pictures import ALL, GREY, RANDOM, RGB, RGBA16


@pytest.mark.parametrize("pixels", ALL, ids=lambda pixels: f"{pixels.dtype}{pixels.shape[2:]}")
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_picture_that_was_written_is_read_back_exactly(pixels, kind):
    back = read_picture(encode(pixels, kind))
    assert back.dtype == pixels.dtype
    np.testing.assert_array_equal(back, pixels)


def test_kinds_offered_fit_the_array():
    assert kinds_for(np.zeros((1692, 1592))) == ["png", "tiff", "csv", "npy"]
    assert kinds_for(RGB) == kinds_for(RGBA16) == ["png", "tiff", "npy"]
    assert kinds_for(np.zeros(4096)) == kinds_for(np.array(["Fe", "Ca"])) == ["csv", "npy"]
    assert kinds_for(np.zeros((4, 4, 4096))) == ["npy"]
    assert kinds_for(np.zeros((2, 20_000))) == ["png", "tiff", "npy"]
    assert kinds_for(np.array([None])) == []


@pytest.mark.parametrize(
    "array",
    [GREY, RGBA16, np.zeros((3, 4, 5)), np.array(2.5), np.array(["Fe", "Ca"]), np.zeros((0, 3)),
     RANDOM.random((4, 3)), np.arange(5, dtype=np.int64), np.array([[True, False]]),
     np.ones((3, 3), np.float16)],
)  # fmt: skip
def test_every_kind_offered_can_be_made_and_others_are_refused(array):
    for kind in ("png", "tiff", "csv", "npy", "exe"):
        if kind in kinds_for(array):
            assert len(encode(array, kind)) > 0 or array.size == 0
        else:
            with pytest.raises(PictureError, match="cannot become"):
                encode(array, kind)


@given(
    st_numpy.arrays(st.sampled_from([np.float64, np.float32, np.int64]), st_numpy.array_shapes(max_dims=2))
)
def test_csv_and_npy_keep_every_digit(array):
    rows = list(csv.reader(io.StringIO(encode(array, "csv").decode())))
    back = np.array(rows, dtype=array.dtype if array.dtype.kind == "i" else np.float64).reshape(array.shape)
    np.testing.assert_array_equal(back.astype(array.dtype), array)
    kept = np.load(io.BytesIO(encode(array, "npy")), allow_pickle=False)
    np.testing.assert_array_equal(kept, array)
    assert kept.dtype == array.dtype


def test_tiff_keeps_float32_exactly_and_other_programs_read_it():
    values = RANDOM.normal(size=(6, 8)).astype(np.float32)
    values[0, 0] = np.nan
    content = encode(values, "tiff")
    np.testing.assert_array_equal(read_picture(content), values)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(content))), values)
    np.testing.assert_array_equal(read_picture(encode(values.astype(np.float64), "tiff")), values)


def test_png_of_a_band_map_is_scaled_to_be_seen():
    band = np.linspace(0, 7.5, 4000).reshape(40, 100)
    band[0, 0] = 5000  # a speckle
    seen = read_picture(encode(band, "png"))
    assert seen.dtype == np.uint8
    assert seen.shape == (40, 100)
    assert seen[1].max() < seen[20].min() < seen[38].min()
    assert seen[38].min() > 220


def test_png_of_floats_with_alpha_keeps_opaque_opaque():
    floats = np.dstack([RGB / 255, np.full((5, 7), 0.2)])
    back = read_picture(encode(floats, "png"))
    np.testing.assert_array_equal(back[..., :3], RGB)
    assert (back[..., 3] == 51).all()


def test_boolean_pictures_are_black_and_white():
    for kind in ("png", "tiff"):
        np.testing.assert_array_equal(read_picture(encode(GREY > 99, kind)), np.where(GREY > 99, 255, 0))


@pytest.mark.parametrize("ending", [".png", ".TIF", ".tiff", ".npy", ".csv"])
def test_file_is_written_whole_under_its_name_and_nothing_beside_it(tmp_path, ending):
    path = tmp_path / f"fe{ending}"
    write_picture(path, GREY)
    write_picture(path, GREY)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    if ending in (".png", ".TIF", ".tiff"):
        np.testing.assert_array_equal(read_picture(path), GREY)


def test_unknown_ending_is_refused_and_a_failed_writing_leaves_the_old_file(tmp_path):
    with pytest.raises(PictureError, match=r"fe\.bmp should end in one of \.png"):
        write_picture(tmp_path / "fe.bmp", GREY)
    path = tmp_path / "cube.png"
    write_picture(path, GREY)
    with pytest.raises(PictureError, match="it can become: npy"):
        write_picture(path, np.zeros((2, 2, 9)))
    np.testing.assert_array_equal(read_picture(path), GREY)
    with pytest.raises(PictureError, match=r"fe\.png cannot be written"):
        write_picture(tmp_path / "absent" / "fe.png", GREY)


@pytest.mark.parametrize("array", [np.ones((4, 5), np.float32), np.ones((4, 5, 3), np.uint8)])
def test_a_tiff_file_says_inside_what_it_shows(array):
    with tifffile.TiffFile(io.BytesIO(encode(array, "tiff", "été, Fe Kα, 6.2 to 6.6 keV"))) as file:
        assert file.pages[0].tags["ImageDescription"].value == "été, Fe Kα, 6.2 to 6.6 keV"
    np.testing.assert_array_equal(read_picture(encode(array, "tiff", "a title")), array)
    with tifffile.TiffFile(io.BytesIO(encode(array, "tiff"))) as file:
        assert "ImageDescription" not in file.pages[0].tags
