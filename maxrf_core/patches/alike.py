"""All pixels that are like one another: thresholds on maps, joined to a place or anywhere."""

from collections.abc import Sequence

import numpy as np

from maxrf_core.elements.maps import ElementMaps
from maxrf_core.errors import PatchError
from maxrf_core.language import _

Limits = tuple[float | None, float | None]


def within_limits(
    maps: Sequence[np.ndarray],
    limits: Sequence[Limits],
    sigmas: Sequence[np.ndarray] | None = None,
    margin: float = 0.0,
) -> np.ndarray:
    """Return the pixels that are within limits in all of some maps.

    Parameters
    ----------
    maps : sequence of ndarray, shape (height, width)
    limits : sequence of (low, high)
        Of each map; None for no limit.
    sigmas : sequence of ndarray, shape (height, width), optional
        Standard deviations of the maps.
    margin : float
        In standard deviations: a pixel has to be so far inside of the limits. With 2, only what is clearly
        inside is taken; with −2, also what may be inside.

    Returns
    -------
    ndarray, shape (height, width), bool
        Missing values are never within limits.

    Raises
    ------
    PatchError
        If there are not as many limits as maps.
    """
    if not maps or len(limits) != len(maps) or (sigmas is not None and len(sigmas) != len(maps)):
        raise PatchError(_("A threshold needs maps, and a low and a high limit for each of them."))
    inside = np.ones(maps[0].shape, bool)
    for number, (values, (low, high)) in enumerate(zip(maps, limits, strict=True)):
        slack = 0.0 if sigmas is None else margin * sigmas[number]
        inside &= np.isfinite(values)
        if low is not None:
            inside &= values - slack >= low
        if high is not None:
            inside &= values + slack <= high
    return inside


def like_pixel(
    maps: ElementMaps,
    x: int,
    y: int,
    families: Sequence[str],
    *,
    tolerance: float = 0.3,
    margin: float = 2.0,
    radius: int = 1,
) -> np.ndarray:
    """Return the pixels whose net counts are like those around a pixel.

    Parameters
    ----------
    maps : ElementMaps
    x, y : int
        The pixel's column and row.
    families : sequence of str
        Families, or elements, that have to agree.
    tolerance : float
        Allowed difference, as a share of the counts at the pixel.
    margin : float
        Difference that is allowed beside that, in standard deviations of the pixel that is looked at.
    radius : int
        The counts to compare with are the median of the square of 2·radius + 1 pixels around the pixel.

    Returns
    -------
    ndarray, shape (height, width), bool

    Raises
    ------
    CalibrationError
        If there is no map of a family.
    PatchError
        If no family is named, or the pixel is outside the scan or has no counts.
    """
    height, width = maps.residual.shape
    if not (0 <= x < width and 0 <= y < height):
        raise PatchError(_("The pixel ({x}, {y}) is outside the scan.").format(x=x, y=y))
    numbers = [maps.index(family) for family in families]
    around = np.s_[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1]
    limits: list[Limits] = []
    for number in numbers:
        near = maps.net[number][around]
        if not np.isfinite(near).any():
            raise PatchError(_("The pixel ({x}, {y}) has no counts.").format(x=x, y=y))
        value = float(np.nanmedian(near))
        slack = tolerance * abs(value)
        limits.append((value - slack, value + slack))
    chosen, errors = [maps.net[number] for number in numbers], [maps.sigma[number] for number in numbers]
    return within_limits(chosen, limits, errors, -margin)


def joined_to(mask: np.ndarray, x: int, y: int) -> np.ndarray:
    """Return the pixels of a mask that are joined to a pixel of it, by sides or corners.

    Raises
    ------
    PatchError
        If that pixel is not in the mask.

    Examples
    --------
    >>> joined_to(np.array([[True, False, False, True], [False, True, False, True]]), 0, 0).astype(int)
    array([[1, 0, 0, 0],
           [0, 1, 0, 0]])
    """
    from scipy.ndimage import label  # slow to import

    height, width = mask.shape
    if not (0 <= x < width and 0 <= y < height) or not mask[y, x]:
        words = _("The pixel ({x}, {y}) is not within the limits: no pixels are joined to it.")
        raise PatchError(words.format(x=x, y=y))
    groups, _count = label(mask, np.ones((3, 3), int))
    return np.asarray(groups == groups[y, x])
