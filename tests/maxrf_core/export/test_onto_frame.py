"""A picture of a painting is seen in the frame of another one, each detail where the other shows it."""

import json

import cv2
import numpy as np
import pytest
import tifffile

from maxrf_core.errors import DatastackError, PictureError, RegistrationError
from maxrf_core.export.onto_frame import render_onto
from maxrf_core.registration.register import checksum, register
from tests.maxrf_core.registration.registered_pictures import MAP, PICTURES, PLACES, VISIBLE, scan

SPOTS = np.array([[12.0, 10], [36, 12], [34, 31], [11, 30]])  # on the map


def with_spots(to_photo, shape, colours):
    """Draw a picture that shows the spots."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    light = sum(
        np.exp(-((x - u) ** 2 + (y - v) ** 2) / 2 / 4.0**2) for u, v in to_photo.apply(SPOTS).tolist()
    )
    grey = np.rint(20 + 200 * light).astype(np.uint8)
    return np.dstack([grey] * 3) if colours else grey


def centre(light, near, reach=14):
    """Return the centre of the light near a place."""
    column, row = np.rint(near).astype(int)
    y, x = np.mgrid[row - reach : row + reach + 1, column - reach : column + reach + 1]
    part = np.clip(light[y, x].astype(float) - 60, 0, None)
    return np.array([(part * x).sum(), (part * y).sum()]) / part.sum()


@pytest.fixture(name="ds", params=[False, True], ids=["grey", "colours"])
def registered(request, tmp_path):
    """Return a scan with a photograph and an infrared picture, which is a file too."""
    ds = scan(tmp_path)
    for name in ("imvis", "imir"):
        to_photo, shape = PICTURES[name]
        picture = with_spots(to_photo, shape, request.param)
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture)
        sha = checksum(tmp_path / f"{name}.png")
        made = register(
            picture, MAP, to_photo.apply(PLACES), PLACES, name, photo_name=f"{name}.png", photo_sha256=sha
        )
        ds.append(made.arrays, made.attributes)
    return ds


@pytest.mark.parametrize("whole", [False, True])
def test_the_infrared_shows_each_spot_where_the_photograph_does(ds, tmp_path, whole):
    told = []
    path = render_onto(
        ds, "imir", "imvis", tmp_path / "a.tif", file=tmp_path / "imir.png" if whole else None,
        progress=lambda done, _words: told.append(done),
    )  # fmt: skip
    assert told == sorted(told)
    with tifffile.TiffFile(path) as file:
        shown, about = file.asarray(), json.loads(file.pages[0].description)
    height, width = PICTURES["imvis"][1]
    assert shown.shape in {(height, width), (height, width, 4)}
    assert shown.dtype == np.uint8
    light = shown if shown.ndim == 2 else shown[:, :, 0]
    for place in VISIBLE.apply(SPOTS):
        assert np.hypot(*(centre(light, place) - place)) < 0.15
    if shown.ndim == 3:  # the photograph shows more than the map does, and less than the infrared
        assert shown[height // 2, width // 2, 3] == 255
        x, y = np.rint(VISIBLE.apply([[25, -2]])[0]).astype(int)
        assert shown[y, x, 3] == (255 if whole else 0)
    assert (about["from"]["name"], about["to"]["name"]) == ("imir.png", "imvis.png")
    assert [each["registered_picture"][:4] for each in about["registrations"]] == ["imir", "imvi"]


def test_it_comes_on_the_maps_too(ds, tmp_path):
    shown = tifffile.imread(render_onto(ds, "imir", "map", tmp_path / "a.tif"))
    light = shown if shown.ndim == 2 else shown[:, :, 0]
    assert light.shape == MAP
    for place in SPOTS:
        assert np.hypot(*(centre(light, place, 4) - place)) < 0.15


def test_what_cannot_be_done_is_said(ds, tmp_path):
    with pytest.raises(PictureError, match=r"should end in one of \.tif"):
        render_onto(ds, "imir", "imvis", tmp_path / "a.jpg")
    with pytest.raises(RegistrationError, match="no other registered photograph"):
        render_onto(ds, "map", "imvis", tmp_path / "a.tif")
    with pytest.raises(RegistrationError, match="its checksum differs"):
        render_onto(ds, "imir", "imvis", tmp_path / "a.tif", file=tmp_path / "imvis.png")
    (tmp_path / "a.tif").write_text("mine")
    with pytest.raises(DatastackError, match="exists already"):
        render_onto(ds, "imir", "imvis", tmp_path / "a.tif")
    assert (tmp_path / "a.tif").read_text() == "mine"
