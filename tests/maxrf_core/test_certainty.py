"""Whoever points at a photograph is told how well it fits there, and when nobody knows."""

import numpy as np
import pytest

from maxrf_core.certainty import certainty_of
from maxrf_core.registration import register

CORNERS = np.array([[10.0, 10], [90, 12], [88, 70], [12, 72], [50, 40], [30, 60]])


def kept(destination: np.ndarray) -> tuple[np.ndarray, dict]:
    """Register a photograph and give what a datastack then keeps of its points."""
    result = register(
        np.full((160, 200, 3), 9, np.uint8), (80, 100), 2 * CORNERS[: len(destination)], destination
    )
    return result.arrays["imvis_points"], result.attributes["imvis_points"]


def test_the_residuals_that_were_kept_are_told_as_their_root_mean_square():
    points, notes = kept(CORNERS + np.random.default_rng(0).normal(0, 0.6, CORNERS.shape))
    rms = np.sqrt(np.mean(np.square(notes["residuals"])))
    assert f"fits to {rms:.2g} map pixels there (RMS of its 6 points)." in certainty_of(
        points, notes, (40, 40)
    )


def test_four_points_fit_exactly_and_so_tell_nothing():
    told = certainty_of(*kept(CORNERS[:4] + np.array([[3, 1], [0, 0], [-2, 1], [0, 4]])), (40, 40))
    assert told.endswith("there is not known: its 4 points fit exactly, as four always do.")


def test_points_that_a_bending_model_meets_are_judged_by_leaving_each_out():
    pairs = np.stack([CORNERS, CORNERS], axis=1)
    told = certainty_of(
        pairs, {"residuals": [0] * 6, "leave_one_out": [0.7] * 6, "pixel_size_mm": 0.5}, (40, 40)
    )
    assert told == (
        "The photograph fits to 0.7 map pixels (0.35 mm) there (RMS of its 6 points, each predicted from the "
        "others)."
    )


@pytest.mark.parametrize(("place", "outside"), [((50, 40), False), ((11, 12), False), ((5, 40), True)])
def test_a_place_outside_of_the_points_is_less_certain(place, outside):
    assert ("outside of the points" in certainty_of(*kept(CORNERS + 0.1), place)) == outside


def test_points_that_were_moved_onto_their_fit_tell_nothing():
    assert "not known: its 6 points fit exactly, since they were made to." in certainty_of(
        *kept(CORNERS + 0.1), (40, 40)
    )


@pytest.mark.parametrize("residuals", [None, [], [0.1], "words", [np.nan] * 6, [[0.1]] * 6])
def test_residuals_that_are_missing_or_make_no_sense_are_not_known(residuals):
    pairs = np.stack([CORNERS, CORNERS], axis=1)
    assert "was not kept" in certainty_of(pairs, {"residuals": residuals}, (40, 40))
    assert "was not kept" in certainty_of(np.empty((0, 2, 2)), {"residuals": residuals}, (40, 40))
