"""Sentences on the quality of points."""

import pytest

from maxrf_core.autoalign.advice import advise
from maxrf_core.registration.quality import assess
from tests.maxrf_core.registration.clicked_pairs import FOUR, MAP, NINE, SIX, clicks, misclicked


def texts(*arguments, **options):
    return {advice.kind: advice.text for advice in advise(assess(*arguments, **options))}, " ".join(
        advice.text for advice in advise(assess(*arguments, **options))
    )


def test_advice_names_the_suspect_first_and_gives_millimetres():
    src, dst, culprit = misclicked(NINE, 2)
    first, *rest = advise(assess(src, dst, MAP, pixel_size=0.5))
    assert first.kind == "warning"
    assert first.text.startswith(f"Pair {culprit + 1} is probably set wrongly")
    assert "map pixels (2" in first.text
    assert " mm)" in first.text
    assert all("suspect" not in advice.text for advice in rest)


def test_advice_warns_of_points_that_surround_less_than_a_quarter_of_the_map():
    near, far = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)], FOUR
    assert "surround only" in texts(*clicks(near, 0, 0.3), MAP)[1]
    assert "surround only" not in texts(*clicks(far, 0, 0.3), MAP)[1]


def test_advice_offers_two_check_points_with_four_pairs_and_none_with_six():
    assert "Four pairs cannot show a wrong click; two more would" in texts(*clicks(FOUR, 0), MAP)[1]
    assert "cannot show a wrong click" not in texts(*clicks(SIX, 0), MAP)[1]


@pytest.mark.parametrize("model", ["thin-plate-spline", "piecewise-affine"])
def test_advice_says_that_a_bent_model_meets_all_pairs_by_construction(model):
    said = texts(*clicks(NINE, 0), MAP, model=model)[1]
    assert "meets all 9 pairs by construction" in said
    assert "Left out and predicted from the others" in said
