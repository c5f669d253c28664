"""Points that do not fit the pictures are detected: another size, another file, turned, outside."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from maxrf_core.autoalign.points_check import Pictures, check_pictures, describe_outside, fits_only_as_stored
from maxrf_core.cli.main import main
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.orientation import stored_shape, upright_points
from maxrf_core.registration.points_io import KINDS, PointsFile, read_points, write_points
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.plane_transform import residuals
from tests.maxrf_core.autoalign.seen_drawing import (
    SHAPE,
    count,
    draw,
    photograph,
    rough_clicks,
    true_transform,
)

TRUTH, SIZE = true_transform()
SRC, DST = rough_clicks(TRUTH, 0)
PHOTO = SIZE[::-1]
DOUBLE = (2 * PHOTO[0], 2 * PHOTO[1])


def points_of(**about) -> PointsFile:
    return PointsFile(SRC, DST, "json", about=about)


# Sizes


@pytest.mark.parametrize("kind", KINDS)
def test_points_of_a_copy_of_half_the_size_are_rescaled_with_a_note(kind):
    text = write_points(SRC, DST, kind, photo_shape=PHOTO, map_shape=SHAPE)
    points = read_points(
        text, photo_shape=DOUBLE, map_shape=SHAPE
    )  # which the page or the command line knows
    checked = check_pictures(points, Pictures(DOUBLE, SHAPE))
    np.testing.assert_allclose(checked.src, 2 * (SRC + 0.5) - 0.5, atol=1e-9)
    np.testing.assert_allclose(checked.dst, DST, atol=1e-9)
    assert len(checked.notes) == 1
    assert f"photograph of {SIZE[0]}×{SIZE[1]} pixels; they were rescaled" in checked.notes[0]


@pytest.mark.parametrize("kind", KINDS)
def test_points_of_the_same_sizes_are_unchanged_without_a_note(kind):
    text = write_points(SRC, DST, kind, photo_shape=(*PHOTO, 3), map_shape=(*SHAPE, 2048))
    checked = check_pictures(
        read_points(text, photo_shape=PHOTO, map_shape=SHAPE), Pictures((*PHOTO, 3), (*SHAPE, 2048))
    )
    np.testing.assert_allclose(checked.src, SRC, atol=1e-9)
    assert checked.notes == []


@given(st.integers(1000, 9000), st.integers(1000, 9000), st.floats(0.1, 0.95))
def test_a_smaller_copy_is_recognised_however_its_size_was_rounded(height, width, scale):
    smaller = int(height * scale), round(width * scale)
    checked = check_pictures(points_of(photo_shape=list(smaller)), Pictures((height, width), SHAPE))
    assert "were rescaled" in checked.notes[0]
    corners = np.array([[-0.5, -0.5], [smaller[1] - 0.5, smaller[0] - 0.5]])
    points = PointsFile(corners, DST[:2], "json", about={"photo_shape": list(smaller)})
    moved = check_pictures(points, Pictures((height, width), SHAPE)).src
    np.testing.assert_allclose(moved, [[-0.5, -0.5], [width - 0.5, height - 0.5]], atol=1e-6)


def test_points_on_the_map_of_a_coarser_scan_are_rescaled_too():
    half = [SHAPE[0] // 2, SHAPE[1] // 2]
    checked = check_pictures(points_of(map_shape=half), Pictures(PHOTO, SHAPE))
    np.testing.assert_allclose(checked.dst, 2 * (DST + 0.5) - 0.5)
    assert "a map of" in checked.notes[0]


def test_points_of_another_picture_are_unchanged_with_a_warning():
    checked = check_pictures(points_of(photo_shape=[PHOTO[0], 2 * PHOTO[1]]), Pictures(PHOTO, SHAPE))
    np.testing.assert_array_equal(checked.src, SRC)
    assert "no copy" in checked.notes[0]


@pytest.mark.parametrize(
    "stated", [[], [10], "10x20", [0, 5], [-1, 5], [1.5, 2], [True, True], None, {}, [1e300, 1]]
)
def test_an_invalid_size_is_ignored(stated):
    checked = check_pictures(points_of(photo_shape=stated, map_shape=stated), Pictures(PHOTO, SHAPE))
    assert checked.notes == []


def test_another_file_is_detected_by_its_checksum():
    same = check_pictures(points_of(photo_sha256="ab"), Pictures(PHOTO, SHAPE, "ab"))
    other = check_pictures(points_of(photo_sha256="cd", photo="verso.png"), Pictures(PHOTO, SHAPE, "ab"))
    assert same.notes == []
    assert "another file, verso.png, than this photograph" in other.notes[0]


# Outside


def test_points_outside_are_named():
    inside = describe_outside([[-0.5, -0.5], [9.5, 4.5]], [[0, 0], [1, 1]], Pictures((5, 10), (2, 2)))
    assert inside is None  # on the outer edges
    told = describe_outside([[-1, 0], [3, 3], [0, 4.6]], [[0, 0], [2, 0], [1, 1]], Pictures((5, 10), (2, 2)))
    photo, map_ = "the photograph (10×5 pixels)", "the map (2×2 pixels)"
    assert told == f"Points 1 and 3 lie outside {photo}, and point 2 outside {map_}."
    alone = describe_outside(None, [[0, 3]], Pictures((5, 10), (2, 2)), [7])
    assert alone == f"Point 7 lies outside {map_}."


@pytest.mark.parametrize("orientation", [6, 8])
def test_points_set_on_the_stored_pixels_are_detected_by_the_stated_size(orientation):
    stored = stored_shape(PHOTO, orientation)
    back = {6: 8, 8: 6}[orientation]
    on_stored = upright_points(SRC, back, stored)
    np.testing.assert_allclose(upright_points(on_stored, orientation, PHOTO), SRC)
    half = PointsFile(
        (on_stored + 0.5) / 2 - 0.5, DST, "json", about={"photo_shape": [n / 2 for n in stored]}
    )
    for points in (PointsFile(on_stored, DST, "json", about={"photo_shape": list(stored)}), half):
        whole = {"photo_shape": [int(n) for n in points.about["photo_shape"]]}
        checked = check_pictures(
            PointsFile(points.src, DST, "json", about=whole), Pictures(PHOTO, SHAPE, None, orientation)
        )
        np.testing.assert_allclose(checked.src, SRC, atol=1)
        assert checked.is_upright
        assert "EXIF orientation" in checked.notes[0]


def test_points_beyond_the_upright_photograph_fit_only_as_stored():
    long = 3 * PHOTO[0], PHOTO[1]
    upright = np.array([[20.0, 30], [250, 40], [260, 700], [10, 650]])
    on_stored = upright_points(upright, 8, stored_shape(long, 6))
    assert fits_only_as_stored(on_stored, upright, Pictures(long, SHAPE, None, 6))
    assert not fits_only_as_stored(upright, upright, Pictures(long, SHAPE, None, 6))
    assert not fits_only_as_stored(on_stored, upright, Pictures(long, SHAPE))


# On the command line


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("checked")
    counts = np.random.default_rng(3).poisson(0.02, (*SHAPE, 300)).astype(np.uint16)
    counts[:, :, 130:140] += (count(draw(1))[:, :, None] // 5).astype(np.uint16)
    convert(ArrayScan(counts), folder / "scan.datastack")
    upright = photograph(draw(1), TRUTH, SIZE)
    Image.fromarray(upright).save(folder / "photo.png")
    for orientation, turn in ((6, 1), (3, 2)):
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(np.ascontiguousarray(np.rot90(upright, turn))).save(
            folder / f"telephone{orientation}.jpg", exif=exif, quality=95
        )
    Image.fromarray(upright).resize((2 * SIZE[0], 2 * SIZE[1])).save(folder / "large.png")
    return folder


def put(src: np.ndarray, dst: np.ndarray = DST, **about) -> list[str]:
    Path("points.json").write_text(
        json.dumps({"src_points": src.tolist(), "dst_points": dst.tolist(), **about})
    )
    return ["--points", "points.json"]


def kept() -> dict:
    return DataStack("scan.datastack").attributes("imvis_points")


def error_of(matrix: list, scale: int = 1) -> float:
    src = scale * (SRC + 0.5) - 0.5
    return float(residuals(Homography(matrix), src, DST).max())


def run(photo: str, *more: str) -> int:
    return main(["register", "scan.datastack", photo, *more])


def test_points_of_a_smaller_copy_are_stored_correctly_with_a_note(folder, capsys):
    assert run("photo.png", *put(SRC)) == 0
    assert kept()["photo_shape"] == [*PHOTO, 3]
    assert kept()["map_shape"] == list(SHAPE)
    assert run("large.png", "--points", "scan.datastack") == 0
    told = capsys.readouterr().out
    assert "were rescaled to this one" in told
    assert "another file, photo.png" in told
    assert error_of(kept()["homography"], 2) < 1e-3


def test_points_outside_are_stored_only_on_request(folder, capsys):
    far = SRC + np.array([SIZE[0], 0])
    assert run("photo.png", *put(far)) == 2
    told = capsys.readouterr().err
    assert "lie outside the photograph" in told
    assert "--allow-outside" in told
    assert "imvis_points" not in DataStack("scan.datastack").names
    beyond = DST.copy()
    beyond[0] = [-3, -2]
    src = TRUTH.inverse().apply(beyond)
    assert run("photo.png", *put(src, beyond)) == 2
    assert run("photo.png", *put(src, beyond), "--allow-outside") == 0
    np.testing.assert_allclose(DataStack("scan.datastack").read("imvis_points")[:, 1], beyond)


@pytest.mark.parametrize(("orientation", "back"), [(6, 8), (3, 3)])
def test_points_set_on_the_stored_pixels_of_a_turned_photograph_are_detected(
    folder, capsys, orientation, back
):
    photo = f"telephone{orientation}.jpg"
    on_stored = put(upright_points(SRC, back, stored_shape(PHOTO, orientation)))
    assert run(photo, *on_stored) == 2
    assert "--points-on stored" in capsys.readouterr().err
    assert run(photo, *on_stored, "--points-on", "stored") == 0
    assert error_of(kept()["homography"]) < 1e-3
    assert run(photo, *put(SRC)) == 0  # they are right as they are
    assert error_of(kept()["homography"]) < 1e-3
    assert run(photo, "--points", "scan.datastack") == 0  # known to be upright
