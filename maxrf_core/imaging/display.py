"""Arrays as pictures: contrast limits, colours and size."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from maxrf_core.errors import PictureError
from maxrf_core.imaging.colormaps import COLORMAPS, DEFAULT_COLORMAP
from maxrf_core.imaging.resample import area_average, full_scale
from maxrf_core.language import _

MISSING_COLOR = (190, 200, 215)  # pale blue, which no colour map contains, for missing values
WHITE = 255
MAX_AT_ONCE = 4_000_000  # values that are scaled at once
MAX_RANKED = 4_000_000  # values; of more, every n-th is used
MIN_FLOAT32_SPAN = 1e-30  # a smaller span of values needs float64
MIN_BRIGHTNESS = 0.25  # of full scale; a photograph whose maximum is lower is brightened for display


def percentile_limits(image: Any, low: float = 0.5, high: float = 99.5) -> tuple[float, float]:
    """Compute the contrast limits of an image from percentiles, so that a few outliers do not determine them.

    Parameters
    ----------
    image : array_like
        NaN and infinite values are ignored.
    low, high : float
        Percentiles, from 0 to 100.

    Returns
    -------
    vmin, vmax : tuple of float
        Always vmin < vmax: if the percentiles are equal, the smallest and the largest value; if these are
        equal, too, the value and a larger one. (0, 1) if there are no finite values.

    Raises
    ------
    PictureError
        If the percentiles are not in order.

    Examples
    --------
    >>> percentile_limits(np.arange(201), 1, 99)
    (2.0, 198.0)
    >>> percentile_limits([[7, 7], [7, 7]])
    (7.0, 8.0)
    """
    if not 0 <= low < high <= 100:
        raise PictureError(
            _("Percentiles go from 0 to 100, the lower one first, not {low} and {high}.").format(
                low=low, high=high
            )
        )
    values = _as_numbers(image).ravel()
    values = values[:: max(1, values.size // MAX_RANKED)]
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if values.size == 0:
        return 0.0, 1.0
    values = values.astype(np.float64)
    vmin, vmax = (float(limit) for limit in np.percentile(values, (low, high)))
    if vmin == vmax:
        vmin, vmax = float(values.min()), float(values.max())
    if vmin == vmax:
        vmax = max(vmin + 1, float(np.nextafter(vmin, np.inf)))
    return vmin, vmax


def colorize(image: Any, vmin: float, vmax: float, colormap: str = DEFAULT_COLORMAP) -> np.ndarray:
    """Return a map in colours.

    Parameters
    ----------
    image : array_like, (height, width)
        NaN is pale blue; infinite values have the lowest and the highest colour.
    vmin, vmax : float
        Values of the lowest and the highest colour; values beyond are clipped.
    colormap : str
        A name in `COLORMAPS`.

    Returns
    -------
    ndarray, (height, width, 3), uint8
        Red, green, blue.

    Raises
    ------
    PictureError
        If the colour map is unknown, the limits are not finite or not in order, or the image is not 2-D.

    Examples
    --------
    >>> colorize([[0, 5, 10]], 0, 10, "gray")[0, :, 0]
    array([  0, 128, 255], dtype=uint8)
    """
    if colormap not in COLORMAPS:
        raise PictureError(
            _("There is no colour map {colormap!r}; there are: {listed}.").format(
                colormap=colormap, listed=", ".join(COLORMAPS)
            )
        )
    values = _as_numbers(image)
    if values.ndim != 2:
        raise PictureError(
            _("Colours are given to maps (height, width), not to an array {shape}.").format(
                shape=values.shape
            )
        )
    colors = COLORMAPS[colormap][_levels(values, vmin, vmax)]
    if values.dtype.kind == "f":
        colors[np.isnan(values)] = MISSING_COLOR
    return colors


def composite(maps: Sequence[Any], limits: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return three maps as the red, green and blue of one picture.

    Parameters
    ----------
    maps : sequence of three array_like, (height, width)
        NaN is black; a pixel that is NaN in all three maps is pale blue, as in `colorize`.
    limits : sequence of three (float, float)
        The values of each map that become 0 and 255.

    Returns
    -------
    ndarray, (height, width, 3), uint8

    Raises
    ------
    PictureError
        If there are not three maps of one shape, or limits are not finite or not in order.

    Examples
    --------
    >>> composite([[[0, 5]], [[0, 0]], [[9, 8]]], [(0, 10), (0, 1), (8, 9)])[0].tolist()
    [[0, 0, 255], [128, 0, 0]]
    """
    values = [_as_numbers(image) for image in maps]
    if len(values) != 3 or values[0].ndim != 2 or len({each.shape for each in values}) != 1:
        shapes = ", ".join(str(each.shape) for each in values)
        raise PictureError(
            _("Red, green and blue are three maps (height, width) of one shape, not {shapes}.").format(
                shapes=shapes
            )
        )
    colors = np.dstack([_levels(each, *limit) for each, limit in zip(values, limits, strict=True)])
    colors[np.all([np.isnan(each) for each in values], axis=0)] = MISSING_COLOR
    return colors


