"""Areas of a picture that show nothing: masked, not scanned or cut out.

Their outline is no part of the artwork, though two pictures may share it.
"""

import cv2
import numpy as np

BLOCK = 9  # pixels: a block of one value is empty, fewer may be chance
TOLERANCE = 1e-4  # of the range of values, within which values are one
MIN_SHARE = 0.01  # of the picture, of an empty area
MIN_CONTENT = 0.05  # of the picture, beside the empty areas
DEPTH = 6  # pixels by which content is eroded
MIN_SOLID = 0.5  # of the content that must be left then
STEP = 0.03  # of the range of values, along the outline: a mask cuts, a spot or a highlight fades


def empty_areas(picture: np.ndarray) -> np.ndarray:
    """Return where a picture shows nothing: non-finite values, and wide areas of exactly one value.

    A drawing on a blank ground is not cut out by it. So areas of one value are empty only if what lies beside
    them is solid, as a panel or a disc is and strokes are not, and does not fade into them.

    Parameters
    ----------
    picture : ndarray, (height, width, channels)
        Real numbers.

    Returns
    -------
    ndarray, (height, width), bool

    Examples
    --------
    >>> disc = np.random.default_rng(0).poisson(9, (80, 80, 1)).astype(np.float32)
    >>> y, x = np.mgrid[:80, :80] - 40
    >>> disc[x**2 + y**2 > 900] = 0
    >>> bool(empty_areas(disc)[5, 5]), bool(empty_areas(disc)[40, 40])
    (True, False)
    """
    values = picture.astype(np.float32)
    finite = np.isfinite(values).all(axis=2)
    values[~finite] = values[finite].mean(axis=0) if finite.any() else 0
    uniform = _uniform(values) & finite
    if not uniform.any():
        return np.logical_not(finite)
    empty = uniform | ~finite
    content = (~empty).astype(np.uint8)
    around = np.ones((2 * DEPTH + 1, 2 * DEPTH + 1), dtype=np.uint8)
    solid = int(cv2.erode(content, around, borderValue=1).sum())
    is_solid = content.sum() >= MIN_CONTENT * content.size and solid >= MIN_SOLID * content.sum()
    return empty if is_solid and _is_cut(values, uniform) else np.logical_not(finite)


def _is_cut(values: np.ndarray, uniform: np.ndarray) -> bool:
    """Return True if values jump at the outline of uniform areas."""
    near = np.ones((3, 3), dtype=np.uint8)
    outline = (cv2.dilate(uniform.astype(np.uint8), near) > 0) & ~uniform
    if not outline.any():
        return False
    channels = [np.ascontiguousarray(channel) for channel in np.moveaxis(values, 2, 0)]
    steps = [
        np.median((cv2.dilate(each, near) - cv2.erode(each, near))[outline]) / max(float(np.ptp(each)), 1e-12)
        for each in channels
    ]
    return float(max(steps)) >= STEP


def _uniform(values: np.ndarray) -> np.ndarray:
    """Return the connected areas of blocks of one value that are wide enough."""
    block = np.ones((BLOCK, BLOCK), dtype=np.uint8)
    flat = np.ones(values.shape[:2], dtype=bool)
    for channel in np.moveaxis(values, 2, 0):
        channel = np.ascontiguousarray(channel)
        span = cv2.dilate(channel, block) - cv2.erode(channel, block)
        flat &= span <= TOLERANCE * float(np.ptp(channel))
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(
        cv2.dilate(flat.astype(np.uint8), block), connectivity=8
    )
    wide = [label for label in range(1, count) if stats[label, cv2.CC_STAT_AREA] >= MIN_SHARE * flat.size]
    areas: np.ndarray = np.isin(labels, wide)
    return areas
