"""Resampling of images of any dtype and number of channels with OpenCV.

OpenCV 5 resamples uint8, uint16 and float32 of one, three or four channels correctly. It rounds positions
to 1/32 pixel for float64 and other numbers of channels, wraps or refuses most other dtypes, returns garbage
above 128 channels, and lets one NaN spread to its neighbours. So all other images are scaled to float32 over
their own range, and resampled a few channels at a time, with missing values masked.
"""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

import cv2
import numpy as np

from maxrf_core.errors import PictureError
from maxrf_core.language import _

Operation = Callable[[np.ndarray], np.ndarray]

NATIVE = (np.uint8, np.uint16, np.float32)  # dtypes that OpenCV resamples without loss
EXACT = (np.bool_, np.int8, np.int16, np.float16, np.float32)  # dtypes that float32 holds without loss
CHANNELS_AT_A_TIME = 4


def resample(image: np.ndarray, operation: Operation) -> np.ndarray:
    """Apply an interpolating or averaging operation to an image of any dtype.

    Parameters
    ----------
    image : ndarray, (height, width) or (height, width, channels)
        Any real numbers or booleans. NaN and infinite values count as missing.
    operation : callable
        Takes (height, width) or (height, width, 1, 3 or 4) of uint8, uint16 or float32, and returns the same
        in another size. It must be linear in the values, and keep constant images constant.

    Returns
    -------
    ndarray
        Has the same dtype and number of channels. Integers are rounded and never wrapped; a boolean is true
        from one half on; float64 and integers above 16 bits are exact to 1e-7 of the image's range. Pixels
        of which more than half the weight is missing are NaN, others are computed from the values present.

    Raises
    ------
    PictureError
        If the array is not an image, or OpenCV refuses its size.
    """
    image = np.asarray(image)
    check_image(image)
    try:
        if image.dtype in NATIVE and (image.dtype != np.float32 or np.isfinite(image).all()):
            return _through(_as_opencv_reads(image), operation)
        if image.dtype in EXACT:
            values, lo, span = image.astype(np.float32), 0.0, 1.0
        else:
            lo, span = _range(image)
            values = ((image.astype(np.float64) - lo) / span).astype(np.float32)
        return _restored(_without_missing(values, operation), image.dtype, lo, span)
    except (cv2.error, MemoryError) as error:
        message = f"An image of {_size(image)} pixels is too large to be resampled here; give a smaller one."
        raise PictureError(message) from error


def area_average(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """Reduce an image; each new pixel is the mean of the area that it covers.

    Parameters
    ----------
    image : ndarray, (height, width) or (height, width, channels)
    width, height : int
        The new size, at most the old one.

    Returns
    -------
    ndarray
        Has the same dtype.

    Raises
    ------
    PictureError
        As in `resample`.

    Examples
    --------
    >>> area_average(np.array([[0, 10], [20, 30]], dtype=np.uint8), 1, 1)
    array([[15]], dtype=uint8)
    """
    return resample(image, lambda part: cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA))


