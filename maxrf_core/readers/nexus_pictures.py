"""Pictures inside NeXus files: of a camera or an overview, with the place of the scan if both have axes."""

from typing import Any

import h5py
import numpy as np

from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.datastack.other_hdf5 import datasets_of
from maxrf_core.imaging.limits import MAX_PIXELS
from maxrf_core.readers.axes import MM
from maxrf_core.readers.hdf5_layouts import Layout, path_of, text_of
from maxrf_core.readers.nexus_axes import axes_of
from maxrf_core.transform.scan_picture import ScanPicture

MAX_PICTURES, MAX_BYTES = 20, 150_000_000  # of one file, of all together: a conversion holds them
MIN_SIDE = 16  # pixels; less is a table
MAX_TITLE = 80  # letters
COLOURS = (3, 4)
UNEVEN = 0.02  # of a step, by which places of an axis may differ from even ones


def pictures_in_nexus(file: h5py.File, layout: Layout) -> tuple[ScanPicture, ...]:
    """Return the pictures of a NeXus file.

    A picture is an array of bytes or 16-bit numbers, (rows, columns) or (rows, columns, 3 or 4), that the
    file marks as one: by the attribute ``interpretation`` (``rgb-image``, ``rgba-image``, or ``image`` for
    bytes), or by ``CLASS`` = ``IMAGE`` of HDF5's image specification. Maps of counts are none.

    Parameters
    ----------
    file : h5py.File
    layout : Layout
        Of the cube that is read.

    Returns
    -------
    tuple of ScanPicture
        With corners if rows and columns of the cube and of the picture have even axes with units of length.
    """
    cube = own_dataset(file, layout.datasets[0], LinkSteps(""))
    scan = None if cube is None else _places(cube, layout.axes.index("x"), layout.axes.index("y"))
    found, left = list[ScanPicture](), MAX_BYTES
    for dataset in datasets_of(file):
        if len(found) < MAX_PICTURES and is_picture(dataset) and dataset.nbytes <= left:
            left -= dataset.nbytes
            pixels = np.asarray(dataset[()])
            corners = _corners(scan, _places(dataset, 1, 0))
            title = text_of(dataset.attrs, "long_name") or path_of(dataset)
            printable = "".join(filter(str.isprintable, title))[:MAX_TITLE]
            pixels = pixels.astype(pixels.dtype.newbyteorder("="))
            found.append(ScanPicture(printable, pixels[..., :3] if pixels.ndim == 3 else pixels, corners))
    return tuple(found)


def is_picture(dataset: h5py.Dataset) -> bool:
    """Return True if a dataset is marked as a picture."""
    shape, dtype = dataset.shape, dataset.dtype
    if shape is None or dtype.kind != "u" or dtype.itemsize > 2 or len(shape) not in (2, 3):
        return False
    if min(shape[:2]) < MIN_SIDE or shape[0] * shape[1] > MAX_PIXELS:
        return False
    told = text_of(dataset.attrs, "interpretation") or text_of(dataset.parent.attrs, "interpretation")
    is_image = text_of(dataset.attrs, "CLASS") == "IMAGE"
    if len(shape) == 3:
        return shape[2] in COLOURS and (is_image or told in ("rgb-image", "rgba-image"))
    return is_image or (told == "image" and dtype.itemsize == 1)


def _places(dataset: h5py.Dataset, across: int, down: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the places of columns and rows in mm; None if they are not even, or have no unit of length."""
    axes = axes_of(dataset.parent, dataset)
    found = [_in_mm(axes[place]) for place in (across, down)]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _in_mm(axis: Any) -> np.ndarray | None:
    factor = None if axis is None else MM.get(text_of(axis.attrs, "units").strip().lower())
    if factor is None or axis.shape[0] < 2:
        return None
    places = np.asarray(axis[()], np.float64) * factor
    steps = np.diff(places)
    if not np.isfinite(places).all() or not steps[0] or np.abs(steps / steps.mean() - 1).max() > UNEVEN:
        return None
    return places


def _corners(
    scan: tuple[np.ndarray, np.ndarray] | None, picture: tuple[np.ndarray, np.ndarray] | None
) -> np.ndarray | None:
    """Return where the corners of the scan lie in the picture; None if beside it, or not known."""
    if scan is None or picture is None:
        return None
    ends = []
    for places, own in zip(scan, picture, strict=True):
        step = (own[-1] - own[0]) / (len(own) - 1)
        first, last = (places[[0, -1]] - own[0]) / step
        if min(first, last) < -0.5 or max(first, last) > len(own) - 0.5:
            return None
        ends.append((first, last))
    (left, right), (top, bottom) = ends
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
