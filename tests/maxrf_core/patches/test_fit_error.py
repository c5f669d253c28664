"""What is nearly absent has no ratio, and what the fit may err by is no difference."""

import numpy as np
import pytest

from maxrf_core.patches.compare import CLEARLY, NO, TOO_LITTLE, compare_patches
from maxrf_core.patches.fit_error import FitError, limits_of_ratio
from maxrf_core.patches.patch import Patch
from maxrf_core.patches.scatter import Mean
from maxrf_core.patches.sentences import sentence
from tests.maxrf_core.patches.made_maps import drawn_maps

SHAPE = (60, 130)
A = Patch.rectangle((0, 0), (59, 59), SHAPE, "paper", "#000000")
B = Patch.rectangle((70, 0), (129, 59), SHAPE, "paper too", "#ffffff")
NAMES = ("Ca-K", "Ba-L")


def compared(calcium: tuple[float, float], barium: tuple[float, float], **options):
    mean = np.array([a * A.mask + b * B.mask for a, b in (calcium, barium)])
    return compare_patches(drawn_maps(NAMES, mean, np.random.default_rng(4)), [A, B], **options)


def test_parts_of_a_count_are_no_ratio_even_if_counting_tells_them_apart():
    exact = compared((190, 190), (0.15, 1.4), fit_error=FitError(0, 0)).differences[0][1]
    assert exact.verdict == CLEARLY
    found = compared((190, 190), (0.15, 1.4))
    assert found.differences[0][1].verdict == TOO_LITTLE
    assert found.differences[0][1].ratio is None
    assert "Ba" not in sentence(found, 1)


def test_what_is_nearly_absent_in_one_patch_is_told_with_a_limit():
    found = compared((190, 190), (0.15, 40))
    barium = found.differences[0][1]
    assert barium.verdict == CLEARLY
    assert barium.ratio is None
    assert 5 < barium.limits[0] < 40 / 0.15
    assert sentence(found, 1).startswith("paper too holds Ba, which is hardly seen in paper (at least ")


def test_a_difference_as_the_fit_makes_from_another_element_is_not_clear():
    assert compared((100, 400), (30, 31.5), fit_error=FitError(0, 0)).differences[0][1].verdict == CLEARLY
    assert compared((100, 400), (30, 31.5)).differences[0][1].verdict == NO


def test_equal_surroundings_hide_no_small_difference():
    assert compared((190, 190), (30, 31.5)).differences[0][1].verdict == CLEARLY


def test_missing_values_have_no_limits_and_no_error_of_the_fit():
    maps = drawn_maps(NAMES, np.ones((2, *SHAPE)), np.random.default_rng(4))
    maps.net[:] = np.nan
    maps.sigma[:] = np.nan
    assert FitError().of_patch(maps, A.mask).tolist() == [0, 0]
    assert compare_patches(maps, [A, B]).differences[0][0].limits == (0.0, np.inf)


@pytest.mark.parametrize(
    ("first", "other", "limits"), [(10, 40, (36 / 14, 44 / 6)), (1, 40, (36 / 5, np.inf))]
)
def test_limits_are_of_both_errors(first: float, other: float, limits: tuple[float, float]):
    means = [Mean(100, value, 0.0, 0.0, np.inf) for value in (first, other)]
    assert limits_of_ratio(means, [2.0, 2.0]) == pytest.approx(limits)
