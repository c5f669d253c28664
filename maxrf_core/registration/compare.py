"""Comparison of a photograph with a map: edges, and the difference after matching their brightness.

Brightness in a photograph and in a map have different causes: ink that is dark to the eye is bright in the
map of iron. So values are never compared directly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core.errors import PictureError
from maxrf_core.imaging.display import to_display
from maxrf_core.imaging.resample import area_average, resample
from maxrf_core.language import _
from maxrf_core.transform.coordinates import image_extent, map_to_image

N_LEVELS = 64  # of a map's values, each with the photograph's mean brightness
LOW_THRESHOLD_RATIO = 0.4  # of both thresholds of the Canny detector
MAX_GRADIENT = 20_000  # in OpenCV's 16-bit integers
MIN_GRADIENT_RATIO = 1e-4  # of the largest value; gradients below it come from rounding
FULL_SCALE = 255.0


@dataclass(frozen=True, eq=False)
class Difference:
    """Difference of a photograph from the brightness that a map predicts.

    Attributes
    ----------
    values : ndarray, (height, width), float32
        From −1 to 1: brightness of the photograph minus its mean brightness where the map has this value, as
        a part of full scale. NaN where one of both is missing.
    explained : float
        From 0 to 1: the part of the photograph's variance that the map explains, known as the correlation
        ratio (Roche et al. 1998, MICCAI, LNCS 1496, 1115). 0 means that the two have nothing in common.
    """

    values: np.ndarray
    explained: float


def grey(image: Any, limits: tuple[float, float] | None = None) -> np.ndarray:
    """Return the perceived brightness of a photograph.

    Parameters
    ----------
    image : array_like, (height, width) or (height, width, 1, 3 or 4)
    limits : (float, float), optional
        As in `maxrf_core.imaging.display.to_display`.

    Returns
    -------
    ndarray, (height, width), float32
        From 0 to 1, by the weights of Rec. 601 as in OpenCV. NaN where all colours are exactly 0, as in a
        registered photograph where it does not reach.

    Raises
    ------
    PictureError
        If the array is not a picture.

    Examples
    --------
    >>> grey(np.array([[[255, 255, 255], [0, 0, 0], [255, 0, 0]]], dtype=np.uint8)).round(3)
    array([[1.   ,   nan, 0.299]], dtype=float32)
    """
    image = np.asarray(image)
    shown = to_display(image, limits)
    brightness = cv2.cvtColor(shown.astype(np.float32) / np.float32(FULL_SCALE), cv2.COLOR_RGB2GRAY)
    colours = image[:, :, :3] if image.ndim == 3 else image[:, :, np.newaxis]
    brightness[(colours == 0).all(axis=2)] = np.nan
    return brightness


def resample_to_map(image: Any, extent: Sequence[float], shape: Sequence[int]) -> np.ndarray:
    """Resample an image that lies on the map to the pixels of the map.

    Parameters
    ----------
    image : array_like, (height, width)
        Of any resolution. NaN counts as missing.
    extent : (left, right, bottom, top)
        Its outer edges in map pixels.
    shape : (height, width) or more
        Of the map.

    Returns
    -------
    ndarray, `shape`, float32
        Mean over each map pixel's area if the image is finer than the map, else interpolated. NaN where the
        image does not reach.

    Raises
    ------
    RegistrationError
        If the extent has no area.
    PictureError
        If the array is not an image.

    Examples
    --------
    >>> resample_to_map([[0, 2, 4, 4], [2, 4, 4, 4]], (-0.5, 1.5, 0.5, -0.5), (1, 2))
    array([[2., 4.]], dtype=float32)
    """
    values = np.asarray(image, dtype=np.float32)
    height, width = (int(length) for length in shape[:2])
    centre, across, down = map_to_image([[0, 0], [1, 0], [0, 1]], extent, values.shape)
    step_x, step_y = across[0] - centre[0], down[1] - centre[1]
    smaller = _shrunk(values.shape[1], step_x), _shrunk(values.shape[0], step_y)
    if smaller != values.shape[::-1]:
        values = area_average(values, *smaller)
    if tuple(extent) == image_extent(height, width) and values.shape == (height, width):
        return values
    (x, y), (next_x, _), (_, next_y) = map_to_image([[0, 0], [1, 0], [0, 1]], extent, values.shape)
    matrix = np.array([[next_x - x, 0, x], [0, next_y - y, y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = resample(
        values,
        lambda part: cv2.warpAffine(
            part, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
        ),
    )
    columns, rows = x + (next_x - x) * np.arange(width), y + (next_y - y) * np.arange(height)
    laid[:, (columns < -0.5) | (columns > values.shape[1] - 0.5)] = np.nan
    laid[(rows < -0.5) | (rows > values.shape[0] - 0.5)] = np.nan
    return laid


def edges(image: Any, share: float = 0.1, sigma: float = 1.5) -> np.ndarray:
    """Detect edges in an image as lines one pixel wide (Canny 1986, IEEE PAMI 8, 679).

    Parameters
    ----------
    image : array_like, (height, width)
        Brightness or counts; NaN counts as missing and gives no edge.
    share : float
        Part of the pixels, from 0 to 1, whose gradient is above the upper threshold.
    sigma : float
        Of the Gaussian, in pixels, that smooths the image first.

    Returns
    -------
    ndarray, (height, width), bool

    Raises
    ------
    PictureError
        If the array is not an image, or share or sigma are out of range.

    Examples
    --------
    >>> step = np.repeat([[0, 0, 0, 0, 1, 1, 1, 1]], 6, axis=0)
    >>> edges(step, sigma=0.8)[2].astype(int)
    array([0, 0, 0, 1, 0, 0, 0, 0])
    """
    values = np.asarray(image, dtype=np.float32)
    if values.ndim != 2 or values.size == 0:
        raise PictureError(
            _("Edges are looked for in an image (height, width), not in {shape}.").format(shape=values.shape)
        )
    if not (0 < share < 1 and 0 < sigma < np.inf):
        raise PictureError(
            _("Edges need a share between 0 and 1 and a sigma above 0, not {share} and {sigma}.").format(
                share=share, sigma=sigma
            )
        )
    steep_x, steep_y = _gradients(values, sigma)
    steepness = np.hypot(steep_x, steep_y)
    steepest = float(steepness.max())
    if steepest == 0:
        return np.zeros(values.shape, dtype=bool)
    # If most of the image is flat, everything else is an edge
    begin = float(np.quantile(steepness, 1 - share)) or steepest / 2
    scale = MAX_GRADIENT / steepest
    begin = begin * scale - 1  # OpenCV excludes equal gradients, and rounds
    right, down = (np.rint(part * scale).astype(np.int16) for part in (steep_x, steep_y))
    return cv2.Canny(right, down, LOW_THRESHOLD_RATIO * begin, begin, L2gradient=True) > 0


def match_brightness(photo: Any, band_map: Any) -> np.ndarray:
    """Replace each value of a map by the mean brightness of the photograph where the map has this value.

    Values are sorted into 64 levels with about equal numbers of pixels, so that an inverted or non-linear
    scale makes no difference.

    Parameters
    ----------
    photo, band_map : array_like, (height, width)
        Brightness and counts on the same pixels; NaN counts as missing.

    Returns
    -------
    ndarray, (height, width), float32
        In the photograph's units. NaN where the map is missing.

    Raises
    ------
    PictureError
        If the two are no images of one shape, or have no pixel in common.

    Examples
    --------
    >>> match_brightness([[9.0, 9, 1], [7, 9, 3]], [[0, 0, 5], [0, 0, 5]])
    array([[8.5, 8.5, 2. ],
           [8.5, 8.5, 2. ]], dtype=float32)
    """
    brightness, counts = np.asarray(photo, np.float32), np.asarray(band_map, np.float32)
    if brightness.shape != counts.shape or counts.ndim != 2:
        raise PictureError(
            _("A photograph {shape} cannot be matched to a map {counts_shape}.").format(
                shape=brightness.shape, counts_shape=counts.shape
            )
        )
    both = np.isfinite(brightness) & np.isfinite(counts)
    if not both.any():
        raise PictureError(_("The photograph and the map have no pixel in common."))
    inner = np.linspace(0, 1, N_LEVELS + 1)[1:-1]
    bounds = np.unique(np.quantile(counts[both], inner, method="higher"))
    level = np.searchsorted(bounds, counts, side="right")
    pixels = np.bincount(level[both], minlength=len(bounds) + 1)
    sums = np.bincount(level[both], weights=brightness[both], minlength=len(bounds) + 1)
    filled = pixels > 0
    means = np.interp(np.arange(len(pixels)), np.flatnonzero(filled), sums[filled] / pixels[filled])
    return np.where(np.isfinite(counts), means[level], np.nan).astype(np.float32)


def difference(photo: Any, band_map: Any) -> Difference:
    """Compute the difference of a photograph from the brightness that a map predicts.

    Parameters
    ----------
    photo, band_map : array_like, (height, width)
        Brightness from 0 to 1, as returned by `grey` and `resample_to_map`, and counts on the same pixels;
        NaN counts as missing.

    Returns
    -------
    Difference

    Raises
    ------
    PictureError
        As `match_brightness` does.

    Examples
    --------
    >>> ink = np.array([[0, 0, 5, 5], [0, 0, 5, 5]])
    >>> found = difference(0.9 - 0.1 * ink, ink)
    >>> bool(abs(found.values).max() < 1e-6), round(found.explained, 3)
    (True, 1.0)
    """
    brightness = np.asarray(photo, np.float32)
    values = brightness - match_brightness(brightness, band_map)
    both = np.isfinite(values)
    variance = float(brightness[both].var(dtype=np.float64))
    left = float(values[both].var(dtype=np.float64))
    return Difference(values, max(0.0, 1 - left / variance) if variance > 0 else 0.0)


def _shrunk(length: int, step: float) -> int:
    """Return the length at which one pixel covers a map pixel, at most the given length."""
    return min(length, max(1, round(length / abs(step))))


def _gradients(values: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of a smoothed image along x and y: 0 where it is flat or missing."""
    exists = np.isfinite(values)
    present = np.where(exists, values, np.float32(0))
    # Smoothed by a Gaussian to which missing pixels add nothing
    weight = cv2.GaussianBlur(exists.astype(np.float32), (0, 0), sigma)
    smooth = cv2.GaussianBlur(present, (0, 0), sigma) / np.maximum(weight, np.float32(1e-6))
    right, down = (cv2.Scharr(smooth, cv2.CV_32F, *along) for along in ((1, 0), (0, 1)))
    inside = cv2.erode(exists.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(bool)
    flat = ~inside | (np.hypot(right, down) <= MIN_GRADIENT_RATIO * np.abs(present).max())
    right[flat] = down[flat] = 0
    return right, down
