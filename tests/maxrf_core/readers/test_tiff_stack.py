"""Stacks that tifffile wrote read as it reads them, block by block; pictures are no stacks."""

import pickle

import numpy as np
import pytest
import tifffile

from maxrf_core.errors import ScanError
from maxrf_core.readers import choices_of, format_of, open_scan
from maxrf_core.readers.tiff_stack import TiffStackScan
from maxrf_core.untrusted.check import check_untrusted

COUNTS = np.random.default_rng(7).poisson(3, (20, 17, 70))
IMAGES = COUNTS.transpose(2, 0, 1)
PARTS = [
    (slice(None), slice(None), slice(None)),
    (slice(3, 20, 4), slice(1, 16, 5), slice(2, 69, 4)),
    (slice(19, 20), slice(11, 12), slice(0, 1)),
    (slice(3, 3), slice(0, 5), slice(0, 9)),
]
DEFLATE = {"compression": "zlib", "photometric": "minisblack"}
WRITTEN = [
    ("cyx", "u2", {"photometric": "minisblack"}),
    ("cyx", "u2", {"imagej": True}),  # one description for all pages
    ("cyx", "f4", {"photometric": "minisblack", "byteorder": ">", "bigtiff": True}),
    ("cyx", "u2", {**DEFLATE, "rowsperstrip": 7}),
    ("cyx", "u4", {**DEFLATE, "predictor": True, "tile": (16, 32)}),
    ("cyx", "u2", {**DEFLATE, "predictor": True, "byteorder": ">"}),
    ("cyx", "u1", {"photometric": "minisblack", "planarconfig": "separate", "rowsperstrip": 9}),
    ("cyx", "u2", {**DEFLATE, "planarconfig": "separate"}),
    ("yxc", "u2", {"photometric": "minisblack", "planarconfig": "contig"}),
    ("yxc", "u4", {**DEFLATE, "planarconfig": "contig", "rowsperstrip": 6, "predictor": True}),
]


@pytest.mark.parametrize(("axes", "dtype", "options"), WRITTEN)
def test_any_block_reads_as_it_was_written(tmp_path, axes, dtype, options):
    path = tmp_path / "scan.tif"
    tifffile.imwrite(path, (IMAGES if axes == "cyx" else COUNTS).astype(dtype), **options)
    assert format_of(path).name == "TIFF stack"
    scan = open_scan(path, choice=axes if choices_of(path) else None)
    assert (scan.shape, scan.dtype) == (COUNTS.shape, np.dtype(dtype))
    for part in PARTS:
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(scan)).read(*part), COUNTS[part])


def test_a_page_may_be_a_row_of_the_scan(tmp_path):
    path = tmp_path / "scan.tif"
    tifffile.imwrite(path, np.ascontiguousarray(IMAGES), photometric="minisblack")  # 70 rows of 20 × 17
    assert {choice.key: choice.shape for choice in choices_of(path)}["yxc"] == (70, 20, 17)
    scan = open_scan(path, choice="yxc")
    np.testing.assert_array_equal(scan.read(slice(None), slice(2, 9)), IMAGES[:, 2:9])


def test_pages_that_lie_apart_are_found(tmp_path):
    path = tmp_path / "scan.tif"
    with tifffile.TiffWriter(path) as file:
        for image in IMAGES.astype(np.uint16):
            file.write(image, photometric="minisblack", contiguous=False, metadata=None, software="x" * 99)
    check_untrusted(path)
    scan = open_scan(path, choice="cyx")
    for part in PARTS:
        np.testing.assert_array_equal(scan.read(*part), COUNTS[part])


@pytest.mark.parametrize(
    ("pixels", "options"),
    [
        (np.zeros((30, 40, 3), np.uint8), {"photometric": "rgb"}),
        (np.zeros((30, 40, 1), np.uint16), {"photometric": "minisblack"}),
        (np.zeros((30, 40), np.uint16), {}),
        (np.zeros((20, 30, 40), np.uint8), {"photometric": "minisblack"}),
        (np.zeros((70, 8, 9, 3), np.uint8), {"photometric": "rgb"}),
    ],
)
def test_pictures_are_no_stacks_and_pass_their_own_check(tmp_path, pixels, options):
    path = tmp_path / "photo.tif"
    tifffile.imwrite(path, pixels, **options)
    check_untrusted(path)
    assert format_of(path) is None
    with pytest.raises(ScanError, match="holds pictures and no cube"):
        TiffStackScan(path)


def test_damaged_and_unusual_files_are_told_in_a_sentence(tmp_path):
    path = tmp_path / "scan.tif"
    tifffile.imwrite(path, IMAGES.astype(np.uint16), compression="zlib", photometric="minisblack")
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        start, compression = file.pages[3].dataoffsets[0], file.pages[0].tags["Compression"].valueoffset
    content[start : start + 10] = bytes(10)
    path.write_bytes(content)
    with pytest.raises(ScanError, match="is damaged or cut off"):
        TiffStackScan(path).read(slice(None), slice(None))
    content[compression] = 5  # LZW
    path.write_bytes(content)
    with pytest.raises(ScanError, match=r"compressed in a way that is not read here \(LZW\); save it"):
        open_scan(path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ScanError, match="damaged or cut off"):
        TiffStackScan(path)
