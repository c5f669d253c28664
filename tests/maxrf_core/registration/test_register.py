import doctest
import hashlib
import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core.errors import DatastackError, PictureError, RegistrationError
from maxrf_core.registration.register import homography, register, scale_of
from tests.maxrf_core.reference_drawing import SQUARE

# What is kept


@pytest.fixture
def registered():
    photo = np.random.default_rng(1).integers(0, 255, (75, 60, 3), dtype=np.uint8)
    src = [[1.5, 2], [57, 3], [58, 70], [2, 71.25]]
    dst = [[1, 1], [18, 1.5], [18.5, 22], [0.5, 22.5]]
    digest = hashlib.sha256(photo.tobytes()).hexdigest()
    return photo, register(photo, (24, 20, 4096), src, dst, photo_name="a.png", photo_sha256=digest)


def test_registration_keeps_both_scales_the_extent_and_the_points(registered):
    photo, result = registered
    assert list(result.arrays) == ["imvis_reg", "imvis_reg_highres", "imvis_extent", "imvis_points"]
    assert result.arrays["imvis_reg"].shape == (24, 20, 3)
    scale = scale_of(result.transform, (24, 20))
    assert result.arrays["imvis_reg_highres"].shape == (round(24 * scale), round(20 * scale), 3)
    assert result.arrays["imvis_reg"].dtype == result.arrays["imvis_reg_highres"].dtype == photo.dtype
    np.testing.assert_array_equal(result.arrays["imvis_extent"], [-0.5, 19.5, 23.5, -0.5])
    assert result.arrays["imvis_extent"].dtype == np.float64
    np.testing.assert_array_equal(result.arrays["imvis_points"][1], [[57, 3], [18, 1.5]])


def test_registration_tells_where_it_comes_from_in_hdf5_and_in_json(registered, tmp_path):
    photo, result = registered
    told = result.attributes["imvis_points"]
    np.testing.assert_array_equal(json.loads(json.dumps(told))["homography"], result.transform.matrix)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, array in result.arrays.items():
            file.create_dataset(name, data=array).attrs.update(result.attributes[name])
    with h5py.File(tmp_path / "a.h5") as file:
        kept = file["imvis_points"].attrs
        points = file["imvis_points"][()]
        np.testing.assert_array_equal(kept["homography"], homography(points[:, 0], points[:, 1]))
        assert kept["photo"] == file["imvis_reg"].attrs["photo"] == "a.png"
        assert kept["photo_sha256"] == hashlib.sha256(photo.tobytes()).hexdigest()
        assert list(kept["photo_shape"]) == [75, 60, 3]
        assert kept["residuals"].max() < 1e-9
        assert kept["scale"] == scale_of(result.transform, (24, 20))
        assert kept["created"].endswith("+00:00")
        assert kept["software"].startswith("maxrf4all")


def test_registration_of_16_bit_grey_keeps_its_type():
    photo = np.full((40, 40), 40000, np.uint16)
    result = register(photo, (20, 20), SQUARE * 0.4, SQUARE * 0.2, name="ir")
    assert result.arrays["ir_reg"].dtype == np.uint16
    assert result.arrays["ir_reg"].max() == result.arrays["ir_reg_highres"].max() == 40000


def test_registration_refuses_bad_names_pictures_and_points():
    photo = np.zeros((40, 40))
    with pytest.raises(DatastackError, match="cannot name"):
        register(photo, (20, 20), SQUARE, SQUARE, name="../x")
    with pytest.raises(PictureError, match="shape"):
        register(np.zeros(5), (20, 20), SQUARE / 5, SQUARE / 5)
    with pytest.raises(RegistrationError, match="too few"):
        register(photo, (20, 20), SQUARE[:3], SQUARE[:3])


# The documentation


def test_what_docs_coordinates_says_is_true():
    page = Path(__file__).resolve().parents[3] / "docs" / "coordinates.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried >= 10
    assert failed == 0
