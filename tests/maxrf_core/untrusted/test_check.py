"""Uploaded files are opened only if they are harmless; every genuine file is accepted."""

import os

import numpy as np
import pytest
from PIL import Image

from maxrf_core import DataStack, convert
from maxrf_core.errors import DatastackError, MaxrfError, PictureError, ScanError
from maxrf_core.imaging.quick_look import quick_look
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import register
from maxrf_core.untrusted import check as untrusted
from maxrf_core.untrusted.check import check_untrusted
from tests.maxrf_core.datastack.small_datastacks import KINDS, each_kind, make  # noqa: F401
from tests.maxrf_core.untrusted.refusals import refused


def test_datastacks_of_every_kind_are_accepted(path):
    check_untrusted(path)


@pytest.mark.parametrize(
    "name", ["v3_head_24x20x4096", "v2_0.1.16_24x20x4096", "failed_append_zero_array_12x16x256"]
)
def test_files_written_by_maxrf4u_are_accepted(shared, name):
    check_untrusted(shared(f"data/maxrf4u/{name}.datastack"))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.float32])
def test_a_cube_of_zeros_and_a_cube_of_fractions_are_accepted(tmp_path, dtype):
    empty = convert(ArrayScan(np.zeros((70, 300, 4096), dtype)), tmp_path / "zeros.datastack")
    check_untrusted(empty)
    fractions = np.random.default_rng(3).random((20, 17, 90)).astype(np.float32)
    check_untrusted(convert(ArrayScan(fractions), tmp_path / "fractions.datastack"))


def test_everything_that_can_be_appended_is_accepted(path):
    arrays = {
        "photo": np.zeros((30, 40, 3), np.uint16), "flags": np.array([True, False]), "none": np.zeros((0, 3)),
        "words": np.array(["Fe", "Kα"]), "phase": np.array([1 + 2j]), "one": np.array(2.5),
    }  # fmt: skip
    DataStack(path).append(arrays, {"photo": {"name": "Fe", "points": np.eye(3), "many": ["a", "b"]}})
    check_untrusted(path)


def test_a_raw_scan_and_photographs_are_accepted(tmp_path):
    header = "width 4\nheight 3\ndepth 8\ndata-length 2\ndata-type unsigned\nbyte-order big-endian\n"
    (tmp_path / "scan.rpl").write_text(header)
    (tmp_path / "scan.raw").write_bytes(bytes(192))
    check_untrusted(tmp_path / "scan.rpl")
    check_untrusted(tmp_path / "scan.raw")
    for ending in ("png", "jpg", "tif"):
        Image.fromarray(np.zeros((300, 400, 3), np.uint8)).save(tmp_path / f"photo.{ending}")
        check_untrusted(tmp_path / f"photo.{ending}")


def test_a_photograph_of_100_megapixels_is_accepted_with_a_small_copy(tmp_path):
    photo = Image.new("RGB", (10_000, 10_000), (90, 60, 30))
    photo.paste((20, 160, 200), (0, 0, 5000, 2500))
    photo.save(tmp_path / "large.jpg")
    looked = check_untrusted(tmp_path / "large.jpg")
    expected = quick_look(tmp_path / "large.jpg")
    assert looked.size == (10_000, 10_000)
    assert np.array_equal(looked.pixels, expected.pixels)


def test_a_copy_that_makes_no_sense_is_no_copy():
    ask = untrusted._quick_look
    assert ask({"size": [9, 9], "shape": [2, 3, 3]}, bytes(18)).pixels.shape == (2, 3, 3)
    for answer, pixels in [
        ({}, b""),
        ({"size": [9, 9], "shape": [2, 3, 3]}, bytes(17)),
        ({"size": [9], "shape": [2, 3, 3]}, bytes(18)),
        ({"size": [0, 9], "shape": [2, 3, 3]}, bytes(18)),
        ({"size": [9, 9], "shape": [2, 9]}, bytes(18)),
        ({"size": [9, 9], "shape": [0, 3, 3]}, b""),
        ({"size": [9, 9], "shape": [2000, 1200, 3]}, bytes(7_200_000)),
    ]:
        assert ask(answer, pixels) is None


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_a_truncated_file_is_reported_as_damaged(path, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    refused(path, "is damaged")


def test_a_picture_that_is_damaged_or_far_too_large_is_refused(tmp_path):
    photo = tmp_path / "photo.jpg"
    Image.fromarray(np.zeros((300, 400, 3), np.uint8)).save(photo)
    photo.write_bytes(photo.read_bytes()[:900])
    with pytest.raises(PictureError, match="damaged"):
        check_untrusted(photo)


def test_a_raw_scan_whose_header_and_file_disagree_is_refused(tmp_path):
    (tmp_path / "scan.rpl").write_text(
        "width 100000\nheight 100000\ndepth 4096\ndata-length 8\ndata-type unsigned\n"
    )
    (tmp_path / "scan.raw").write_bytes(bytes(100))
    with pytest.raises(ScanError, match="too short"):
        check_untrusted(tmp_path / "scan.rpl")


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"#!/bin/sh\n", b"\x80\x04\x95pickle"])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "thing.datastack"
    path.write_bytes(content)
    refused(path, "is empty|is no datastack")


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    refused(tmp_path / "absent.datastack", "There is no file")
    refused(tmp_path, "There is no file")
    with pytest.raises(DatastackError):
        check_untrusted("a\0b.datastack")


def test_a_check_leaves_the_file_and_its_folder_alone(path):
    before = path.read_bytes(), path.stat().st_mtime_ns, os.listdir(path.parent)
    check_untrusted(path)
    assert before == (path.read_bytes(), path.stat().st_mtime_ns, os.listdir(path.parent))


@pytest.mark.parametrize("kind", KINDS)
def test_uploads_with_registered_photographs_are_accepted(tmp_path, kind):
    ds = DataStack(make(kind, tmp_path / "scan.datastack"))
    corners, places = [[0, 0], [149, 0], [0, 199], [149, 199]], [[5, 5], [9, 5], [5, 9], [9, 9]]
    for dtype, channels in ((np.uint8, (3,)), (np.uint16, (4,)), (np.float32, ())):
        photo = (np.random.default_rng(0).random((200, 150, *channels)) * 200).astype(dtype)
        made = register(photo, ds.shape, corners, places)
        ds.append(made.arrays, made.attributes)
    ds.append({"imvis_reg_highres": np.zeros((900, 1200, 3), np.uint8)})  # nearly nothing is stored of it
    check_untrusted(ds.path)


def test_a_file_that_begins_as_another_format_than_its_ending_has_to_pass_both_checks(tmp_path):
    (tmp_path / "scan.rpl").write_text("width 4\nheight 2\ndepth 8\ndata-type unsigned\ndata-length 1\n")
    path = tmp_path / "scan.raw"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(56))
    assert untrusted.checks_of(path) == [
        "untrusted.hdf5:check_other_hdf5",
        "untrusted.hdf5:check_hdf5",
        None,
    ]
    with pytest.raises(MaxrfError, match=r"scan\.raw"):
        check_untrusted(path)
    path.write_bytes(bytes(64))
    assert untrusted.checks_of(path) == [None]
    check_untrusted(path)
