"""The mosaic of two scans is the painting within the noise, and tells what it was made of."""

import json

import cv2
import h5py
import numpy as np
import pytest
from PIL import Image

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_maps import UNITS
from maxrf_core.errors import DatastackError, RegistrationError
from maxrf_core.mosaic.make import make_mosaic, plan_mosaic
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.survey import survey
from maxrf_core.registration.placed_photo import placed_photo
from maxrf_core.registration.register import checksum
from tests.maxrf_core.mosaic.made_parts import LEFT, NAMES, RIGHT, TO_PHOTO, make_both, make_part, truth


def made(folder, *, match_counts=True, photo=None, **right):
    plan = plan_mosaic(survey(placed_scans(make_both(folder, **right))), match_counts=match_counts)
    return DataStack(make_mosaic(plan, folder / "mosaic.datastack", photo=photo)), plan


def true_map(plan, name):
    """Return the painting itself on the mosaic's grid."""
    to_grid = (plan.grid.from_photo @ TO_PHOTO).matrix
    return cv2.warpPerspective(truth()[name], to_grid, plan.grid.shape[::-1], flags=cv2.INTER_CUBIC)


def test_the_mosaic_is_the_painting_within_the_noise(tmp_path):
    ds, plan = made(tmp_path)
    scans, sigma = ds.read("mosaic_scans"), ds.read("maps_sigma")
    assert set(np.unique(scans)) == {0, 1, 2}
    assert ds.map_names == list(NAMES)
    for number, name in enumerate(NAMES):
        values = np.asarray(ds.stored_map(name))
        assert (np.isfinite(values) == (scans > 0)).all()
        expected = true_map(plan, name)
        for scan in (1, 2):  # counts of the second have been matched to those of the first
            inner = cv2.erode((scans == scan).astype(np.uint8), np.ones((5, 5)), borderValue=0) > 0
            left = (values - expected)[inner]
            noise = np.sqrt(np.mean(sigma[number][inner] ** 2))
            assert abs(left.mean()) < 0.02 * expected[inner].mean()
            assert np.std(left) == pytest.approx(noise, rel=0.35)  # interpolation blurs a little


def test_seams_lie_where_both_borders_are_equally_far(tmp_path):
    ds, plan = made(tmp_path)
    scans = ds.read("mosaic_scans")
    middle = scans[scans.shape[0] // 2]
    seam = np.flatnonzero((middle[:-1] == 1) & (middle[1:] == 2))
    assert len(seam) == 1
    place = plan.grid.from_photo.inverse().apply([[seam[0] + 0.5, scans.shape[0] // 2]])
    left, right = plan.survey.scans
    to_right_edge = left.shape[1] - 0.5 - left.to_scan(place)[0, 0]
    to_left_edge = right.to_scan(place)[0, 0] + 0.5
    assert to_right_edge == pytest.approx(to_left_edge, abs=1.5)


def test_the_pixels_of_each_scan_are_a_patch_whose_outline_shows_the_seam(tmp_path):
    ds, _plan = made(tmp_path)
    scans = ds.read("mosaic_scans")
    patches = ds.patches()
    assert [patch.name for patch in patches] == ["left", "right"]
    for number, patch in enumerate(patches, 1):
        assert (patch.mask == (scans == number)).all()


def test_pixels_that_one_scan_lacks_are_taken_from_the_other(tmp_path):
    ds, plan = made(tmp_path, missing=(60, 64))
    scans = ds.read("mosaic_scans")
    lost = RIGHT.to_whole.apply([[20.0, 61.5]])
    x, y = np.rint(plan.grid.from_photo.apply(TO_PHOTO.apply(lost))[0]).astype(int)
    assert scans[y, x] == 1
    assert np.isfinite(ds.stored_map("Fe-K")[y, x])


def test_an_element_that_a_scan_lacks_is_missing_there(tmp_path):
    ds, _plan = made(tmp_path, names=("Fe-K", "Hg-L"))
    scans = ds.read("mosaic_scans")
    assert ds.map_names == [*NAMES, "Hg-L"]
    assert np.isnan(ds.stored_map("Hg-L")[scans == 1]).all()
    assert np.isfinite(ds.stored_map("Hg-L")[scans == 2]).all()


@pytest.mark.parametrize("units", [("net counts per pixel",) * 2, ("net counts per pixel", "ppm")])
def test_its_values_have_the_units_of_the_scans_if_these_are_the_same(tmp_path, units):
    paths = make_both(tmp_path)
    for path, unit in zip(paths, units, strict=True):
        with h5py.File(path, "r+") as file:
            file["maps"].attrs["units"] = unit
    plan = plan_mosaic(survey(placed_scans(paths), adjusted=False))
    ds = DataStack(make_mosaic(plan, tmp_path / "mosaic.datastack"))
    assert ds.stored_map("Fe-K").unit == (units[0] if units[0] == units[1] else UNITS)


def test_counts_are_matched_on_request_only(tmp_path):
    ds, plan = made(tmp_path, match_counts=False)
    scans = ds.read("mosaic_scans")
    ratio = (
        np.nanmean(np.asarray(ds.stored_map("Fe-K"))[scans == 2]) / true_map(plan, "Fe-K")[scans == 2].mean()
    )
    assert ratio == pytest.approx(RIGHT.dose, rel=0.03)
    assert "factors" not in json.loads(str(ds.read("mosaic")))["scans"][1]


def test_the_photograph_is_registered_on_it_and_another_one_is_refused(tmp_path):
    photo, other = tmp_path / "p.png", tmp_path / "other.png"
    pixels = np.zeros((480, 540), np.uint8)
    x, y = np.rint(TO_PHOTO.apply([[80.0, 70.0]])[0]).astype(int)
    pixels[y - 1 : y + 2, x - 1 : x + 2] = 255
    Image.fromarray(pixels).save(photo)
    Image.fromarray(255 - pixels).save(other)
    parts = (("left", LEFT), ("right", RIGHT))
    paths = [make_part(tmp_path / f"{name}.datastack", part, sha256=checksum(photo)) for name, part in parts]
    plan = plan_mosaic(survey(placed_scans(paths)))
    with pytest.raises(RegistrationError, match=r"other.png is not the photograph"):
        make_mosaic(plan, tmp_path / "mosaic.datastack", photo=other)
    assert not (tmp_path / "mosaic.datastack").exists()
    ds = DataStack(make_mosaic(plan, tmp_path / "mosaic.datastack", photo=photo))
    shown = placed_photo(ds, "imvis_reg_highres").on_map(-0.5, -0.5, 1.0, plan.grid.shape)[..., 0]
    seen = np.array(np.unravel_index(shown.argmax(), shown.shape))[::-1]
    np.testing.assert_allclose(seen, plan.grid.from_photo.apply([[x, y]])[0], atol=1)


def test_a_mosaic_does_not_replace_a_file_or_one_of_its_scans(tmp_path):
    _ds, plan = made(tmp_path)
    with pytest.raises(DatastackError, match="exists"):
        make_mosaic(plan, tmp_path / "mosaic.datastack")
    with pytest.raises(DatastackError, match=r"left.datastack is one of the scans"):
        make_mosaic(plan, tmp_path / "left.datastack", overwrite=True)


def test_work_that_is_stopped_leaves_nothing(tmp_path):
    def stop(fraction, _doing):
        if fraction > 0:
            raise KeyboardInterrupt

    plan = plan_mosaic(survey(placed_scans(make_both(tmp_path))))
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        make_mosaic(plan, tmp_path / "mosaic.datastack", progress=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
