"""Which pairs of points agree with each other, when some of them may be plainly wrong?"""

from typing import Any

import cv2
import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.point_pairs import matching, mirrored_points

THRESHOLD = 3.0  # map pixels
LEAST = 6  # pairs of which one can be told to be wrong
TRIES = 10_000
SURE = 0.9999


def inliers(src: Any, dst: Any, threshold: float = THRESHOLD, mirrored: bool = False) -> np.ndarray:
    """Find the pairs that one perspective transform carries onto each other, by MAGSAC++.

    Barath and others 2020, CVPR, as OpenCV has it. It draws its samples from a fixed seed: equal pairs always
    give the same answer.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; six or more matching points, more than half of them right.
    threshold : float
        Map pixels within which a pair agrees.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    ndarray, (n,), bool
        True for pairs that agree; at least four.

    Raises
    ------
    RegistrationError
        Where the pairs are too few to tell a wrong one, and where no four of them agree.

    Examples
    --------
    >>> src = np.array([[0, 0], [50, 0], [99, 0], [0, 80], [52, 84], [97, 81], [48, 40]])
    >>> dst = 2 * src + [[0, 0], [0, 0], [0, 0], [0, 0], [40, 0], [0, 0], [0, 0]]
    >>> inliers(src, dst)
    array([ True,  True,  True,  True, False,  True,  True])
    """
    source, destination = matching(src, dst)
    if len(source) < LEAST:
        raise RegistrationError(
            f"With {len(source)} pairs of points it cannot be told which one is wrong; set {LEAST} or more."
        )
    if mirrored:  # OpenCV skips samples that a transform would mirror
        source = mirrored_points(source)
    # OpenCV computes in float32, which holds small numbers best
    p, q = ((points - points.mean(axis=0)).astype(np.float32) for points in (source, destination))
    try:
        _, mask = cv2.findHomography(p, q, cv2.USAC_MAGSAC, threshold, maxIters=TRIES, confidence=SURE)
    except cv2.error:
        mask = None
    agree = np.zeros(len(source), dtype=bool) if mask is None else mask.ravel().astype(bool)
    if agree.sum() < 4:
        raise RegistrationError(
            "No four pairs of points agree with each other; check that equal numbers mark equal places."
        )
    return agree
