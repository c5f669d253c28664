"""Patches are kept in the file, as versions; what other programs wrote there is read with care."""

import json

import h5py
import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_patches import MAX_PATCHES, OUTLINES, REGIONS
from maxrf_core.errors import DatastackError, PatchError
from maxrf_core.patches.patch import Patch
from maxrf_core.readers import ArrayScan

SHAPE = (70, 80)


@pytest.fixture
def ds(tmp_path) -> DataStack:
    counts = np.random.default_rng(1).poisson(2, (*SHAPE, 30)).astype(np.uint16)
    return DataStack(convert(ArrayScan(counts), tmp_path / "scan.datastack"))


def drawn() -> list[Patch]:
    lasso = [(3.25, 4.5), (40.125, 6.75), (22.1, 30.3)]
    return [
        Patch.polygon(lasso, SHAPE, "sky — ciel", "#56b4e9"),
        Patch.rectangle((50, 50), (60, 55), SHAPE, "sea", "#0072b2"),
    ]


def same(found: list[Patch], kept: list[Patch]) -> bool:
    def told(patches):
        return [(patch.name, patch.colour, [ring.tolist() for ring in patch.outline]) for patch in patches]

    masks = zip(found, kept, strict=True)
    return told(found) == told(kept) and all((one.mask == other.mask).all() for one, other in masks)


def test_patches_come_back_with_name_colour_mask_and_outline(ds):
    assert ds.patches() == []
    kept = drawn()
    assert ds.keep_patches(kept) == REGIONS
    found = DataStack(ds.path).patches()
    assert same(found, kept)
    assert len(found[0].drawn) == 1


def test_a_change_is_a_new_version_and_none_can_be_left(ds):
    kept = drawn()
    ds.keep_patches(kept)
    ds.keep_patches([kept[1].renamed("harbour")])
    assert [patch.name for patch in ds.patches()] == ["harbour"]
    assert ds.keep_patches([]) == f"{REGIONS}__"
    assert ds.patches() == []
    assert ds.attributes(REGIONS, latest=False)["names"] == ["sky — ciel", "sea"]


def test_they_are_kept_compactly_and_other_programs_read_the_masks(ds):
    kept = drawn()
    ds.keep_patches(kept)
    with h5py.File(ds.path) as file:
        masks = file[REGIONS]
        assert (masks.dtype, masks.shape, masks.compression) == (np.uint8, (2, *SHAPE), "gzip")
        assert masks.id.get_storage_size() < masks.size / 10
        np.testing.assert_array_equal(masks[1] == 1, kept[1].mask)
        assert json.loads(file[OUTLINES].asstr()[0]) == [ring.tolist() for ring in kept[0].drawn]


def test_maxrf4u_s_files_keep_them_too(shared, tmp_path):
    path = tmp_path / "theirs.datastack"
    path.write_bytes(shared("data/maxrf4u/v2_0.1.16_24x20x4096.datastack").read_bytes())
    ds = DataStack(path)
    kept = [Patch.rectangle((0, 0), (2, 1), ds.shape, "corner", "#000000")]
    ds.keep_patches(kept)
    assert same(DataStack(path).patches(), kept)


@pytest.mark.parametrize(
    ("patches", "reason"),
    [
        (lambda: [*drawn(), drawn()[1]], "Two patches are called sea"),
        (lambda: [Patch("a", "#000000", np.ones((3, 3), bool))], "a is a patch of another scan"),
        (lambda: drawn()[:1] * (MAX_PATCHES + 1), "at most 100 patches, not 101"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_changes(ds, patches, reason):
    with pytest.raises(PatchError, match=reason):
        ds.keep_patches(patches())
    assert REGIONS not in ds.names


def test_masks_that_do_not_fit_the_scan_are_refused_with_a_sentence(ds):
    ds.append({REGIONS: np.ones((1, 3, 3), np.uint8)})
    with pytest.raises(DatastackError, match=r"scan.datastack: regions holds no patches of this scan"):
        ds.patches()


@pytest.mark.parametrize(
    ("about", "outlines"),
    [
        ({}, None),
        ({"names": [3, 4], "colours": "red"}, ["[[[", "{}"]),
        ({"names": ["sea", "sea"], "colours": ["#0072b2"]}, ["[" * 100_000, '[[[0,0],[1,"x"],[2,2]]]']),
        ({"names": ["sea"]}, ["[[[0,0],[1" + "0" * 400 + ",1],[2,2]]]", ""]),
        ({"names": ["sea"]}, ["[[[0,0],[1e999,1],[2,2]]]", "[[[0,0],[5,0],[5,5]]]"]),
    ],
)
def test_masks_count_where_names_or_outlines_of_others_cannot_be_used(ds, about, outlines):
    masks = np.stack([patch.mask for patch in drawn()]).astype(np.uint8)
    arrays = {REGIONS: np.concatenate([masks, np.zeros_like(masks[:1])])}
    if outlines is not None:
        arrays[OUTLINES] = np.array(outlines)
    ds.append(arrays, {REGIONS: about})
    found = ds.patches()
    assert [patch.mask.tolist() for patch in found] == masks.astype(bool).tolist()
    assert len({patch.name for patch in found}) == 2
    assert all(patch.drawn == () for patch in found)


@pytest.mark.parametrize("displacement", [0.75, -1.2, 0.3])
def test_patches_that_are_drawn_on_straight_rows_keep_the_pixels_of_the_scan(ds, displacement):
    height, width = ds.shape[:2]
    mask = np.zeros((height, width), bool)
    mask[1:5, 4:8] = True
    view = ds.straightened(displacement)
    view.keep_patches([Patch("Sky", "#4477aa", mask)])
    np.testing.assert_array_equal(view.patches()[0].mask, mask)
    own = ds.patches()[0].mask
    np.testing.assert_array_equal(ds.region_spectrum(own).sum, view.region_spectrum(mask).sum)
