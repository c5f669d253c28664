"""SimpleITK, elastix and GDAL find the places that a registration leads to, to the half pixel."""

import numpy as np
import pytest
import tifffile

from maxrf_core.registration.exchange.geotiff import tags_of_photo
from maxrf_core.registration.exchange.world_file import format_world_file
from maxrf_core.registration.exchange.write import write_transform
from maxrf_core.registration.photo_transform import PhotoTransform
from tests.interop.programs import PLACES
from tests.interop.seen_by import seen_by
from tests.maxrf_core.registration.exchange.placed import MAP, PHOTO, eight_times, in_perspective

pytestmark = pytest.mark.interop

TILTED = np.array([[3.0, 5], [600, 20], [560, 470], [10, 440]])
BENT = PhotoTransform.of_points(
    np.vstack([TILTED, [[300.0, 250]]]),
    np.vstack([eight_times().dst, [[39.0, 31]]]),
    "thin-plate-spline", PHOTO, MAP,
)  # fmt: skip
KINDS = {"affine": in_perspective(TILTED, "affine"), "homography": in_perspective(TILTED), "spline": BENT}


@pytest.mark.parametrize(
    ("program", "kind", "ending"), [("simpleitk", "itk", "tfm"), ("elastix", "elastix", "txt")]
)
def test_a_transform_leads_to_the_same_places(tmp_path, program, kind, ending):
    files = []
    for name, placed in KINDS.items():
        files.append(tmp_path / f"{name}.{ending}")
        files[-1].write_bytes(write_transform(placed, kind).content)
    for (name, placed), seen in zip(KINDS.items(), seen_by(program, *files), strict=True):
        near = 0.02 if (name, kind) == ("spline", "itk") else 2e-6  # elastix prints six decimals
        np.testing.assert_allclose(seen["places"], placed.to_photo.apply(PLACES), atol=near)


def test_gdal_lays_an_affine_photograph_on_the_map_by_its_tags_and_by_its_world_file(tmp_path):
    pixels = np.zeros(PHOTO, np.uint8)
    tifffile.imwrite(tmp_path / "tags.tif", pixels, metadata=None, extratags=tags_of_photo(eight_times()))
    tifffile.imwrite(tmp_path / "beside.tif", pixels, metadata=None)
    (tmp_path / "beside.tfw").write_text(format_world_file(eight_times())[0])
    tags, beside = seen_by("gdal", tmp_path / "tags.tif", tmp_path / "beside.tif")
    for seen in (tags, beside):
        np.testing.assert_allclose([place[:2] for place in seen["places"]], [[0, 0], [80, -60]], atol=1e-9)
    assert tags["is_local"]


def test_gdal_finds_the_points_of_a_photograph_in_perspective(tmp_path):
    placed = KINDS["homography"]
    tifffile.imwrite(
        tmp_path / "photo.tif", np.zeros(PHOTO, np.uint8), metadata=None, extratags=tags_of_photo(placed)
    )
    [seen] = seen_by("gdal", tmp_path / "photo.tif")
    on_plane = (placed.dst + 0.5) * [1, -1]
    np.testing.assert_allclose(seen["control_points"], np.hstack([placed.src + 0.5, on_plane]), atol=1e-9)
    assert seen["is_local"]