def to_display(image: Any, limits: tuple[float, float] | None = None) -> np.ndarray:
    """Return any photograph or map for display: 8-bit RGB without transparency.

    Parameters
    ----------
    image : array_like, (height, width) or (height, width, 1, 3 or 4)
        8-bit images keep their values. Others are scaled from their full range (0 to 65535, or 0 to 1 for
        floats) if they use it, otherwise from their percentiles 0.5 and 99.5.
    limits : (float, float), optional
        The values that become black and white instead, as `display_limits` returns for a whole image of which
        this is a part.

    Returns
    -------
    ndarray, (height, width, 3), uint8
        Grey has three equal channels; transparent and missing pixels are white. It may be `image` itself.

    Raises
    ------
    PictureError
        If the array has another shape or does not hold numbers.

    Examples
    --------
    >>> to_display(np.array([[0, 65535]], dtype=np.uint16))[0].tolist()
    [[0, 0, 0], [255, 255, 255]]
    """
    pixels = as_picture(image)
    alpha = pixels[:, :, 3:] if pixels.shape[2] == 4 else None
    shown = to_uint8(pixels[:, :, :3], limits)
    if pixels.dtype.kind == "f":
        for rows in _row_blocks(pixels.shape):
            shown[rows][~np.isfinite(pixels[rows]).all(axis=2)] = WHITE
    if shown.shape[2] == 1:
        shown = np.repeat(shown, 3, axis=2)
    if alpha is None:
        return shown
    cover = np.nan_to_num(alpha.astype(np.float32) / full_scale(alpha.dtype)).clip(0, 1)
    return np.rint(shown * cover + WHITE * (1 - cover)).astype(np.uint8)


def display_limits(image: Any) -> tuple[float, float] | None:
    """Return the values that `to_display` shows as black and white, to show parts of an image like the whole.

    Parameters
    ----------
    image : array_like, (height, width) or (height, width, 1, 3 or 4)
        The whole image, or a smaller copy of it.

    Returns
    -------
    (float, float) or None
        None for 8 bits and booleans, which are not scaled.

    Raises
    ------
    PictureError
        If the array has another shape or does not hold numbers.

    Examples
    --------
    >>> display_limits(np.array([[0, 65535]], dtype=np.uint16)), display_limits(np.zeros((2, 2), np.uint8))
    ((0.0, 65535.0), None)
    """
    colours = as_picture(image)[:, :, :3]
    return None if colours.dtype in (np.uint8, np.bool_) else _black_and_white(colours)


def shrink(image: Any, max_width: int, max_height: int | None = None) -> np.ndarray:
    """Return an image reduced by averaging to fit a width and a height; an image that fits is unchanged.

    Parameters
    ----------
    image : array_like, (height, width) or (height, width, channels)
    max_width, max_height : int
        The largest size; by default the height is not limited.

    Returns
    -------
    ndarray
        With the same dtype and proportions.

    Raises
    ------
    PictureError
        If a limit is below one, or the array is not an image.

    Examples
    --------
    >>> shrink(np.zeros((300, 400), dtype=np.uint8), 100).shape
    (75, 100)
    """
    pixels = _as_numbers(image)
    if max_width < 1 or (max_height is not None and max_height < 1):
        raise PictureError(
            _("A picture cannot be shrunk to {max_width}×{max_height} pixels.").format(
                max_width=max_width, max_height=max_height
            )
        )
    if pixels.ndim not in (2, 3) or pixels.size == 0:
        raise PictureError(_("An array of shape {shape} is no image to shrink.").format(shape=pixels.shape))
    height, width = pixels.shape[:2]
    factor = min(1.0, max_width / width, (max_height or height) / height)
    if factor == 1.0:
        return pixels
    return area_average(pixels, max(1, round(width * factor)), max(1, round(height * factor)))


