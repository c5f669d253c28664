"""Arrays of one registration are found together, whatever versions their names have."""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert, open_scan, repack
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import register
from maxrf_core.registration.stored import (
    RegisteredPhoto,
    registered_photos,
    registrations_of,
    view_of,
    with_view,
)

MAP = (24, 20)
SRC, DST = [[0, 0], [59, 0], [0, 79], [59, 79]], [[2, 2], [17, 2], [2, 21], [17, 21]]


def registration(grey: int, name: str = "imvis"):
    return register(np.full((80, 60), grey, np.uint8), MAP, SRC, DST, name, photo_name=f"{grey}.tif")


@pytest.fixture
def ds(tmp_path: Path) -> DataStack:
    return DataStack(convert(ArrayScan(np.ones((*MAP, 8), np.uint8)), tmp_path / "scan.datastack"))


def whose(ds: DataStack, photo: RegisteredPhoto) -> set[str]:
    """Return the photographs named in the attributes of the arrays of a registration."""
    names = (photo.name, photo.small, photo.extent, photo.points)
    return {ds.attributes(name, latest=False)["photo"] for name in names if name}


def test_a_registration_in_a_genuine_file_of_maxrf4u_gets_one_suffix_and_is_found_whole(shared, tmp_path):
    source = shared("data/maxrf4u/v2_0.1.16_24x20x4096.datastack")
    ds = DataStack(shutil.copy(source, tmp_path))
    made = registration(100)
    assert ds.append(made.arrays, made.attributes) == {name: name + "__" for name in made.arrays}
    assert registered_photos(ds) == [
        RegisteredPhoto("imvis_reg_highres__", "imvis_reg__", "imvis_extent__", "imvis_points__"),
        RegisteredPhoto("imvis_reg_highres", "imvis_reg_", "imvis_extent", None),
        RegisteredPhoto("imvis_reg", "imvis_reg", None, None),  # an attempt that failed
    ]
    converted = DataStack(convert(open_scan(ds.path), tmp_path / "converted.datastack"))
    assert registered_photos(converted) == registered_photos(ds)


def test_names_that_were_counted_array_by_array_are_corrected_by_their_attributes(ds):
    """Files of earlier versions: a result took the shorter name, and the versions differ."""
    old, new = registration(50), registration(150)
    for made, day in ((old, "2026-01-01"), (new, "2026-02-01")):
        for notes in made.attributes.values():
            notes["created"] = day
            del notes["registration"]
    ds.append(old.arrays, old.attributes)
    ds.append(new.arrays, new.attributes)
    with h5py.File(ds.path, "a") as file:
        file.move("imvis_reg", "imvis_reg___")
        file.move("imvis_points_", "imvis_points__")
    ds = DataStack(ds.path)
    photos = registered_photos(ds)
    assert [whose(ds, photo) for photo in photos] == [{"150.tif"}, {"50.tif"}]
    assert (photos[0].small, photos[0].points) == ("imvis_reg_", "imvis_points__")
    assert (photos[1].small, photos[1].points) == ("imvis_reg___", "imvis_points")


def test_arrays_of_another_registration_are_never_taken_for_missing_ones(ds):
    first, second = registration(50), registration(150)
    ds.append(first.arrays, first.attributes)
    ds.append({"imvis_reg": second.arrays["imvis_reg"]}, {"imvis_reg": second.attributes["imvis_reg"]})
    assert registered_photos(ds) == [
        RegisteredPhoto("imvis_reg_", "imvis_reg_"),
        RegisteredPhoto("imvis_reg_highres", "imvis_reg", "imvis_extent", "imvis_points"),
    ]


def test_repack_keeps_the_newest_registration_together(ds):
    for grey in (50, 150):
        made = registration(grey)
        ds.append(made.arrays, made.attributes)
    repack(ds.path)
    (photo,) = registered_photos(ds)
    assert photo == RegisteredPhoto("imvis_reg_highres", "imvis_reg", "imvis_extent", "imvis_points")
    assert whose(ds, photo) == {"150.tif"}


def test_a_new_registration_is_read_where_the_plain_name_is_gone(ds):
    for grey in (50, 150):
        made = registration(grey)
        ds.append(made.arrays, made.attributes)
    with h5py.File(ds.path, "a") as file:
        del file["imvis_reg"]
    made = registration(200)
    assert ds.append(made.arrays, made.attributes)["imvis_reg"] == "imvis_reg__"
    assert ds.read("imvis_reg").max() == 200
    assert whose(ds, registered_photos(ds)[0]) == {"200.tif"}


def test_photographs_of_different_kinds_are_not_mixed(ds):
    for name in ("imvis", "imir", "im_regular"):
        made = registration(90, name)
        ds.append(made.arrays, made.attributes)
    assert [(photo.name, photo.points) for photo in registered_photos(ds)] == [
        ("im_regular_reg_highres", "im_regular_points"),
        ("imir_reg_highres", "imir_points"),
        ("imvis_reg_highres", "imvis_points"),
    ]


def test_the_registrations_of_one_photograph_are_found_by_its_content(ds):
    for name, sha in (("imvis", "a" * 64), ("imir", "b" * 64), ("imvis", "a" * 64)):
        made = register(
            np.full((80, 60), 9, np.uint8), MAP, SRC, DST, name, photo_name="renamed.tif", photo_sha256=sha
        )
        ds.append(made.arrays, made.attributes)
    assert {photo.points for photo in registrations_of(ds, "a" * 64)} == {"imvis_points", "imvis_points_"}
    assert [photo.points for photo in registrations_of(ds, "b" * 64)] == ["imir_points"]
    assert registrations_of(ds, "c" * 64) == []


def test_a_registration_says_on_which_view_of_the_maps_it_was_made(ds):
    made = registration(100)
    assert with_view(made.attributes, 0.0) == dict(made.attributes)
    names = ds.append(made.arrays, with_view(made.attributes, 0.75))
    assert {view_of(ds, name) for name in names.values()} == {0.75}
    plain = ds.append(made.arrays, with_view(made.attributes, 0.0))
    assert {view_of(ds, name) for name in plain.values()} == {0.0}
