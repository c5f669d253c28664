"""GeoTIFF tags place pictures in QGIS's plane of the map, whichever way their raster counts."""

import io

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.exchange.geotiff import tags_of_extent, tags_of_photo
from maxrf_core.registration.points_io import read_points
from tests.maxrf_core.registration.exchange.placed import (
    PHOTO,
    SIZES,
    departure,
    eight_times,
    in_perspective,
    quadrangles,
)


def tiff(tags, shape=PHOTO) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros(shape, np.uint8), compression="zlib", metadata=None, extratags=tags)
    return file.getvalue()


def test_a_transformation_counts_from_the_outer_corner_of_the_first_pixel():
    with tifffile.TiffFile(io.BytesIO(tiff(tags_of_photo(eight_times())))) as file:
        matrix = np.reshape(file.pages.first.tags[34264].value, (4, 4))
        keys = file.geotiff_metadata
    np.testing.assert_allclose(matrix @ [0, 0, 0, 1], [0, 0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(matrix @ [640, 480, 0, 1], [80, -60, 0, 1])
    assert keys["GTRasterTypeGeoKey"] == 1
    assert keys["GTModelTypeGeoKey"] == 32767  # user defined: not on the earth
    assert "not on the earth" in keys["GTCitationGeoKey"]


def test_a_registered_picture_lies_with_its_outer_edges_on_its_extent():
    tags = {code: value for code, *_rest, value, _once in tags_of_extent((20, 40), (4.5, 14.5, 12.5, 7.5))}
    matrix = np.reshape(tags[34264], (4, 4))
    np.testing.assert_allclose(matrix @ [0, 0, 0, 1], [5, -8, 0, 1])
    np.testing.assert_allclose(matrix @ [40, 20, 0, 1], [15, -13, 0, 1])


def test_a_perspective_has_its_points_as_tie_points_at_half_pixels():
    placed = in_perspective(np.array([[0.0, 0], [600, 20], [560, 470], [10, 440]]))
    with tifffile.TiffFile(io.BytesIO(tiff(tags_of_photo(placed)))) as file:
        ties = np.reshape(file.pages.first.tags[33922].value, (-1, 6))
    np.testing.assert_allclose(ties[0], [0.5, 0.5, 0, 0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(ties[2], [560.5, 470.5, 0, 80, -60, 0])


@settings(max_examples=10, deadline=None)
@given(quadrangles)
def test_a_photograph_comes_back_from_its_tags(corners):
    for model in ("affine", "homography"):
        placed = in_perspective(corners, model)
        assert departure(read_points(tiff(tags_of_photo(placed)), **SIZES), placed) < 1e-6


@pytest.mark.parametrize(("raster", "first"), [(1, 0.5), (2, 0.0)])
def test_area_and_point_are_told_apart_by_half_a_pixel(raster, first):
    """One tie point and a pixel's size: the raster's 0, 0 lies at the plane's 10, −20."""
    keys = [1, 1, 0, 2, 1024, 0, 1, 32767, 1025, 0, 1, raster]
    tags = [
        (34735, 3, len(keys), keys, True),
        (33550, 12, 3, [0.125, 0.125, 0.0], True),
        (33922, 12, 6, [0.0, 0, 0, 10, -20, 0], True),
    ]
    found = read_points(tiff(tags), **SIZES)
    np.testing.assert_allclose(found.src, 8 * (found.dst + 0.5 - [10, 20]) - first, atol=1e-9)


def test_a_file_on_the_disk_may_be_large(tmp_path):
    path = tmp_path / "photo.tif"
    with open(path, "wb") as file:
        file.write(tiff(tags_of_photo(eight_times())))
        file.truncate(50_000_000)
    assert read_points(path, **SIZES).kind == "geotiff"


@pytest.mark.parametrize("content", [tiff([]), b"II*\x00\x08\x00\x00\x00" + b"\xff" * 40, b"MM\x00*"])
def test_a_file_without_tags_or_damaged_is_refused(content):
    with pytest.raises(RegistrationError, match="GeoTIFF"):
        read_points(content, **SIZES)
