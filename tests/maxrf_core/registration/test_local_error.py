"""The expected error at a position of the map is true, and unknown errors are reported as unknown."""

import json

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.copying import copy
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.error_map import ErrorMap
from maxrf_core.registration.local_error import (
    ASSUMED_CLICK_ERROR,
    error_sentence,
    expected_error,
    stored_error_map,
)
from maxrf_core.registration.quality import assess
from maxrf_core.registration.register import register
from maxrf_core.registration.uncertainty import position_errors
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import find_model

CORNERS = np.array([[10.0, 10], [90, 12], [88, 70], [12, 72], [50, 40], [30, 60]])

# What is simulated
MAP = (600, 500)
TO_MAP = Homography([[0.4, 0.02, -3], [-0.015, 0.41, -6], [2e-6, -3e-6, 1]])
FLAT = Homography([[0.4, 0.02, -3], [-0.02, 0.4, -6], [0, 0, 1]])
FOUR = [(0.1, 0.12), (0.9, 0.1), (0.88, 0.9), (0.1, 0.9)]
PLACES = {
    4: FOUR,
    5: [*FOUR, (0.45, 0.55)],
    9: [(x, y) for x in (0.1, 0.5, 0.9) for y in (0.1, 0.5, 0.9)],
    16: [(x, y) for x in np.linspace(0.1, 0.9, 4) for y in np.linspace(0.1, 0.9, 4)],
}
LOOKED_AT = np.array([[250.0, 300], [60, 80], [430, 500], [499, 0]])
TRIALS = 150


def kept(destination: np.ndarray, **options) -> tuple[np.ndarray, dict]:
    """Register a photograph and return its points and attributes as a datastack stores them."""
    result = register(
        np.full((160, 200, 3), 9, np.uint8),
        (80, 100),
        2 * CORNERS[: len(destination)],
        destination,
        **options,
    )
    return result.arrays["imvis_points"], result.attributes["imvis_points"]


def truth_over_told(count: int, model: str, click_error: float) -> float:
    """Return true and expected errors: root mean squares of many registrations."""
    kind, truth = find_model(model), TO_MAP if model == "homography" else FLAT
    rng = np.random.default_rng([count, len(model)])
    exact = np.array(PLACES[count]) * MAP[::-1]
    src = truth.inverse().apply(exact)
    units = position_errors(src, exact, LOOKED_AT, model)  # so that all places weigh alike
    squares = np.zeros(2)
    for trial in range(TRIALS):
        dst = exact + rng.normal(0, click_error / np.sqrt(2), exact.shape)
        fitted, number = kind.fit(src, dst), trial % len(LOOKED_AT)
        place = LOOKED_AT[number]
        vectors = fitted.apply(src) - dst
        notes = {"model": model, "residuals": np.hypot(*vectors.T)}
        if not kind.n_params:
            notes["click_error"] = assess(src, dst, MAP, model=model).click_error
        told = expected_error(np.stack([src, dst], axis=1), notes, tuple(place)).length
        true = np.linalg.norm(fitted.apply(truth.inverse().apply(place)) - place)
        squares += np.square([true, told]) / units[number] ** 2
    return float(np.sqrt(squares[0] / squares[1]))


@pytest.mark.parametrize("count", [4, 5, 9, 16])
def test_the_expected_error_is_the_true_one_on_average(count):
    click_error = ASSUMED_CLICK_ERROR if count == 4 else 1.6
    assert truth_over_told(count, "homography", click_error) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("model", ["affine", "thin-plate-spline"])
def test_the_error_is_true_under_other_models_too(model):
    assert truth_over_told(9, model, 1.6) == pytest.approx(1, abs=0.2)


def test_the_residuals_are_not_taken_for_the_error_of_a_place():
    points, notes = kept(CORNERS + np.random.default_rng(0).normal(0, 0.6, CORNERS.shape))
    near, far = (expected_error(points, notes, place).length for place in ((50, 40), (99, 79)))
    assert far > 1.3 * near
    told = error_sentence(points, notes, (50, 40))
    assert f"off by about {near:.2g} map pixels there, a rough estimate" in told
    assert f"a click is off by {notes['click_error']:.2g} map pixels" in told


def test_points_that_were_kept_without_a_click_error_have_it_estimated():
    points, notes = kept(CORNERS + np.random.default_rng(0).normal(0, 0.6, CORNERS.shape))
    older = {name: value for name, value in notes.items() if name not in ("click_error", "model")}
    assert expected_error(points, older, (9, 9)).length == pytest.approx(
        expected_error(points, notes, (9, 9)).length
    )


def test_four_points_fit_exactly_so_that_the_click_error_is_said_to_be_assumed():
    told = error_sentence(*kept(CORNERS[:4] + np.array([[3, 1], [0, 0], [-2, 1], [0, 4]])), (40, 40))
    assert "is not known, since its 4 points fit exactly whatever they are" in told
    assert "if a click is off by 1 map pixel, it is off by about" in told


