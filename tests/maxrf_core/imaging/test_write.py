import csv
import io
import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from PIL import Image

from maxrf_core.errors import PictureError
from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.imaging.display import colorize, percentile_limits, shrink, to_display
from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.write import encode, kinds_for, write_picture

RANDOM = np.random.default_rng(7)
GREY = RANDOM.integers(0, 256, (5, 7), dtype=np.uint8)
RGB = RANDOM.integers(0, 256, (5, 7, 3), dtype=np.uint8)
RGBA = RANDOM.integers(0, 256, (5, 7, 4), dtype=np.uint8)
GREY16 = RANDOM.integers(0, 65536, (5, 7), dtype=np.uint16)
RGB16 = RANDOM.integers(0, 65536, (5, 7, 3), dtype=np.uint16)
RGBA16 = RANDOM.integers(0, 65536, (5, 7, 4), dtype=np.uint16)
FIVE = np.zeros((5, 7, 5), np.uint16)
ALL = [GREY, RGB, RGBA, GREY16, RGB16, RGBA16]


def saved(image, kind="PNG", **options):
    file = io.BytesIO()
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    image.save(file, kind, **options)
    return file.getvalue()


def saved_tiff(array, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def noted_orientation(number):
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


# Reading


@pytest.mark.parametrize("pixels", ALL, ids=lambda pixels: f"{pixels.dtype}{pixels.shape[2:]}")
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_picture_that_was_written_is_read_back_exactly(pixels, kind):
    back = read_picture(encode(pixels, kind))
    assert back.dtype == pixels.dtype
    np.testing.assert_array_equal(back, pixels)


@pytest.mark.parametrize("pixels", [RGB16, RGBA16], ids=["rgb", "rgba"])
def test_sixteen_bit_colours_by_another_program_keep_their_order_and_depth(pixels):
    swapped = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA)
    for ending in (".png", ".tif"):
        content = cv2.imencode(ending, swapped)[1].tobytes()  # its TIFF files are packed with LZW
        np.testing.assert_array_equal(read_picture(content), pixels)


@pytest.mark.parametrize("compression", [None, "raw", "tiff_lzw", "tiff_deflate", "packbits"])
@pytest.mark.parametrize("pixels", [GREY, RGB, RGBA, GREY16], ids=["grey", "rgb", "rgba", "grey16"])
def test_tiff_files_of_pillow_are_read_in_any_compression(pixels, compression):
    np.testing.assert_array_equal(read_picture(saved(pixels, "TIFF", compression=compression)), pixels)


def test_jpeg_files_are_read_in_colour_and_grey():
    smooth = np.full((40, 50, 3), (200, 120, 40), np.uint8)
    back = read_picture(saved(smooth, "JPEG", quality=95))
    assert back.shape == (40, 50, 3)
    assert np.abs(back.astype(int) - smooth).max() <= 4
    grey = read_picture(saved(smooth[..., 0], "JPEG"))
    assert grey.shape == (40, 50)


def test_cmyk_becomes_rgb():
    red = Image.new("CMYK", (20, 10), (0, 255, 255, 0))
    for kind in ("JPEG", "TIFF"):
        back = read_picture(saved(red, kind))
        assert back.shape == (10, 20, 3)
        assert np.abs(back.astype(int) - (255, 0, 0)).max() < 12


def test_palettes_become_rgb_and_transparent_palettes_rgba():
    indexed = Image.new("P", (4, 3), 1)
    indexed.putpalette([0, 0, 0, 10, 20, 30])
    assert read_picture(saved(indexed))[0, 0].tolist() == [10, 20, 30]
    assert read_picture(saved(indexed, transparency=1))[0, 0].tolist() == [10, 20, 30, 0]


def test_black_and_white_and_grey_with_alpha_are_read():
    ink = Image.fromarray(GREY > 127)
    np.testing.assert_array_equal(read_picture(saved(ink)), np.where(GREY > 127, 255, 0))
    with_alpha = Image.merge("LA", (Image.fromarray(GREY), Image.fromarray(RGB[..., 0].copy())))
    back = read_picture(saved(with_alpha))
    np.testing.assert_array_equal(back, np.dstack([GREY, GREY, GREY, RGB[..., 0]]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.int16, np.int32, np.uint32])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_tiff_files_of_other_numbers_are_read_as_float32(dtype, shape):
    values = (RANDOM.random(shape) * 3000).astype(dtype)
    back = read_picture(saved_tiff(values, photometric="rgb" if len(shape) == 3 else "minisblack"))
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, values.astype(np.float32))


