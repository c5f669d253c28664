"""Patches go to ImageJ's ROIs and back without losing a pixel, with its origin at the pixel's corner."""

import io
import random
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from roifile import ROI_TYPE, ImagejRoi

from maxrf_core.errors import PatchError
from maxrf_core.patches import imagej
from maxrf_core.patches.imagej import format_imagej, format_roi, parse_imagej
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.patches.drawn_patches import SHAPE, any_patches, told


@given(any_patches)
def test_patches_come_back_with_exactly_their_pixels(patches):
    assert told(parse_imagej(format_imagej(patches), SHAPE)) == told(patches)
    assert told(parse_imagej(format_roi(patches[0]), SHAPE)) == told(patches[:1])


def test_a_rectangle_of_imagej_holds_the_pixels_that_it_names():
    """In ImageJ, makeRectangle(2, 3, 4, 1) selects the pixels 2 to 5 of row 3."""
    roi = ImagejRoi(roitype=ROI_TYPE.RECT, left=2, top=3, right=6, bottom=4, name="strip")
    [patch] = parse_imagej(roi.tobytes(), SHAPE)
    assert np.argwhere(patch.mask).tolist() == [[3, 2], [3, 3], [3, 4], [3, 5]]
    assert patch.name == "strip"


def test_a_traced_patch_is_written_with_the_corners_that_imagej_counts():
    patch = Patch.rectangle((2, 3), (5, 3), SHAPE, "strip", "#56b4e9")
    roi = ImagejRoi.frombytes(format_roi(patch))
    assert roi.roitype == ROI_TYPE.TRACED
    assert (roi.integer_coordinates + np.array([roi.left, roi.top])).tolist() == [
        [2, 3],
        [6, 3],
        [6, 4],
        [2, 4],
    ]
    assert roi.stroke_color == b"\xff\x56\xb4\xe9"


def test_a_lasso_keeps_its_corners_between_pixels():
    corners = [(1.25, 1), (9.5, 2), (4, 8.125)]
    [patch] = parse_imagej(format_roi(Patch.polygon(corners, SHAPE, "sky", "#56b4e9")), SHAPE)
    assert patch.outline[0].tolist() == [list(corner) for corner in corners]


def test_an_oval_holds_the_centres_within_the_ellipse():
    roi = ImagejRoi(roitype=ROI_TYPE.OVAL, left=2, top=1, right=8, bottom=7)
    [patch] = parse_imagej(roi.tobytes(), SHAPE, "spot.roi")
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    np.testing.assert_array_equal(patch.mask, np.hypot(x - 4.5, y - 3.5) <= 3)
    assert patch.name == "spot"


@pytest.mark.parametrize("kind", [ROI_TYPE.POINT, ROI_TYPE.LINE, ROI_TYPE.POLYLINE, ROI_TYPE.ANGLE])
def test_a_roi_without_an_area_is_refused(kind):
    roi = ImagejRoi.frompoints([[1, 1], [5, 5], [7, 2]], name="spots")
    roi.roitype = kind
    with pytest.raises(PatchError, match="'spots' is a ROI without an area"):
        parse_imagej(roi.tobytes(), SHAPE)


def test_a_roi_beside_the_scan_is_refused():
    roi = ImagejRoi(roitype=ROI_TYPE.RECT, left=102, top=3, right=106, bottom=4, name="far")
    with pytest.raises(PatchError, match="far lies outside the scan"):
        parse_imagej(roi.tobytes(), SHAPE)


@given(st.integers(0, 2**32))
def test_a_damaged_roi_is_read_or_refused_with_a_sentence(seed):
    rng = random.Random(seed)
    ring = np.zeros(SHAPE, bool)
    ring[2:6, 2:6], ring[3, 3] = True, False
    patch = rng.choice(
        [Patch("ring", "#000000", ring), Patch.rectangle((1, 1), (5, 5), SHAPE, "a", "#ff0000")]
    )
    data = bytearray(format_roi(patch))
    for _change in range(rng.randint(1, 4)):
        data[rng.randrange(4, len(data))] = rng.randrange(256)
    data = data[: rng.choice([len(data), rng.randrange(4, len(data))])]
    with suppress(PatchError):
        assert all(patch.mask.any() for patch in parse_imagej(bytes(data), SHAPE))


def zipped(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return written.getvalue()


def test_a_zip_that_is_damaged_empty_or_a_bomb_is_refused(monkeypatch):
    good = format_imagej([Patch.rectangle((1, 1), (5, 5), SHAPE, "a", "#ff0000")])
    with pytest.raises(PatchError, match="damaged zip"):
        parse_imagej(good[: len(good) // 2], SHAPE)
    with pytest.raises(PatchError, match="holds no ROI"):
        parse_imagej(zipped({"readme.txt": b"nothing"}), SHAPE)
    with pytest.raises(PatchError, match="more than 100"):
        parse_imagej(zipped({f"{number}.roi": b"" for number in range(101)}), SHAPE)
    monkeypatch.setattr(imagej, "MAX_ROI_BYTES", 1000)
    with pytest.raises(PatchError, match="too large"):
        parse_imagej(zipped({"bomb.roi": bytes(10_000)}), SHAPE)


def test_names_that_no_file_can_have_are_kept_inside():
    patch = Patch.rectangle((1, 1), (5, 5), SHAPE, "../sky: a/b", "#ff0000")
    content = format_imagej([patch])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["001 ___sky_ a_b.roi"]
    assert parse_imagej(content, SHAPE)[0].name == "../sky: a/b"
