"""Small scans with registered photographs whose transforms are known."""

import hashlib
from pathlib import Path

import numpy as np

from maxrf_core import DataStack, convert
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import register
from maxrf_core.transform.homography import Homography

MAP = (40, 50)
PLACES = np.array([[4.0, 3], [45, 5], [44, 36], [5, 34], [25, 20], [24, 4]])

# From the map to photographs of 150 × 120 and 240 × 200 pixels
VISIBLE = Homography([[2.6, 0.2, 8.0], [-0.15, 2.5, 12.0], [1e-4, -2e-4, 1]])
INFRARED = Homography([[4.1, -0.3, 16.0], [0.25, 4.2, 10.0], [0, 3e-4, 1]])
PICTURES = {"imvis": (VISIBLE, (120, 150)), "imir": (INFRARED, (200, 240)), "imuv": (VISIBLE, (120, 150))}


def sha_of(file_name: str) -> str:
    return hashlib.sha256(file_name.encode()).hexdigest()


def scan(folder: Path, name: str = "scan", shape: tuple[int, int] = MAP) -> DataStack:
    return DataStack(convert(ArrayScan(np.ones((*shape, 8), np.uint8)), folder / f"{name}.datastack"))


def add_picture(
    ds: DataStack,
    name: str,
    *,
    file: str | None = None,
    model: str = "homography",
    on_map=PLACES,
    moved=0.0,
    shift=(0, 0),
) -> str:
    """Register one of `PICTURES` on a scan and return the name of the registered picture.

    Its points are moved in the photograph by `moved`; the scan's map begins at pixel `shift` of that whose
    transform is known.
    """
    to_photo, shape = PICTURES[name]
    file = file or f"{name}.tif"
    y, x = np.mgrid[: shape[0], : shape[1]]
    photo = (x + y).astype(np.uint16)
    src = to_photo.apply(on_map + np.array(shift)) + moved
    made = register(
        photo, ds.shape[:2], src, on_map, name, model=model, photo_name=file, photo_sha256=sha_of(file)
    )
    return ds.append(made.arrays, made.attributes)[f"{name}_reg_highres"]