def test_a_mirrored_photograph_has_the_same_expected_error():
    clicked = CORNERS + np.random.default_rng(0).normal(0, 0.6, CORNERS.shape)
    points, notes = kept(clicked)
    flipped = points * [[[-1, 1], [1, 1]]] + [[[199, 0], [0, 0]]]
    told = expected_error(flipped, notes | {"mirrored": np.bool_(True)}, (30, 30))
    assert told.length == pytest.approx(expected_error(points, notes, (30, 30)).length)


def test_points_that_refine_placed_have_its_error_instead_of_residuals_of_nothing():
    record = {"refined": {"accepted": True, "uncertainty": 0.12}}
    told = error_sentence(*kept(CORNERS, refinement=record, pixel_size=0.5), (40, 40))
    assert told == (
        "The photograph is off by about 0.12 map pixels (0.06 mm), as comparing it with the maps has shown."
    )
    refused = {"refined": {"accepted": False}, "proposed": {"sure": False, "uncertainty": 0.1}}
    assert "if a click is off" in error_sentence(*kept(CORNERS[:4], refinement=refused), (40, 40))


def test_points_that_a_bending_model_meets_are_judged_by_leaving_each_out():
    places = np.array(PLACES[9]) * [99, 79]
    clicked = places + np.random.default_rng(1).normal(0, 0.8, places.shape)
    points, notes = np.stack([2 * places, clicked], axis=1), {"model": "thin-plate-spline"}
    quality = assess(points[:, 0], points[:, 1], (80, 100), model="thin-plate-spline")
    notes |= {"residuals": [0.0] * 9, "click_error": quality.click_error}
    assert 0.3 < expected_error(points, notes, (40, 40)).length < 2
    assert "not known" in error_sentence(points, notes | {"click_error": None}, (40, 40))


@pytest.mark.parametrize(("place", "outside"), [((50, 40), False), ((11, 12), False), ((5, 40), True)])
def test_a_place_outside_of_the_points_is_less_certain(place, outside):
    clicked = CORNERS + np.random.default_rng(0).normal(0, 0.1, CORNERS.shape)
    assert ("outside of the points" in error_sentence(*kept(clicked), place)) == outside


def test_points_that_were_moved_onto_their_fit_give_no_error():
    assert "not known: its 6 points fit exactly, since they were made to." in error_sentence(
        *kept(CORNERS + 0.1), (40, 40)
    )


@pytest.mark.parametrize("residuals", [None, [], [0.1], "words", [np.nan] * 6, [[0.1]] * 6])
def test_missing_or_invalid_residuals_give_no_error(residuals):
    pairs = np.stack([CORNERS, CORNERS], axis=1)
    assert "was not kept" in error_sentence(pairs, {"residuals": residuals}, (40, 40))
    assert "was not kept" in error_sentence(np.empty((0, 2, 2)), {"residuals": residuals}, (40, 40))


@pytest.mark.parametrize("refinement", ["words", "[1]", json.dumps({"refined": 3}), 7, None])
def test_an_invalid_record_of_refinement_is_ignored(refinement):
    points, notes = kept(CORNERS[:4])
    assert "if a click is off" in error_sentence(points, notes | {"refinement": refinement}, (40, 40))


def test_where_an_error_map_is_stored_the_error_is_that_of_the_place(tmp_path):
    error_map = ErrorMap(np.array([[0.2, 0.2], [0.2, 1.4]]), (80, 100))
    record = {"refined": {"accepted": True, "uncertainty": error_map.rms, "error_map": error_map.record()}}
    points, notes = kept(CORNERS, refinement=record)
    near, far = (expected_error(points, notes, place) for place in ((0, 0), (99, 79)))
    assert (near.basis, near.length, near.click_error) == ("places", pytest.approx(0.2, abs=1e-3), None)
    assert far.length == pytest.approx(1.4, abs=0.05)
    assert "off by about 0.2 map pixels there, as comparing" in error_sentence(points, notes, (0, 0))
    copied = copy_with_points(tmp_path, points, notes)
    np.testing.assert_allclose(stored_error_map(copied).values, error_map.values)
    del record["refined"]["error_map"]  # as older versions stored it
    points, notes = kept(CORNERS, refinement=record)
    assert expected_error(points, notes, (0, 0)).basis == "pictures"
    assert stored_error_map(notes) is None


def copy_with_points(folder, points, notes) -> dict:
    """Return the notes of points after they went through a datastack and its copy."""
    path = convert(ArrayScan(np.ones((80, 100, 20), np.uint16)), folder / "scan.datastack")
    DataStack(path).append({"imvis_points": points}, {"imvis_points": notes})
    return DataStack(copy(path, folder / "copy.datastack")).attributes("imvis_points")
