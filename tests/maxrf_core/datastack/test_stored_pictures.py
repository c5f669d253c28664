"""A conversion keeps the pictures of the instrument, with the place of the scan in them."""

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.cli.main import main
from maxrf_core.conversion.scan_part import part_of
from maxrf_core.datastack.stored_pictures import CORNERS, find_picture, map_corners, stored_pictures
from maxrf_core.errors import ArrayNotFoundError
from maxrf_core.readers import ArrayScan, open_scan
from maxrf_core.transform.scan_picture import ScanPicture, corners_of_rectangle

HEIGHT, WIDTH = 20, 30
VIDEO = np.random.default_rng(8).integers(0, 255, (100, 140, 3), np.uint8)


class Photographed(ArrayScan):
    """A scan whose file holds a video picture, in which a map pixel covers 4 × 4 pixels, and another one."""

    @property
    def pictures(self):
        corners = corners_of_rectangle((10, 8, 129, 87), (HEIGHT, WIDTH))
        return ScanPicture("Video", VIDEO, corners), ScanPicture("Camera", VIDEO[:50, :60, 0])


@pytest.fixture
def scan():
    counts = np.random.default_rng(3).poisson(4, (HEIGHT, WIDTH, 64)).astype(np.uint16)
    return Photographed(counts, "scan")


def test_pictures_are_kept_with_titles_and_corners(scan, tmp_path):
    ds = DataStack(convert(scan, tmp_path / "scan.datastack"))
    video, camera = stored_pictures(ds)
    assert (video.title, video.name, camera.title, camera.corners) == ("Video", "picture_1", "Camera", None)
    np.testing.assert_allclose(video.corners, [[11.5, 9.5], [127.5, 9.5], [127.5, 85.5], [11.5, 85.5]])
    np.testing.assert_array_equal(ds.read("picture_1"), VIDEO)
    assert find_picture(ds, "Camera").name == "picture_2"
    with pytest.raises(ArrayNotFoundError, match=r"no picture 'x'; it holds picture_1 \(Video\); picture_2"):
        find_picture(ds, "x")


def test_they_are_turned_with_the_scan_and_a_part_knows_its_place(scan, tmp_path):
    part = part_of(scan, (5, 2, 24, 11))
    ds = DataStack(convert(part, tmp_path / "part.datastack", quarter_turns=1))
    (video, _camera) = stored_pictures(ds)
    assert ds.shape[:2] == (20, 10)
    np.testing.assert_array_equal(ds.read("picture_1"), np.rot90(VIDEO, -1))
    left, top = 99 - (9.5 + 4 * 11), 11.5 + 4 * 5
    assert video.corners.tolist() == [[left, top], [left + 36, top], [left + 36, top + 76], [left, top + 76]]
    assert map_corners(ds.shape)[2] == (9, 19)


def test_corners_that_make_no_sense_are_ignored(scan, tmp_path):
    ds = DataStack(convert(scan, tmp_path / "scan.datastack"))
    for name, corners in (
        ("picture_3", [[0, 1]]),
        ("picture_4", np.full((4, 2), np.nan)),
        ("picture_5", "x"),
    ):
        ds.append({name: VIDEO}, {name: {CORNERS: corners}})
    assert [each.corners is None for each in stored_pictures(ds)] == [False, True, True, True, True]


def test_the_command_register_takes_a_picture_of_the_file_where_it_says_that_the_scan_lies(
    scan, tmp_path, capsys
):
    path = str(convert(scan, tmp_path / "scan.datastack"))
    assert main(["register", path, "--picture", "Video", "--name", "video"]) == 0
    ds = DataStack(path)
    np.testing.assert_allclose(ds.read("video_points")[:, 1], map_corners(ds.shape))
    assert ds.attributes("video_reg")["photo"] == "Video"
    expected = VIDEO[8:88, 10:130].reshape(HEIGHT, 4, WIDTH, 4, 3).mean((1, 3))
    assert np.abs(ds.read("video_reg")[1:-1, 1:-1] - expected[1:-1, 1:-1]).mean() < 12
    for words, told in (
        (["--picture", "Camera"], "does not tell where the scan lies in Camera; add --points"),
        ([], "Name either a photograph or, with --picture"),
        (["photo.png"], "Add --points with a file of points"),
    ):
        assert main(["register", path, *words]) == 2
        assert told in capsys.readouterr().err


def test_the_pictures_of_a_genuine_file_are_kept(shared, tmp_path):
    scan = open_scan(shared("data/faults/crono_layout_20x30x4096.hdf5"))
    assert [picture.pixels.shape for picture in scan.pictures] == [(107, 143, 3)] * 4
    overview = open_scan(shared("data/real/sem_maps/bcf_v2_50x50px.bcf"))
    found = stored_pictures(DataStack(convert(overview, tmp_path / "sem.datastack")))
    assert [picture.title for picture in found] == ["Ch 1", "Overview, Ch 1"]
    assert found[1].corners[0].tolist() == [472, 362]
