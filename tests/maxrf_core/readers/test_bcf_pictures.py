"""Pictures inside genuine .bcf files, and where the map lies in the overview."""

import cv2
import numpy as np
import pytest
from rsciio.bruker import file_reader

from maxrf_core.readers import open_scan

FILES = ["30x30_instructively_packed_16bit_compressed.bcf", "bcf_v2_50x50px.bcf"]


@pytest.mark.parametrize("name", FILES)
def test_the_pictures_are_those_that_an_independent_reader_reads(shared, name):
    path = shared(f"data/real/sem_maps/{name}")
    known = [each["data"] for each in file_reader(str(path)) if each["data"].ndim == 2]
    found = open_scan(path).pictures
    assert len(found) == len(known)
    for picture, pixels in zip(found, known, strict=True):
        np.testing.assert_array_equal(picture.pixels, pixels)


def test_a_picture_of_the_maps_shape_shows_just_the_map(shared):
    (picture,) = open_scan(shared(f"data/real/sem_maps/{FILES[0]}")).pictures
    assert picture.title == "AsB"
    assert picture.corners.tolist() == [[0, 0], [29, 0], [29, 29], [0, 29]]


def test_the_map_lies_in_the_overview_where_its_own_picture_is_found(shared):
    own, overview = open_scan(shared(f"data/real/sem_maps/{FILES[1]}")).pictures
    whole, part = (each.pixels.astype(np.float32) for each in (overview, own))
    x, y = cv2.minMaxLoc(cv2.matchTemplate(whole, part, cv2.TM_CCOEFF_NORMED))[3]
    assert np.abs(overview.corners[0] - (x, y)).max() <= 5  # of 1100: the stage has moved between both
    assert overview.corners[2] - overview.corners[0] == pytest.approx([49, 49])
