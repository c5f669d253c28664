"""Pixels are divided as the materials lie, the same way each time, and in bounded memory."""

import numpy as np
import pytest

from maxrf_core.errors import PatchError
from maxrf_core.patches import groups
from maxrf_core.patches.groups import Features, find_groups
from tests.maxrf_core.patches.made_maps import drawn_maps, maps_of

SHAPE = (90, 120)
NAMES = ("Ca-K", "Fe-K", "Cu-K", "Pb-L", "Zn-K")
MATERIALS = np.array([[60, 5, 0, 0, 0], [60, 80, 0, 0, 0], [40, 5, 90, 0, 0], [10, 5, 0, 400, 0.0]])


def drawn(seed: int = 3):
    """Return maps of four materials and which of them is where; a few speckles of iron are on it."""
    rng = np.random.default_rng(seed)
    place = np.zeros(SHAPE, int)
    place[10:40, 10:60], place[50:80, 20:50], place[20:70, 80:110] = 1, 2, 3
    mean = MATERIALS[place].transpose(2, 0, 1).copy()
    mean[1][rng.random(SHAPE) < 0.002] = 5000
    return drawn_maps(NAMES, mean, rng), place


@pytest.fixture(scope="module")
def maps_and_place():
    return drawn()


def test_four_materials_are_four_groups_without_being_told(maps_and_place):
    maps, place = maps_and_place
    found = find_groups(maps)
    assert found.count == 4
    for material in range(4):
        here = found.labels[place == material]
        group = np.bincount(here).argmax()
        assert (here == group).mean() > 0.97
        assert (place[found.labels == group] == material).mean() > 0.95
    assert found.families == NAMES[:4]  # zinc is noise alone
    sizes = np.bincount(found.labels.ravel())
    assert (np.diff(sizes) <= 0).all()


def test_the_contrast_tells_what_each_group_has_more_of(maps_and_place):
    maps, place = maps_and_place
    found = find_groups(maps, 4)
    for material, family in ((1, "Fe-K"), (2, "Cu-K"), (3, "Pb-L")):
        group = np.bincount(found.labels[place == material]).argmax()
        assert found.contrast[group].argmax() == NAMES.index(family)
        mask = found.mask(group)
        whole = maps.net[NAMES.index(family)].mean()
        assert maps.net[NAMES.index(family)][mask].mean() > 2 * whole


def test_the_same_seed_gives_the_same_groups_and_so_do_smaller_blocks(maps_and_place, monkeypatch):
    maps, _place = maps_and_place
    labels = find_groups(maps, 4, seed=5).labels
    np.testing.assert_array_equal(find_groups(maps, 4, seed=5).labels, labels)
    whole = np.concatenate([values for _rows, values in Features(maps).blocks()])
    monkeypatch.setattr(groups, "BLOCK_PIXELS", 7 * SHAPE[1])
    parts = np.concatenate([values for _rows, values in Features(maps).blocks()])
    np.testing.assert_array_equal(parts, whole)


def test_groups_are_found_from_a_sample_of_a_large_scan(maps_and_place, monkeypatch):
    maps, _place = maps_and_place
    labels = find_groups(maps, 4).labels
    monkeypatch.setattr(groups, "MAX_SAMPLED", 500)
    assert (find_groups(maps, 4).labels == labels).mean() > 0.98


def test_missing_pixels_are_in_no_group(maps_and_place):
    maps, _place = maps_and_place
    net = maps.net.copy()
    net[1, :, :3] = np.nan
    found = find_groups(maps_of(NAMES, net, maps.sigma), 4)
    assert (found.labels[:, :3] == -1).all()
    assert (found.labels[:, 3:] >= 0).all()


def test_a_group_becomes_a_patch(maps_and_place):
    maps, _place = maps_and_place
    found = find_groups(maps, 4)
    patch = found.patch(1, "ink", "#e69f00")
    assert patch.name == "ink"
    np.testing.assert_array_equal(patch.mask, found.labels == 1)


def test_what_cannot_be_divided_is_refused_with_a_sentence(maps_and_place):
    maps, _place = maps_and_place
    with pytest.raises(PatchError, match="2 to 10 groups, not 1"):
        find_groups(maps, 1)
    nothing = drawn_maps(NAMES, np.zeros((5, *SHAPE)), np.random.default_rng(1))
    with pytest.raises(PatchError, match="No element is seen above noise"):
        find_groups(nothing)
