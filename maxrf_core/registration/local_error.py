"""Expected error of a registered photograph at one position of the map, as numbers and as a sentence."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.error_map import ErrorMap
from maxrf_core.registration.uncertainty import position_errors
from maxrf_core.transform.models import find_model

ROUNDING_ERROR = 1e-3  # map pixels; smaller residuals come from rounding
ASSUMED_CLICK_ERROR = 1.0  # map pixels, if no pair is redundant so that it cannot be estimated
MIN_ERROR = 0.05  # map pixels; smaller errors are given as this
MIN_REDUNDANCY = 6  # degrees of freedom; with more the estimated click error is good to about a third

Basis = Literal["places", "pictures", "residuals", "assumed"]


@dataclass(frozen=True)
class ExpectedError:
    """Expected error of a registered photograph at a position.

    Attributes
    ----------
    length : float
        Root mean square in map pixels.
    click_error : float or None
        The click error in map pixels that it was computed from; None for ``basis`` "places" and "pictures".
    basis : {"places", "pictures", "residuals", "assumed"}
        Where it comes from: the agreement of photograph and maps (*Refine*, *Propose*) at that place, the
        same over the whole map, the estimated click error of redundant pairs, or a click error that had to be
        assumed.
    is_rough : bool
        Whether the estimate is rough since few pairs are redundant.
    """

    length: float
    click_error: float | None
    basis: Basis
    is_rough: bool = False


def expected_error(
    points: Any, attributes: Mapping[str, Any], place: tuple[float, float]
) -> ExpectedError | None:
    """Compute the expected error of a registered photograph at a position of the map.

    The Jacobian of the fit propagates the click error to the position. The click error is estimated from the
    residuals if there are more pairs than the model needs. Points set by *Refine* or *Propose* are not
    clicks; their error was measured by comparing photograph and maps, and stored as an error map, or as one
    number in older files.

    Parameters
    ----------
    points : array_like, (n, 2, 2)
        As stored under ``imvis_points``: of each pair the source and the destination x, y.
    attributes : mapping
        As stored by `maxrf_core.registration.register`: ``residuals`` in map pixels, one for each
        pair; if known, ``model``, ``mirrored``, ``click_error`` and ``refinement``.
    place : (x, y)
        In map pixels.

    Returns
    -------
    ExpectedError or None
        None if nothing is known: without residuals, or if more pairs than the model needs fit exactly, so
        that they are not independent clicks.

    Examples
    --------
    >>> corners = [[10, 10], [90, 10], [90, 70], [10, 70], [50, 40]]
    >>> pairs = [[corner, corner] for corner in corners]
    >>> error = expected_error(pairs[:4], {"residuals": [0, 0, 0, 0]}, (10, 10))
    >>> error.basis, error.click_error, round(error.length, 3)
    ('assumed', 1.0, 1.0)
    """
    pairs = np.asarray(points, dtype=np.float64)
    lengths = _lengths(attributes.get("residuals"), len(pairs))
    if lengths is None:
        return None
    refinement = _stored_refinement(attributes)
    if (error_map := refinement_error_map(refinement)) is not None:
        return ExpectedError(max(error_map.at(place), MIN_ERROR), None, "places")
    if (measured := refinement_error(refinement)) is not None:
        return ExpectedError(measured, None, "pictures")
    try:
        model = find_model(str(attributes.get("model", "homography")))
        redundancy = 2 * len(pairs) - model.n_params if model.n_params else len(pairs)
        basis: Basis = "residuals" if redundancy > 0 else "assumed"
        click_error: float | None = ASSUMED_CLICK_ERROR
        if basis == "residuals":
            click_error = _click_error(attributes, lengths, redundancy if model.n_params else 0)
        if click_error is None:
            return None
        mirrored = attributes.get("mirrored") in (True, 1)
        error = position_errors(pairs[:, 0], pairs[:, 1], [place], model.name, click_error, mirrored)
    except RegistrationError:  # points of another program, from which nothing follows
        return None
    return ExpectedError(
        float(error[0]), click_error, basis, basis == "residuals" and redundancy < MIN_REDUNDANCY
    )


def error_sentence(points: Any, attributes: Mapping[str, Any], place: tuple[float, float]) -> str:
    """Say how precisely a registered photograph fits the map at a place.

    Parameters
    ----------
    points, attributes, place
        As in `expected_error`; also ``pixel_size_mm`` where it is known.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> corners = [[10, 10], [90, 10], [90, 70], [10, 70], [50, 40]]
    >>> pairs = [[corner, corner] for corner in corners]
    >>> print(error_sentence(pairs, {"residuals": [0.5, 0.3, 0.4, 0.3, 0.5]}, (20, 20)))
    The photograph is off by about 0.66 map pixels there, a rough estimate: as the residuals of its 5 points
    tell, a click is off by 0.92 map pixels.
    >>> print(error_sentence(pairs[:4], {"residuals": [0, 0, 0, 0]}, (20, 5)))
    How precisely the photograph fits there is not known, since its 4 points fit exactly whatever they are;
    if a click is off by 1 map pixel, it is off by about 0.99 map pixels. The place lies outside of the
    points, where the fit is less certain.
    """
    pairs = np.asarray(points, dtype=np.float64)
    if _lengths(attributes.get("residuals"), len(pairs)) is None:
        return _("How precisely the photograph fits there was not kept with it.")
    error = expected_error(points, attributes, place)
    if error is None:
        return _(
            "How precisely the photograph fits there is not known: its {count} points fit exactly, "
            "since they were made to."
        ).format(count=len(pairs))
    length = _in_words(error.length, attributes)
    if error.basis == "places":
        return _(
            "The photograph is off by about {length} there, as comparing it with the maps around that "
            "place has shown."
        ).format(length=length)
    if error.basis == "pictures":
        return _("The photograph is off by about {length}, as comparing it with the maps has shown.").format(
            length=length
        )
    if error.basis == "assumed":
        told = _(
            "How precisely the photograph fits there is not known, since its {count} points fit "
            "exactly whatever they are; if a click is off by {click_error:.2g} map pixel, it is "
            "off by about {length}."
        ).format(count=len(pairs), click_error=error.click_error, length=length)
    else:
        rough = _(", a rough estimate") if error.is_rough else ""
        told = _(
            "The photograph is off by about {length} there{rough}: as the residuals of its {count} "
            "points tell, a click is off by {click_error:.2g} map pixels."
        ).format(length=length, rough=rough, count=len(pairs), click_error=error.click_error)
    if _is_within(pairs[:, 1], place):
        return told
    return _("{told} The place lies outside of the points, where the fit is less certain.").format(told=told)


def refinement_error(refinement: Mapping[str, Any] | None) -> float | None:
    """Return the expected error of points set by *Refine* or *Propose*.

    Parameters
    ----------
    refinement : mapping or None
        Record of how the points were set, by step: ``proposed`` and ``refined``.

    Returns
    -------
    float or None
        Root mean square over the map, in map pixels; None if neither of them set the points.
    """
    record = _deciding_step(refinement)
    lengths = None if record is None else _lengths([record.get("uncertainty")], 1)
    return None if lengths is None else max(float(lengths[0]), MIN_ERROR)


def refinement_error_map(refinement: Mapping[str, Any] | None) -> ErrorMap | None:
    """Return the error map of points set by *Refine* or *Propose*.

    Parameters
    ----------
    refinement : mapping or None
        As for `refinement_error`.

    Returns
    -------
    ErrorMap or None
        None if neither of them set the points, or an older version did.
    """
    record = _deciding_step(refinement)
    return None if record is None else ErrorMap.read(record.get("error_map"))


def stored_error_map(attributes: Mapping[str, Any]) -> ErrorMap | None:
    """Return the error map that is stored with points, None if there is none.

    Parameters
    ----------
    attributes : mapping
        Of the points in a datastack, see `expected_error`.
    """
    return refinement_error_map(_stored_refinement(attributes))


def _deciding_step(refinement: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the record of the step that set the points, None if they were clicked."""
    refinement = refinement if isinstance(refinement, Mapping) else {}
    for step, accepted in (("refined", "accepted"), ("proposed", "sure")):
        record = refinement.get(step)
        if isinstance(record, Mapping) and record.get(accepted) is True:
            return record
    return None


