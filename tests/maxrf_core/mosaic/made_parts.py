"""Small files of element maps: parts of one painting whose counts, places and doses are known."""

import tempfile
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np

from maxrf_core.datastack.hdf5_store import create_array, new_file
from maxrf_core.demo.parts import DemoPart
from maxrf_core.registration.register import register
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography

WHOLE = (150, 170)
# Enlarged, turned by about 3 degrees, and seen at a small angle
TO_PHOTO = Homography(np.array([[2.8, -0.15, 40], [0.15, 2.8, 15], [1e-5, -2e-5, 1]]))
LEFT = DemoPart(3.0, 4.0, 0.0, 140, 112, seed=1)
RIGHT = DemoPart(70.3, 6.6, -1.2, 135, 92, dose=1.5, seed=2)
NAMES = ("Fe-K", "Pb-L", "Ca-K")


@cache
def truth() -> dict[str, np.ndarray]:
    """Return the mean counts of the whole painting, element by element."""
    rng = np.random.default_rng(5)
    maps = {}
    for name in NAMES:
        drawn = np.full(WHOLE, 12, np.float32)
        for _stroke in range(70):
            x, y = rng.uniform(0, WHOLE[1]), rng.uniform(0, WHOLE[0])
            ends = (int(x), int(y)), (int(x + rng.normal(0, 25)), int(y + rng.normal(0, 25)))
            cv2.line(drawn, *ends, float(rng.uniform(60, 220)), int(rng.integers(1, 5)))
        maps[name] = cv2.GaussianBlur(drawn, (0, 0), 0.9)
    return maps


def make_part(path: Path, part: DemoPart, **options: object) -> Path:
    """Write the maps of one part, see `_written`; equal ones are made once."""
    path.write_bytes(_written(part, **options))
    return path


@lru_cache(20)
def _written(
    part: DemoPart,
    *,
    names: tuple[str, ...] = NAMES,
    off: tuple[float, float] = (0, 0),
    sha256: str | None = "a" * 64,
    shape: tuple[int, int] = (480, 540),
    pixel_size: float | None = 0.5,
    errors: bool = True,
    missing: tuple[int, int] = (0, 0),
) -> bytes:
    """Return a file of maps; its registration is `off` map pixels from the truth, and rows are missing."""
    rng = np.random.default_rng(part.seed)
    counts = [rng.poisson(part.take(truth().get(name, truth()[NAMES[-1]]))) for name in names]
    maps = np.array(counts, np.float32)
    maps[:, slice(*missing)] = np.nan
    on_map = corners_of((part.height, part.width))
    places = TO_PHOTO.apply(part.to_whole.apply(on_map))
    photo, size = np.zeros(shape, np.uint8), (part.height, part.width)
    made = register(photo, size, places, on_map + off, photo_name="p.png", photo_sha256=sha256)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.datastack"
        with new_file(path) as file:
            create_array(file, "maps", maps, {"names": list(names)})
            if errors:
                create_array(file, "maps_sigma", np.sqrt(np.maximum(maps, 1)), {"names": list(names)})
            if pixel_size is not None:
                file.attrs["pixel_size_mm"] = [pixel_size] * 2
            for name, array in made.arrays.items():
                create_array(file, name, array, made.attributes[name])
        return path.read_bytes()


def make_both(folder: Path, **right: object) -> list[Path]:
    """Write both parts; the options are those of the right one."""
    return [
        make_part(folder / "left.datastack", LEFT),
        make_part(folder / "right.datastack", RIGHT, **right),
    ]