def test_tiff_files_with_separate_planes_several_pages_or_white_as_zero_are_read():
    planes = saved_tiff(np.moveaxis(RGB16, 2, 0), photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(read_picture(planes), RGB16)
    pages = saved_tiff(np.stack([GREY16, GREY16 // 2]), photometric="minisblack")
    np.testing.assert_array_equal(read_picture(pages), GREY16)
    negative = saved_tiff(GREY16, photometric="miniswhite")
    np.testing.assert_array_equal(read_picture(negative), 65535 - GREY16)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_that_a_camera_noted_is_applied(orientation):
    upright = {
        1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
        5: lambda a: a.swapaxes(0, 1), 6: lambda a: np.rot90(a, -1),
        7: lambda a: np.rot90(a, 2).swapaxes(0, 1), 8: np.rot90,
    }[orientation]  # fmt: skip
    exif = noted_orientation(orientation)
    np.testing.assert_array_equal(read_picture(saved(RGB, exif=exif)), upright(RGB))
    for compression in ("raw", "tiff_lzw"):
        content = saved(GREY, "TIFF", compression=compression, tiffinfo={274: orientation})
        np.testing.assert_array_equal(read_picture(content), upright(GREY))
    tag = (274, "H", 1, orientation, True)
    deep = saved_tiff(RGB16, photometric="rgb", extratags=[tag])
    np.testing.assert_array_equal(read_picture(deep), upright(RGB16))
    quarters = np.kron(np.array([[0, 90], [180, 250]], np.uint8), np.ones((16, 24), np.uint8))
    photo = read_picture(saved(quarters, "JPEG", quality=95, exif=exif))
    assert photo.shape == upright(quarters).shape
    assert np.abs(photo.astype(int) - upright(quarters)).max() < 8


def test_orientation_is_applied_to_sixteen_bit_png_too():
    content = saved(GREY16, exif=noted_orientation(6))
    np.testing.assert_array_equal(read_picture(content), np.rot90(GREY16, -1))


def test_picture_is_read_from_a_path_bytes_or_a_file_that_was_read_before(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(saved(RGB))
    for source in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        np.testing.assert_array_equal(read_picture(source), RGB)
    with open(path, "rb") as file:
        for _ in range(2):
            np.testing.assert_array_equal(read_picture(file), RGB)


def png_of(width, height, depth=8, kind=2):
    """A PNG file that promises a size, with next to nothing in it."""

    def part(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(100))) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"x,y\n1,2\n", "is no PNG, JPEG or TIFF"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "is no PNG, JPEG or TIFF"),
        (b"\x89PNG\r\n\x1a\n", "is damaged"),
        (b"\xff\xd8\xff\xe0", "is damaged"),
        (b"II*\x00", "is damaged"),
        (png_of(16000, 16000), "16000×16000 pixels .*limit 155 million"),
        (png_of(100_000, 100_000), "limit 155 million"),
        (png_of(300, 200), "is damaged"),
        (saved(RGB)[:-40], "is damaged"),
        (encode(RGB16, "png")[:-60], "is damaged"),
        (saved(np.zeros((64, 64, 3), np.uint8), "JPEG")[:-200], "is damaged"),
        (saved(GREY, "TIFF")[:-30], "is damaged"),
        (encode(RGB16, "tiff")[:-60], "is damaged"),
        (cv2.imencode(".tif", RGB16)[1].tobytes()[:150], "is damaged"),
        (saved_tiff(FIVE, photometric="minisblack", planarconfig="contig"), "neither grey"),
        (saved_tiff(RGBA16, photometric="separated"), "other colours than RGB"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_bad_picture_is_refused_by_name_with_the_reason(content, reason):
    with pytest.raises(PictureError, match=f"^holiday.png .*({reason})"):
        read_picture(content, "holiday.png")


def test_absent_picture_and_folder_are_named(tmp_path):
    with pytest.raises(PictureError, match=r"There is no picture .*absent\.png"):
        read_picture(tmp_path / "absent.png")
    with pytest.raises(PictureError, match="cannot be opened"):
        read_picture(tmp_path)
    with pytest.raises(PictureError):
        read_picture("a\0b.png")


WHOLE = [saved(RGB), encode(RGB16, "png"), encode(RGB16, "tiff"), saved(RGB, "TIFF"), saved(RGB, "JPEG")]


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150)
@given(st.sampled_from(WHOLE), st.data())
def test_damaged_picture_gives_pixels_or_a_reason_and_never_anything_else(content, data):
    damaged = bytearray(content[: data.draw(st.integers(1, len(content)))])
    for _ in range(data.draw(st.integers(0, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        pixels = read_picture(bytes(damaged))
    except PictureError:
        return
    assert pixels.dtype in (np.uint8, np.uint16, np.float32)


def test_real_map_of_a_painting_is_read(shared):
    zinc = read_picture(shared("data/real/vangogh/s0039V1962_elementmap_924x1479.png"))
    assert zinc.shape[:2] == (1479, 924)
    assert zinc.dtype == np.uint8


# Writing


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


# Showing


def test_colour_maps_are_read_only_tables_from_dark_to_bright():
    for name, table in COLORMAPS.items():
        assert (table.shape, table.dtype) == ((256, 3), np.uint8), name
        assert table[0].sum() < table[-1].sum()
        with pytest.raises(ValueError, match="read-only"):
            table[0, 0] = 1
    assert COLORMAPS["viridis"][[0, 255]].tolist() == [[68, 1, 84], [253, 231, 37]]  # as in matplotlib


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


def test_charts_can_draw_the_very_same_colours():
    np.testing.assert_array_equal(colorize(np.arange(256)[None], 0, 255, "magma")[0], COLORMAPS["magma"])


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


@pytest.mark.parametrize("array", [np.ones((4, 5), np.float32), np.ones((4, 5, 3), np.uint8)])
def test_a_tiff_file_says_inside_what_it_shows(array):
    with tifffile.TiffFile(io.BytesIO(encode(array, "tiff", "été, Fe Kα, 6.2 to 6.6 keV"))) as file:
        assert file.pages[0].tags["ImageDescription"].value == "été, Fe Kα, 6.2 to 6.6 keV"
    np.testing.assert_array_equal(read_picture(encode(array, "tiff", "a title")), array)
    with tifffile.TiffFile(io.BytesIO(encode(array, "tiff"))) as file:
        assert "ImageDescription" not in file.pages[0].tags