def _stored_refinement(attributes: Mapping[str, Any]) -> Mapping[str, Any] | None:
    try:
        return json.loads(attributes["refinement"])
    except (KeyError, TypeError, ValueError):
        return None


def _click_error(attributes: Mapping[str, Any], residuals: np.ndarray, redundancy: int) -> float | None:
    """Return the stored click error, or estimate it from residuals with `redundancy` degrees of freedom."""
    kept = _lengths([attributes.get("click_error")], 1)
    if kept is not None:
        click_error = float(kept[0])
    elif redundancy:
        click_error = float(np.sqrt(2 * np.sum(residuals**2) / redundancy))
    else:
        left_out = _lengths(attributes.get("leave_one_out"), len(residuals))
        click_error = 0.0 if left_out is None else float(np.sqrt(np.mean(left_out**2)))
    return click_error if click_error > ROUNDING_ERROR else None


def _lengths(values: Any, count: int) -> np.ndarray | None:
    """Return values as one finite length for each pair; None if they are something else."""
    try:
        lengths = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return lengths if count and lengths.shape == (count,) and np.isfinite(lengths).all() else None


def _in_words(length: float, attributes: Mapping[str, Any]) -> str:
    """Return a length as text: "0.41 map pixels (0.2 mm)"."""
    size = _lengths([attributes.get("pixel_size_mm")], 1)
    millimetres = (
        "" if size is None else _(" ({millimetres:.2g} mm)").format(millimetres=length * float(size[0]))
    )
    return _("{length:.2g} map pixels{millimetres}").format(length=length, millimetres=millimetres)


def _is_within(points: np.ndarray, place: tuple[float, float]) -> bool:
    hull = cv2.convexHull(points.astype(np.float32))
    return cv2.pointPolygonTest(hull, place, measureDist=False) >= 0
