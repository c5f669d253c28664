"""A comparison in words that one can quote, and as a table."""

import numpy as np
import pytest

from maxrf_core.patches.compare import compare_patches
from maxrf_core.patches.patch import Patch
from maxrf_core.patches.sentences import comparison_table, sentence, sentences, with_error
from tests.maxrf_core.patches.made_maps import drawn_maps

SHAPE = (30, 90)
A, B, C = (
    Patch.rectangle((30 * number, 0), (30 * number + 29, 29), SHAPE, f"Patch {'ABC'[number]}", "#000000")
    for number in range(3)
)


def compared(patches, seed=1, **amounts):
    """Compare patches by the counts of each element in A, B and C."""
    mean = np.array([sum(count * patch.mask for count, patch in zip(of, (A, B, C), strict=True))
                     for of in amounts.values()], float)  # fmt: skip
    names = tuple(name.replace("_", "-") for name in amounts)
    return compare_patches(drawn_maps(names, mean, np.random.default_rng(seed)), patches)


def test_the_sentence_tells_ratios_and_what_does_not_differ():
    found = compared([A, B], Mn_K=(40, 124, 0), Fe_K=(300, 300, 300), Zn_K=(0, 0, 0))
    ratio = found.differences[0][0].ratio
    error = found.differences[0][0].ratio_error
    assert ratio == pytest.approx(3.1, abs=3 * error)
    expected = f"Patch B holds {with_error(ratio, error)} times as much Mn; Fe does not differ."
    assert sentence(found, 1) == expected


def test_what_is_in_one_patch_only_has_no_ratio():
    found = compared([A, B], Hg_L=(0, 200, 0), Cu_K=(200, 0, 0), Pb_L=(90, 90, 0), Pb_M=(40, 40, 0))
    told = sentence(found, 1)
    hg, cu = found.differences[0][:2]
    assert f"Hg, which is hardly seen in Patch A (at least {int(hg.limits[0])} times as much)" in told
    assert 30 < hg.limits[0] < 200
    assert "no Cu that is seen (less than 0.0" in told
    assert 0 < cu.limits[1] < 0.05
    assert told.endswith("; Pb L and Pb M do not differ.")


def test_patches_that_are_alike_are_said_not_to_differ_clearly():
    assert sentence(compared([A, B], Fe_K=(90, 90, 0)), 1) == "Patch B does not differ clearly from Patch A."


def test_a_small_difference_is_told_with_perhaps():
    found = compared([A, B], Fe_K=(100, 102.2, 0), Pb_L=(100, 100, 0))
    assert found.differences[0][0].verdict == "perhaps"
    expected = "Patch B does not differ clearly from Patch A; perhaps it holds more Fe; Pb does not differ."
    assert sentence(found, 1) == expected


def test_of_three_patches_each_sentence_names_what_it_is_compared_with():
    told = sentences(compared([A, B, C], Fe_K=(100, 200, 100), Pb_L=(50, 50, 50)))
    assert told[0].startswith("Compared with Patch A, Patch B holds 2.0")
    assert told[1] == "Patch C does not differ clearly from Patch A."


def test_pixels_of_both_patches_are_told():
    wide = Patch.rectangle((29, 0), (59, 29), SHAPE, "wide", "#000000")
    assert sentences(compared([A, wide], Fe_K=(90, 90, 90)))[-1] == (
        "30 pixels belong to several patches and are left out."
    )


def test_many_elements_are_counted_instead_of_listed():
    names = {f"{element}_K": (90, 90, 0) for element in ("S", "Ca", "Ti", "Mn", "Fe", "Ni", "Cu", "Zn")}
    told = sentence(compared([A, B], Cl_K=(50, 500, 0), **names), 1)
    assert told.endswith("; S, Ca, Ti, Mn, Fe and 3 others do not differ.")


def test_the_table_has_counts_ratio_and_verdict_of_each_element():
    mean = np.stack([100.0 * A.mask + 300 * B.mask, 0 * A.mask])
    maps = drawn_maps(("Fe-K", "Zn-K"), mean, np.random.default_rng(1))
    titles, rows = comparison_table(compare_patches(maps, [A, B], pixel_size_mm=[1, 0.5]))
    assert titles == [
        "Element", "Patch A, per pixel", "Patch B, per pixel", "Patch A, per mm²", "Patch B, per mm²",
        "Ratio", "Differs",
    ]  # fmt: skip
    assert all(len(row) == len(titles) for row in rows)
    assert rows[0][0] == "Fe-K"
    assert rows[0][-2].startswith(("3.0", "2.9"))
    assert rows[0][-1] == "clearly"
    assert rows[1][-2:] == ["–", "too little to compare"]


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (3.14, 0.234, "3.1 ± 0.2"),
        (3.14, 0.15, "3.14 ± 0.15"),
        (3.14, 0.0961, "3.14 ± 0.10"),
        (812.3, 15.2, "812 ± 15"),
        (81234.0, 4321.0, "81000 ± 4000"),
        (-0.01, 0.3, "0.0 ± 0.3"),
        (np.nan, 1.0, "–"),
    ],
)
def test_a_number_is_rounded_to_its_error(value, error, text):
    assert with_error(value, error) == text
