"""Map of the expected error of a registered photograph: a small grid that is stored with its points."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core.transform.coordinates import image_extent

GRID = 13  # values along the map's longer side
MIN_GRID = 5  # along the shorter one
DECIMALS = 3  # of a stored value, map pixels
MAX_SIDE = 256  # values along a side of a map that is read


@dataclass(frozen=True, eq=False)
class ErrorMap:
    """Expected error of a registered photograph all over the map.

    Parameters
    ----------
    values : ndarray, (rows, columns), float64
        Root mean square in map pixels, at places spread evenly from one outer edge of the map to the other.
    map_shape : (height, width)
        Of the map, in pixels.
    """

    values: np.ndarray
    map_shape: tuple[int, int]

    @classmethod
    def of(
        cls, error: Callable[[np.ndarray], np.ndarray], map_shape: tuple[int, int], least: float = 0.0
    ) -> "ErrorMap":
        """Return the map of an error that is a function of places, (n, 2) to (n,), `least` at least."""
        longest = max(map_shape)
        rows, columns = (max(MIN_GRID, round(GRID * side / longest)) for side in map_shape)
        left, right, bottom, top = image_extent(*map_shape)
        x, y = np.meshgrid(np.linspace(left, right, columns), np.linspace(top, bottom, rows))
        values = error(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(rows, columns)
        return cls(np.maximum(values, least), map_shape)

    @classmethod
    def read(cls, record: Any) -> "ErrorMap | None":
        """Return the map that a record holds, see `record`; None if it holds none, or not a sound one.

        Examples
        --------
        >>> kept = ErrorMap(np.array([[0.1, 0.2], [0.1, 0.4]]), (20, 30)).record()
        >>> kept
        {'rms_px': [[0.1, 0.2], [0.1, 0.4]], 'map_shape': [20, 30]}
        >>> ErrorMap.read(kept).at((29.5, 19.5))
        0.4
        >>> ErrorMap.read({"rms_px": "none"}) is None
        True
        """
        if not isinstance(record, Mapping):
            return None
        try:
            values = np.asarray(record.get("rms_px"), dtype=np.float64)
            height, width = (int(side) for side in record.get("map_shape", ()))
        except (TypeError, ValueError):
            return None
        sound = values.ndim == 2 and min(values.shape) >= 2 and max(values.shape) <= MAX_SIDE
        if not sound or min(height, width) < 1 or not np.isfinite(values).all() or (values < 0).any():
            return None
        return cls(values, (height, width))

    def record(self) -> dict[str, Any]:
        """Return the map as JSON values."""
        return {"rms_px": np.round(self.values, DECIMALS).tolist(), "map_shape": list(self.map_shape)}

    @property
    def rms(self) -> float:
        """Root mean square over the map, in map pixels."""
        return float(np.sqrt(np.mean(self.values**2)))

    def at(self, place: tuple[float, float]) -> float:
        """Return the error at a place x, y of the map, interpolated; outside of the map, that of its edge."""
        (rows, columns), (height, width) = self.values.shape, self.map_shape
        x = np.clip((place[0] + 0.5) / width, 0, 1) * (columns - 1)
        y = np.clip((place[1] + 0.5) / height, 0, 1) * (rows - 1)
        left, top = min(int(x), columns - 2), min(int(y), rows - 2)
        (a, b), (c, d) = self.values[top : top + 2, left : left + 2]
        x, y = x - left, y - top
        return float((a * (1 - x) + b * x) * (1 - y) + (c * (1 - x) + d * x) * y)

    def picture(self) -> np.ndarray:
        """Return the error at each pixel of the map: (height, width) float32."""
        (rows, columns), (height, width) = self.values.shape, self.map_shape
        x, y = ((np.arange(n) + 0.5) / n * (count - 1) for n, count in ((width, columns), (height, rows)))
        across, down = (each.astype(np.float32) for each in np.meshgrid(x, y))
        return cv2.remap(
            self.values.astype(np.float32), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