def as_picture(image: Any) -> np.ndarray:
    """Return an array as (height, width, channels).

    Parameters
    ----------
    image : array_like, (height, width) or (height, width, 1, 3 or 4)

    Returns
    -------
    ndarray, (height, width, 1, 3 or 4)

    Raises
    ------
    PictureError
        If the array has another shape or does not hold numbers.
    """
    pixels = _as_numbers(image)
    if pixels.ndim == 2:
        pixels = pixels[:, :, np.newaxis]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or pixels.size == 0:
        raise PictureError(
            _("An array of shape {shape} is no picture in grey, RGB or RGBA.").format(shape=np.shape(image))
        )
    return pixels


def to_uint8(values: np.ndarray, limits: tuple[float, float] | None = None) -> np.ndarray:
    """Return values scaled to 0…255 as described in `to_display`.

    Parameters
    ----------
    values : ndarray
        Numbers or booleans.
    limits : (float, float), optional
        As in `to_display`.

    Returns
    -------
    ndarray, uint8
        Has the same shape; NaN becomes 0. It may be `values` itself.
    """
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)  # without a copy of a large photograph
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(WHITE)
    return _levels(values, *(limits or _black_and_white(values)))


def _black_and_white(values: np.ndarray) -> tuple[float, float]:
    full = full_scale(values.dtype)
    if values.dtype == np.uint16 or values.dtype.kind == "f":
        is_finite = np.isfinite(values) if values.dtype.kind == "f" else True
        lowest = values.min(initial=full, where=is_finite)
        highest = values.max(initial=0, where=is_finite)
        if lowest >= 0 and MIN_BRIGHTNESS * full <= highest <= full:
            return 0.0, float(full)
    return percentile_limits(values)


def _levels(values: np.ndarray, vmin: float, vmax: float) -> np.ndarray:
    """Return values scaled from 0 at vmin to 255 at vmax, uint8."""
    span = vmax - vmin
    if not (np.isfinite(span) and span >= 0):
        raise PictureError(
            _("The limits of a picture must be finite and in order, not {vmin} and {vmax}.").format(
                vmin=vmin, vmax=vmax
            )
        )
    if span == 0:
        return np.where(values > vmin, np.uint8(255), np.uint8(0))
    if values.dtype == np.uint16 and values.size > 65536:
        return _levels(np.arange(65536, dtype=np.uint16), vmin, vmax)[values]
    precise = span < MIN_FLOAT32_SPAN or (values.dtype.itemsize > 2 and values.dtype != np.float32)
    levels = np.empty(values.shape, np.uint8)
    for rows in _row_blocks(values.shape):  # a photograph in floats takes 600 MB already
        scaled: np.ndarray = values[rows].astype(np.float64 if precise else np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            scaled -= vmin
            scaled *= 255 / span
        np.fmax(scaled, 0, out=scaled)  # NaN becomes 0
        np.fmin(scaled, 255, out=scaled)
        levels[rows] = np.rint(scaled, out=scaled)
    return levels


def _row_blocks(shape: tuple[int, ...]) -> Iterator[slice]:
    """Divide an image into rows of about `MAX_AT_ONCE` values."""
    step = max(1, MAX_AT_ONCE // max(1, math.prod(shape[1:])))
    for start in range(0, shape[0], step):
        yield slice(start, start + step)


def _as_numbers(image: Any) -> np.ndarray:
    array = np.asarray(image)
    if array.dtype.kind not in "buif":
        raise PictureError(_("A picture is made of real numbers, not of {dtype}.").format(dtype=array.dtype))
    return array
