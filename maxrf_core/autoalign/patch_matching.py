"""Matching of patches of the map in the photograph."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import cv2
import numpy as np

from maxrf_core.autoalign.pyramid import Level
from maxrf_core.transform.models import Transform

MAX_PATCHES = 700  # more cost time and hardly gain precision
MIN_SIZE = 12  # pixels along a patch
MIN_MEASURED = 0.5  # of a patch, by the maps
MIN_CURVATURE = 1e-3  # of a correlation peak, per pixel²: below it the position is unknown in that direction


@dataclass(frozen=True, eq=False)
class Matches:
    """Patches of the map and their best positions in the photograph.

    Parameters
    ----------
    on_map, on_photo : ndarray, (n, 2), float64
        Centre of each patch, and the most similar position in the photograph; x, y in pixels.
    correlation : ndarray, (n,), float64
        Normalised cross-correlation of the edges there, −1 to 1.
    distinction : ndarray, (n,), float64
        Excess of that over the mean correlation at all tried positions, in standard deviations.
    stiffness : ndarray, (n, 2, 2), float64
        Curvature of the peak, per map pixel²: the precision of the position in each direction. It is small
        along a straight line.
    inside : ndarray, (n,), bool
        Whether the peak lies inside the searched area, not at its border.
    pixel : float
        Size of the compared pixels, in map pixels.
    """

    on_map: np.ndarray
    on_photo: np.ndarray
    correlation: np.ndarray
    distinction: np.ndarray
    stiffness: np.ndarray
    inside: np.ndarray
    pixel: float

    def __len__(self) -> int:
        return len(self.on_map)

    def __getitem__(self, which: np.ndarray) -> "Matches":
        return replace(self, **{name: values[which] for name, values in self._of_patches().items()})

    @classmethod
    def joined(cls, parts: Sequence["Matches"]) -> "Matches":
        """Return the patches of several together; their compared pixels are of one size."""
        each = [part._of_patches() for part in parts]
        together: dict[str, Any] = {name: np.concatenate([one[name] for one in each]) for name in each[0]}
        return replace(parts[0], **together)

    def _of_patches(self) -> dict[str, Any]:
        """Return the fields that hold a value for each patch, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def match(
    level: Level, transform: Transform, reach: int, *, size: int, overlap: float, blur: float
) -> Matches:
    """Find patches of the map in the photograph warped onto it.

    Parameters
    ----------
    level : Level
        The pictures at the scale of the comparison.
    transform : Homography or InverseThinPlateSpline
        Current estimate, from photograph to map.
    reach : int
        Search distance, in pixels of the level.
    size : int
        Side of a patch, in pixels of the level; at most a third of the map.
    overlap : float
        Size of a patch over the distance to the next; smaller if there would be too many patches.
    blur : float
        Smoothing of the edges, see `edges`.

    Returns
    -------
    Matches
        Of all patches whose centre the photograph covers and most of which the maps show.
    """
    height, width = level.shape
    size = max(MIN_SIZE, min(size, height // 3, width // 3))
    step = max(size / overlap, np.sqrt(height * width / MAX_PATCHES))
    border = min(round(3 * blur), (min(height, width) - size) // 2)  # edges there depend on padding
    rows, columns = _starts(height, size, step, border), _starts(width, size, step, border)
    template, picture = level.map_edges(blur), level.photo_edges(transform, reach, blur)
    covered = picture[1]
    half = size // 2
    corners = [
        (y, x)
        for y in rows
        for x in columns
        if covered[y + half + reach, x + half + reach]
        and level.measured[y : y + size, x : x + size].mean() >= MIN_MEASURED
    ]
    if not corners:
        return _nothing(level)
    surfaces = np.stack([_surface(template, picture[0], y, x, size, reach) for y, x in corners])
    surfaces = np.clip(np.nan_to_num(surfaces, nan=0, posinf=0, neginf=0), -1, 1)  # of patches without edges
    top_left = np.array(corners, dtype=np.float64)[:, ::-1]
    centres = top_left + (size - 1) / 2
    shift, correlation, distinction, stiffness, inside = _peaks(surfaces, reach)
    to_map = level.from_map.inverse()
    pixel = to_map.scale_at([0, 0])
    on_map = to_map.apply(centres)
    on_photo = transform.inverse().apply(to_map.apply(centres + shift))
    return Matches(on_map, on_photo, correlation, distinction, stiffness / pixel**2, inside, pixel)


def _nothing(level: Level) -> Matches:
    none, pairs = np.empty(0), np.empty((0, 2))
    return Matches(pairs, pairs, none, none, np.empty((0, 2, 2)), none.astype(bool), float(level.factor))


def _starts(length: int, size: int, step: float, border: int) -> list[int]:
    """Return the first pixels of patches spread evenly over an axis."""
    last = length - size - border
    count = max(1, round((last - border) / step) + 1)
    return np.linspace(border, last, count).round().astype(int).tolist()


def _surface(template: np.ndarray, picture: np.ndarray, y: int, x: int, size: int, reach: int) -> np.ndarray:
    """Correlate a patch with the picture at all shifts: (2 reach + 1, 2 reach + 1) float32."""
    patch = template[y : y + size, x : x + size]
    around = picture[y : y + size + 2 * reach, x : x + size + 2 * reach]
    return cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)


def _peaks(
    surfaces: np.ndarray, reach: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Locate the maximum of each surface to a fraction of a pixel, by a parabola through 3×3 values."""
    count, side = len(surfaces), 2 * reach + 1
    flat = surfaces.reshape(count, -1).astype(np.float64)
    highest = flat.argmax(axis=1)
    correlation = flat[np.arange(count), highest]
    distinction = (correlation - flat.mean(axis=1)) / (flat.std(axis=1) + 1e-9)
    y, x = np.divmod(highest, side)
    inside = (y > 0) & (y < side - 1) & (x > 0) & (x < side - 1)
    y, x = np.clip(y, 1, side - 2), np.clip(x, 1, side - 2)
    offset = np.arange(-1, 2)
    around = surfaces[np.arange(count)[:, None, None], (y[:, None] + offset)[:, :, None],
                      (x[:, None] + offset)[:, None, :]].astype(np.float64)  # fmt: skip
    slope, stiffness = _parabola(around)
    shift = np.einsum("nij,nj->ni", np.linalg.inv(stiffness), slope)
    shift = np.clip(shift, -1, 1) + np.stack([x - reach, y - reach], axis=1)
    return shift, correlation, distinction, stiffness, inside


def _parabola(around: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit parabolas to (n, 3, 3) values: slope (n, 2) in x, y and negated curvature (n, 2, 2), positive."""
    columns, rows = around.sum(axis=1), around.sum(axis=2)
    slope = np.stack([columns[:, 2] - columns[:, 0], rows[:, 2] - rows[:, 0]], axis=1) / 6
    xx = (columns[:, 0] - 2 * columns[:, 1] + columns[:, 2]) / 3
    yy = (rows[:, 0] - 2 * rows[:, 1] + rows[:, 2]) / 3
    xy = (around[:, 2, 2] - around[:, 2, 0] - around[:, 0, 2] + around[:, 0, 0]) / 4
    curvature = -np.stack([np.stack([xx, xy], axis=1), np.stack([xy, yy], axis=1)], axis=1)
    values, vectors = np.linalg.eigh(curvature)
    return slope, np.einsum("nij,nj,nkj->nik", vectors, np.maximum(values, MIN_CURVATURE), vectors)
