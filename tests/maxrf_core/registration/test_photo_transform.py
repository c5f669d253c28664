"""The transform of a registered photograph is read from the datastack as it was registered."""

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import RegistrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.photo_transform import PhotoTransform, photo_transform, transform_of_points
from maxrf_core.registration.register import register

SRC = np.array([[1.1, 2.2], [57.3, 3.7], [58.9, 70.1], [2.5, 71.25], [30.0, 35.0]])
DST = np.array([[1, 1], [18, 1.5], [18.5, 22], [0.1, 22.5], [9.5, 11]])


@pytest.fixture
def ds(tmp_path):
    stack = DataStack(convert(ArrayScan(np.ones((24, 20, 64), np.uint16)), tmp_path / "scan.datastack"))
    for name, model in (("imvis", "homography"), ("imir", "thin-plate-spline")):
        result = register(
            np.zeros((75, 60), np.uint8), (24, 20), SRC, DST, name, model=model,
            photo_name=f"{name}.png", photo_sha256="ab" * 32,
        )  # fmt: skip
        stack.append(result.arrays, result.attributes)
    return stack


def test_a_stored_transform_is_the_one_that_was_registered(ds):
    registered = register(np.zeros((75, 60), np.uint8), (24, 20), SRC, DST)
    for name in ("imvis", "imvis_reg", "imvis_reg_highres", "imvis_points"):
        placed = photo_transform(ds, name)
        np.testing.assert_allclose(placed.transform.apply(SRC), registered.transform.apply(SRC))
        assert (placed.photo_shape, placed.map_shape) == ((75, 60), (24, 20))
        assert (placed.photo_name, placed.map_name) == ("imvis.png", "scan.datastack")
        assert len(placed.errors()) == 5


def test_the_photograph_has_to_be_named_where_there_are_several(ds):
    with pytest.raises(RegistrationError, match="several registered photographs; name one"):
        photo_transform(ds)
    with pytest.raises(RegistrationError, match="no registered photograph imuv with its points"):
        photo_transform(ds, "imuv")


def test_an_array_that_holds_no_pairs_or_no_size_is_refused(ds):
    names = ds.append({"odd_points": np.zeros((4, 3)), "bare_points": np.zeros((4, 2, 2))})
    with pytest.raises(RegistrationError, match="does not hold pairs"):
        transform_of_points(ds, names["odd_points"])
    with pytest.raises(RegistrationError, match="size of the photograph is not stored"):
        transform_of_points(ds, names["bare_points"])


def test_a_spline_is_its_own_pairs_and_a_perspective_a_grid_that_is_fine_enough():
    bent = PhotoTransform.of_points(SRC, DST, "thin-plate-spline", (75, 60), (24, 20))
    src, dst, departure = bent.spline_pairs()
    assert (src.tolist(), dst.tolist(), departure) == (SRC.tolist(), DST.tolist(), 0)
    tilted = PhotoTransform.of_points(SRC[:4], DST[:4], "homography", (75, 60), (24, 20))
    src, dst, departure = tilted.spline_pairs()
    np.testing.assert_allclose(tilted.to_photo.apply(dst), src)
    assert departure <= 0.1
    assert not tilted.is_affine
