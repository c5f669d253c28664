"""Robust selection of pairs of points that agree with one perspective transform (RANSAC)."""

from typing import Any

import cv2
import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.transform.point_pairs import matching, mirrored_points

THRESHOLD = 3.0  # map pixels
MIN_PAIRS = 6  # to detect a wrong one
MAX_ITERATIONS = 10_000
CONFIDENCE = 0.9999


def inliers(src: Any, dst: Any, threshold: float = THRESHOLD, mirrored: bool = False) -> np.ndarray:
    """Find the pairs that agree with one perspective transform, by MAGSAC++.

    Barath and others 2020, CVPR, as implemented in OpenCV. Samples are drawn from a fixed seed: the same
    pairs always give the same result.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; six or more matching points, more than half of them right.
    threshold : float
        Largest residual of a pair that agrees, in map pixels.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    ndarray, (n,), bool
        True for pairs that agree; at least four.

    Raises
    ------
    RegistrationError
        If the pairs are too few to detect a wrong one, or no four of them agree.

    Examples
    --------
    >>> src = np.array([[0, 0], [50, 0], [99, 0], [0, 80], [52, 84], [97, 81], [48, 40]])
    >>> dst = 2 * src + [[0, 0], [0, 0], [0, 0], [0, 0], [40, 0], [0, 0], [0, 0]]
    >>> inliers(src, dst)
    array([ True,  True,  True,  True, False,  True,  True])
    """
    source, destination = matching(src, dst)
    if len(source) < MIN_PAIRS:
        raise RegistrationError(
            _(
                "With {count} pairs of points it cannot be told which one is wrong; set {min_pairs} or more."
            ).format(count=len(source), min_pairs=MIN_PAIRS)
        )
    if mirrored:  # OpenCV skips samples that are mirrored
        source = mirrored_points(source)
    # OpenCV computes in float32, which is most precise for small numbers
    p, q = ((points - points.mean(axis=0)).astype(np.float32) for points in (source, destination))
    try:
        _found, mask = cv2.findHomography(
            p, q, cv2.USAC_MAGSAC, threshold, maxIters=MAX_ITERATIONS, confidence=CONFIDENCE
        )
    except cv2.error:
        mask = None
    agree = np.zeros(len(source), dtype=bool) if mask is None else mask.ravel().astype(bool)
    if agree.sum() < 4:
        raise RegistrationError(
            _("No four pairs of points agree with each other; check that equal numbers mark equal places.")
        )
    return agree
