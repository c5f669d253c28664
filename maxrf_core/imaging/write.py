"""Writing pictures and tables: PNG, TIFF, CSV and npy files."""

import csv
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile

from maxrf_core.atomic import changes as atomic
from maxrf_core.errors import DatastackError, PictureError
from maxrf_core.imaging.display import as_picture, to_uint8
from maxrf_core.language import _

SPREADSHEET_ROWS, SPREADSHEET_COLUMNS = 1_048_576, 16_384  # of a spreadsheet program
ENDINGS = {".png": "png", ".tif": "tiff", ".tiff": "tiff", ".npy": "npy", ".csv": "csv"}


def kinds_for(array: Any) -> list[str]:
    """Return the kinds of file in which an array can be written, the most useful first.

    Parameters
    ----------
    array : array_like

    Returns
    -------
    list of str
        "png" and "tiff" (maps and pictures), "csv" (numbers and texts in at most two dimensions that fit
        into a spreadsheet) and "npy" (all but Python objects).

    Examples
    --------
    >>> kinds_for(np.zeros((20, 30))), kinds_for(np.zeros(4096)), kinds_for(np.zeros((20, 30, 4096)))
    (['png', 'tiff', 'csv', 'npy'], ['csv', 'npy'], ['npy'])
    """
    array = np.asarray(array)
    shape, kind = array.shape, array.dtype.kind
    kinds = []
    is_picture = len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4))
    if kind in "buif" and is_picture and array.size:
        kinds += ["png", "tiff"]
    rows, columns = (*shape, 1, 1)[:2]
    if kind in "buifU" and len(shape) <= 2 and rows <= SPREADSHEET_ROWS and columns <= SPREADSHEET_COLUMNS:
        kinds.append("csv")
    return kinds if array.dtype.hasobject else [*kinds, "npy"]


def encode(array: Any, kind: str, title: str = "", tags: Sequence[Any] = ()) -> bytes:
    """Return an array as the bytes of a file.

    Parameters
    ----------
    array : array_like
    kind : "png", "tiff", "csv" or "npy"
        One of `kinds_for` the array. "npy" keeps everything, "csv" every digit. "tiff" keeps integers and
        float32; float64 becomes float32, which other programs read, and booleans 0 and 255. "png" keeps 8
        and 16 bits; anything else is scaled to 8 bits for display, as in `to_display`.
    title : str
        Description, stored in TIFF files.
    tags : sequence of tuple
        Further tags of TIFF files, as ``extratags`` of `tifffile.imwrite`.

    Returns
    -------
    bytes

    Raises
    ------
    PictureError
        If the kind does not fit the array, or the file cannot be made.

    Examples
    --------
    >>> encode(np.array([[0.1, 2], [3, 4]]), "csv")
    b'0.1,2.0\\n3.0,4.0\\n'
    """
    array = np.asarray(array)
    if kind not in kinds_for(array):
        raise PictureError(
            _(
                "An array of shape {shape} and type {dtype} cannot become {kind!r}; it can become: {listed}."
            ).format(
                shape=array.shape,
                dtype=array.dtype,
                kind=kind,
                listed=", ".join(kinds_for(array)) or "nothing",
            )
        )
    try:
        return _tiff(array, title, tags) if kind == "tiff" else _ENCODERS[kind](array)
    except (cv2.error, ValueError, OSError, MemoryError) as error:
        raise PictureError(
            _("An array of shape {shape} could not be made a {kind} file ({error}).").format(
                shape=array.shape, kind=kind, error=error
            )
        ) from error


def write_picture(
    path: str | os.PathLike[str], array: Any, title: str = "", tags: Sequence[Any] = ()
) -> None:
    """Write an array to a file whose ending determines the kind.

    Parameters
    ----------
    path : path
        Ends in .png, .tif, .tiff, .csv or .npy. It appears once complete, and replaces an existing file.
    array : array_like
    title, tags
        As in `encode`.

    Raises
    ------
    PictureError
        If the ending is unknown or does not fit the array, or the file cannot be written.
    """
    path = Path(path)
    kind = ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise PictureError(
            _("{name} should end in one of {listed}.").format(name=path.name, listed=", ".join(ENDINGS))
        )
    content = encode(array, kind, title, tags)
    try:
        with atomic.replacing(path) as unfinished:
            unfinished.write_bytes(content)
    except DatastackError as error:
        raise PictureError(str(error)) from error


def _png(array: np.ndarray) -> bytes:
    pixels = as_picture(array)
    if pixels.dtype.kind == "f" and pixels.shape[2] < 4:
        pixels = _clear_where_missing(pixels)
    if pixels.dtype not in (np.uint8, np.uint16):
        pixels = _rgba_to_uint8(pixels)
    if pixels.shape[2] == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    elif pixels.shape[2] == 4:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA)
    made, content = cv2.imencode(".png", pixels)
    if not made:
        raise ValueError("its size is not possible in PNG")
    return content.tobytes()


def _clear_where_missing(pixels: np.ndarray) -> np.ndarray:
    """Add an alpha channel that makes missing values transparent."""
    exists = np.isfinite(pixels).all(axis=2, keepdims=True)
    if exists.all():
        return pixels
    colours = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
    return np.concatenate([np.where(exists, colours, np.nan), exists.astype(pixels.dtype)], axis=2)


def _rgba_to_uint8(pixels: np.ndarray) -> np.ndarray:
    """Scale colours together, and alpha by its own full scale."""
    if pixels.shape[2] < 4:
        return to_uint8(pixels)
    opaque = np.ones((1, *pixels.shape[1:2], 1), dtype=pixels.dtype)  # so that full scale is used
    alpha = to_uint8(np.concatenate([pixels[:, :, 3:], opaque]))[:-1]
    return np.concatenate([to_uint8(pixels[:, :, :3]), alpha], axis=2)


def _tiff(array: np.ndarray, title: str = "", tags: Sequence[Any] = ()) -> bytes:
    pixels = as_picture(array)
    if pixels.dtype == np.bool_:
        pixels = to_uint8(pixels)
    elif pixels.dtype.kind == "f":
        pixels = pixels.astype(np.float32)
    colored = pixels.shape[2] > 1
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        pixels if colored else pixels[:, :, 0],
        photometric="rgb" if colored else "minisblack",
        extrasamples=["unassalpha"] if pixels.shape[2] == 4 else None,
        compression="zlib",
        description=title.replace("\0", "").encode(errors="replace") if title else None,
        metadata=None,
        extratags=tags,
    )
    return file.getvalue()


def _csv(array: np.ndarray) -> bytes:
    text = io.StringIO()
    rows = array if array.ndim == 2 else array.reshape(-1, 1)
    csv.writer(text, lineterminator="\n").writerows(rows.tolist())
    return text.getvalue().encode()


def _npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


_ENCODERS: dict[str, Callable[[np.ndarray], bytes]] = {"png": _png, "tiff": _tiff, "csv": _csv, "npy": _npy}
