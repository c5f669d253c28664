"""Scans find their places in the photograph that all of them are registered on."""

import numpy as np
import pytest

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.hdf5_store import create_array, new_file
from maxrf_core.errors import RegistrationError
from maxrf_core.mosaic.placed_scan import photos_registered, placed_scans
from tests.maxrf_core.mosaic.made_parts import LEFT, RIGHT, TO_PHOTO, make_both, make_part


def test_scans_registered_on_one_photograph_have_their_places_in_it(tmp_path):
    left, right = placed_scans(make_both(tmp_path))
    for scan, part in ((left, LEFT), (right, RIGHT)):
        places = [[3.0, 7], [60, 90]]
        np.testing.assert_allclose(
            scan.to_photo(places), TO_PHOTO.apply(part.to_whole.apply(places)), atol=1e-6
        )
        np.testing.assert_allclose(scan.to_scan(scan.to_photo(places)), places, atol=1e-6)
    assert left.pixel_size == pytest.approx(0.5)
    assert left.scale == pytest.approx(2.8, rel=0.05)
    error = left.expected_error(left.to_photo([[0, 0]]))
    assert error == pytest.approx(left.scale, rel=0.1)  # a click is assumed to be off by one map pixel


def test_a_scan_on_another_photograph_is_refused_with_a_sentence(tmp_path):
    paths = make_both(tmp_path, sha256="b" * 64)
    with pytest.raises(
        RegistrationError, match=r"not registered on one photograph \(left: p.png; right: p.png"
    ):
        placed_scans(paths)


def test_one_may_say_that_it_is_the_same_photograph_if_its_size_is_the_same(tmp_path):
    paths = make_both(tmp_path, sha256=None)
    with pytest.raises(RegistrationError, match="not registered on one photograph"):
        placed_scans(paths)
    assert [scan.photo.sha256 for scan in placed_scans(paths, same_photo=True)] == [None, None]
    other = make_part(tmp_path / "other.datastack", RIGHT, sha256=None, shape=(480, 541))
    with pytest.raises(RegistrationError, match="not registered on one photograph"):
        placed_scans([paths[0], other], same_photo=True)


def test_the_photograph_can_be_named(tmp_path):
    paths = make_both(tmp_path)
    assert photos_registered(DataStack(paths[0])) == {"a" * 64: "p.png"}
    assert placed_scans(paths, photo_sha256="a" * 64)[0].photo.sha256 == "a" * 64
    with pytest.raises(RegistrationError, match="Not every scan is registered on this photograph"):
        placed_scans(paths, photo_sha256="b" * 64)


def test_a_scan_alone_or_named_twice_or_not_registered_is_refused(tmp_path):
    left, _right = make_both(tmp_path)
    with pytest.raises(RegistrationError, match="two scans or more"):
        placed_scans([left])
    with pytest.raises(RegistrationError, match=r"left.datastack is named twice"):
        placed_scans([left, DataStack(left)])
    with new_file(tmp_path / "bare.datastack") as file:
        create_array(file, "maps", np.ones((1, 20, 20), np.float32), {"names": ["Fe-K"]})
    with pytest.raises(RegistrationError, match=r"bare.datastack holds no registered photograph"):
        placed_scans([left, tmp_path / "bare.datastack"])