def block_averages(pixels: np.ndarray, block: int) -> np.ndarray:
    """Average square blocks of pixels; the last ones are filled up with the pixels at the edge.

    Parameters
    ----------
    pixels : ndarray, (height, width) or (height, width, channels)
    block : int
        Pixels to a side.

    Returns
    -------
    ndarray
        Of the same dtype, ceil(height / block) by ceil(width / block).

    Examples
    --------
    >>> block_averages(np.array([[1, 3, 5], [1, 3, 7]], np.uint8), 2)
    array([[2, 6]], dtype=uint8)
    """
    if block == 1:
        return pixels
    height, width = pixels.shape[:2]
    beyond = [(0, -height % block), (0, -width % block), (0, 0)][: pixels.ndim]
    padded = np.pad(pixels, beyond, mode="edge")
    return area_average(padded, padded.shape[1] // block, padded.shape[0] // block)


def full_scale(dtype: np.dtype) -> int:
    """Return the value of white, or of opaque, in images of a dtype.

    Parameters
    ----------
    dtype : numpy dtype
        Real numbers or booleans.

    Returns
    -------
    int

    Examples
    --------
    >>> full_scale(np.dtype("uint16")), full_scale(np.dtype("float64")), full_scale(np.dtype("bool"))
    (65535, 1, 1)
    """
    return int(np.iinfo(dtype).max) if dtype.kind in "iu" else 1


def check_image(image: np.ndarray) -> None:
    """Check that an array is an image of real numbers or booleans.

    Parameters
    ----------
    image : ndarray

    Raises
    ------
    PictureError
        If it has no area, is not (height, width) or (height, width, channels), or does not hold real numbers.
    """
    if image.ndim not in (2, 3) or image.size == 0:
        raise PictureError(
            _("An image has rows, columns and perhaps channels, not the shape {shape}.").format(
                shape=image.shape
            )
        )
    if image.dtype.kind not in "buif":
        raise PictureError(_("An image is made of real numbers, not of {dtype}.").format(dtype=image.dtype))


def _size(image: np.ndarray) -> str:
    return "×".join(str(length) for length in (image.shape[1], image.shape[0], *image.shape[2:]))


def _range(image: np.ndarray) -> tuple[float, float]:
    """Return the smallest finite value and the span of the finite values, 1 if they are all equal."""
    if image.dtype.kind == "f":
        finite = image[np.isfinite(image)]
        if finite.size == 0:
            return 0.0, 1.0
        lo, hi = float(finite.min()), float(finite.max())
    else:
        lo, hi = float(image.min()), float(image.max())
    if not np.isfinite(hi - lo):
        raise PictureError(
            _("The values of an image lie too far apart, from {lo:g} to {hi:g}.").format(lo=lo, hi=hi)
        )
    return lo, (hi - lo) or 1.0


def _without_missing(values: np.ndarray, operation: Operation) -> np.ndarray:
    """Resample float32; missing values have no weight."""
    exists = np.isfinite(values)
    if exists.all():
        return _through(values, operation)
    total = _through(np.where(exists, values, np.float32(0)), operation)
    weight = _through(exists.astype(np.float32), operation)
    return np.where(weight >= 0.5, total / np.maximum(weight, 0.5), np.float32(np.nan))


def _restored(values: np.ndarray, dtype: np.dtype, lo: float, span: float) -> np.ndarray:
    """Return resampled float32 values in the image's own dtype and range."""
    if dtype.kind == "b":
        return values >= 0.5
    if dtype == np.float32:
        return values
    restored = values * np.float64(span) + lo
    if dtype.kind == "f":
        return restored.astype(dtype)
    limits = np.iinfo(dtype)
    top = float(limits.max)
    if int(top) > limits.max:  # 2**63 is a float64, 2**63 - 1 is not
        top = np.nextafter(top, 0)
    return np.clip(np.rint(restored), float(limits.min), top).astype(dtype)


def _as_opencv_reads(image: np.ndarray) -> np.ndarray:
    """Return an image, or a copy unless its pixels lie side by side in each row; a part of one needs none."""
    pixel = image.itemsize * math.prod(image.shape[2:])
    is_readable = image.strides[-1] == image.itemsize and image.strides[1] == pixel
    if is_readable and image.strides[0] >= pixel * image.shape[1]:
        return image
    return np.ascontiguousarray(image)


def _through(image: np.ndarray, operation: Operation) -> np.ndarray:
    """Apply the operation to a few channels at a time."""
    if image.ndim == 2:
        return operation(image)
    parts = [_with_channels(operation(slab), slab.shape[2]) for slab in _slabs(image)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)


def _slabs(image: np.ndarray) -> Iterator[np.ndarray]:
    channels = image.shape[2]
    paired = (
        channels if channels % CHANNELS_AT_A_TIME != 2 else channels - 2
    )  # two channels are passed one by one
    starts = [*range(0, paired, CHANNELS_AT_A_TIME), *range(paired, channels), channels]
    for first, end in pairwise(starts):
        yield _as_opencv_reads(image[:, :, first:end])


def _with_channels(image: np.ndarray, channels: int) -> np.ndarray:
    """Restore the axis that OpenCV drops from an image of one channel."""
    return image.reshape(*image.shape[:2], channels)
