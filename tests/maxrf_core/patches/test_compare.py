"""Equal patches are seldom said to differ, different ones nearly always, and the ratio is the true one."""

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import CalibrationError, PatchError
from maxrf_core.patches.compare import CLEARLY, NO, TOO_LITTLE, compare_patches, difference_spectrum, holm
from maxrf_core.patches.patch import Patch
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.patches.made_maps import drawn_maps, maps_of

NAMES = ("S-K", "Ca-K", "Mn-K", "Fe-K", "Cu-K", "Pb-L")
COUNTS = np.array([3.0, 20, 60, 150, 400, 1000])[:, np.newaxis, np.newaxis]


def two_patches(side: int, gap: int = 16) -> list[Patch]:
    shape = (side, 2 * side + gap)
    return [
        Patch.rectangle((0, 0), (side - 1, side - 1), shape, "Patch A", "#e69f00"),
        Patch.rectangle((side + gap, 0), (2 * side + gap, side), shape, "Patch B", "#56b4e9"),
    ]


def verdicts(rng, side, factor, spread, reach, repeats):
    """Compare patches of which the second holds `factor` times as much of each element."""
    patches = two_patches(side)
    factors = np.where(patches[1].mask, factor, 1.0)
    found = []
    for _repeat in range(repeats):
        maps = drawn_maps(NAMES, COUNTS * factors, rng, spread, reach)
        found.append([each.verdict for each in compare_patches(maps, patches).differences[0]])
    return np.array(found)


def test_at_most_one_in_a_hundred_equal_patches_is_said_to_differ_clearly_in_anything():
    rng = np.random.default_rng(7)
    cases = [(8, 0, 0), (14, 0, 0), (14, 0.3, 0), (14, 0.3, 1), (20, 0.3, 2)]
    found = np.concatenate([verdicts(rng, side, 1, spread, reach, 80) for side, spread, reach in cases])
    clearly = (found == CLEARLY).any(axis=1)
    assert clearly.mean() <= 0.01
    assert (found[:, 2:] == NO).mean() > 0.97
    assert (found[:, 0] == TOO_LITTLE).all()  # three counts beside thousands of others


@pytest.mark.parametrize(("side", "spread", "reach"), [(10, 0, 0), (14, 0.3, 0), (36, 0.3, 1)])
def test_half_as_much_again_is_a_clear_difference_wherever_there_are_counts(side, spread, reach):
    found = verdicts(np.random.default_rng(8), side, 1.5, spread, reach, 25)
    assert (found[:, 2:] == CLEARLY).mean() > 0.95  # from manganese on


def test_an_element_in_half_of_a_patch_is_not_too_little_to_compare():
    """What is uneven may not differ clearly, but it is seen."""
    patches = two_patches(20)
    counts = np.zeros((1, *patches[0].mask.shape))
    counts[:, :10, :20] = 90
    maps = drawn_maps(("Cu-K",), counts, np.random.default_rng(3), 0)
    comparison = compare_patches(maps, patches)
    assert comparison.is_seen(0, 0)
    assert comparison.differences[0][0].verdict != TOO_LITTLE


def test_the_ratio_has_the_truth_within_its_error():
    rng = np.random.default_rng(9)
    patches = two_patches(20)
    factors = np.where(patches[1].mask, 3.0, 1.0)
    pulls = []
    for _repeat in range(40):
        maps = drawn_maps(NAMES, COUNTS * factors, rng, 0.3)
        for each in compare_patches(maps, patches, ["Fe", "Pb-L"]).differences[0]:
            pulls.append((each.ratio - 3) / each.ratio_error)
    assert abs(np.mean(pulls)) < 0.4
    assert 0.7 < np.std(pulls) < 1.3


def test_what_the_scanner_does_by_itself_is_no_clear_difference():
    patches = two_patches(60)
    maps = drawn_maps(NAMES, COUNTS * np.where(patches[1].mask, 1.02, 1.0), np.random.default_rng(3))
    assert compare_patches(maps, patches, ["Pb"]).differences[0][0].verdict == CLEARLY
    with_its_part = compare_patches(maps, patches, ["Pb"], scanner_share=0.03)
    assert with_its_part.differences[0][0].verdict == NO


def test_three_patches_are_compared_with_the_first_and_shared_pixels_are_left_out():
    first, second = two_patches(20)
    third = Patch.rectangle((10, 0), (24, 19), first.mask.shape, "Patch C", "#000000")
    maps = drawn_maps(NAMES, np.broadcast_to(COUNTS, (6, *first.mask.shape)), np.random.default_rng(3))
    found = compare_patches(maps, [first, second, third], ["Pb", "Fe"], pixel_size_mm=[0.5, 0.25])
    assert found.shared == 200
    assert [of[0].pixels for of in found.means] == [200, 400, 100]
    assert (found.patches[2], len(found.differences)) == ("Patch C", 2)
    assert found.families == ("Pb-L", "Fe-K")
    value, error = found.per_mm2(0, 0)
    assert value == pytest.approx(found.means[0][0].value * 8)
    assert error == pytest.approx(found.means[0][0].error * 8)
    assert compare_patches(maps, [first, second]).per_mm2(0, 0) is None


def test_a_family_that_the_first_patch_does_not_show_has_no_ratio():
    patches = two_patches(20)
    mean = np.broadcast_to(COUNTS, (6, *patches[0].mask.shape)) * patches[1].mask
    found = compare_patches(drawn_maps(NAMES, mean, np.random.default_rng(3)), patches)
    assert found.is_seen(1, 3)
    assert not found.is_seen(0, 3)
    assert found.differences[0][3].ratio is None
    assert found.differences[0][3].verdict == CLEARLY


def test_what_cannot_be_compared_is_refused_with_a_sentence():
    first, second = two_patches(6)
    maps = drawn_maps(NAMES, np.broadcast_to(COUNTS, (6, *first.mask.shape)), np.random.default_rng(3))
    with pytest.raises(PatchError, match="two patches or more"):
        compare_patches(maps, [first])
    with pytest.raises(PatchError, match="Patch A has no pixel of its own"):
        compare_patches(maps, [first, first])
    with pytest.raises(PatchError, match="big is a patch of another scan"):
        compare_patches(maps, [first, Patch("big", "#000000", np.ones((50, 50), bool))])
    with pytest.raises(CalibrationError, match="no map of 'Au'"):
        compare_patches(maps, [first, second], ["Au"])
    missing = maps_of(NAMES, maps.net * np.nan, maps.sigma)
    assert {each.verdict for each in compare_patches(missing, [first, second]).differences[0]} == {NO}


def test_verdicts_follow_the_corrected_chances():
    chances = np.array([[0.0001, 0.01], [0.02, 0.5]])
    assert holm(chances).tolist() == [[0.0004, pytest.approx(0.03)], [pytest.approx(0.04), 0.5]]


def test_the_difference_of_two_spectra_has_the_error_of_counting(tmp_path):
    rng = np.random.default_rng(2)
    mean = np.full((12, 40, 30), 4.0)
    mean[:, 20:, 10] = 9.0
    path = convert(ArrayScan(rng.poisson(mean).astype(np.uint16)), tmp_path / "scan.datastack")
    first = Patch.rectangle((0, 0), (19, 11), (12, 40), "a", "#000000")
    other = Patch.rectangle((20, 0), (39, 11), (12, 40), "b", "#ffffff")
    difference, sigma = difference_spectrum(DataStack(path).cube(), first, other)
    assert difference[10] == pytest.approx(5, abs=4 * sigma[10])
    assert np.std(np.delete(difference / sigma, 10)) == pytest.approx(1, abs=0.35)
