"""Layers of the demo's drawing, from which the map and the photograph are rendered.

Everything is drawn as vectors in sheet units (280 wide, 300 high, as pixels of the default map), so it can be
rendered at any resolution.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

SHEET_WIDTH, SHEET_HEIGHT = 280, 300  # drawing units
MARGIN = 8  # units of the mount outside the scan
FINE = 6  # pixels of the fine rendering per map pixel
SUBPIXEL_BITS = 6  # cv2 draws on a grid of 1/64 pixel

# Small ink crosses for the registration, clockwise from top left: near the corners, and between them.
CORNER_MARKS = ((25.3, 26.6), (254.4, 24.7), (252.8, 274.9), (26.7, 276.2))
CHECK_MARKS = ((139.6, 23.8), (256.2, 150.4), (141.3, 277.3), (23.6, 148.7))

LAYERS = ("paper", "ink", "wash", "azurite", "vermilion", "white", "orpiment", "speckles", "inside")


@dataclass(eq=False)
class Scene:
    """A drawing in finely rendered layers: the coverage of each material, 0 to 255.

    Parameters
    ----------
    height, width : int
        Of the map, in pixels.
    seed : int
        Of the random variation of the strokes and the positions of the speckles.
    """

    height: int
    width: int
    seed: int
    layers: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng([self.seed, 1])
        self.stretch = np.array([self.width / SHEET_WIDTH, self.height / SHEET_HEIGHT])
        rows, columns = (FINE * (size + 2 * MARGIN) for size in (self.height, self.width))
        self.layers = {name: np.zeros((rows, columns), np.uint8) for name in LAYERS}

    def map_points(self, points: np.ndarray) -> np.ndarray:
        """Convert drawing units to map pixels with centres at integers: (n, 2) float64."""
        return np.asarray(points, dtype=np.float64) * self.stretch - 0.5

    def coverage(self, name: str) -> np.ndarray:
        """Return a layer averaged over each map pixel: (height, width) float32, 0 to 1."""
        inner = self.layers[name][FINE * MARGIN : -FINE * MARGIN, FINE * MARGIN : -FINE * MARGIN]
        small = cv2.resize(inner.astype(np.float32), (self.width, self.height), interpolation=cv2.INTER_AREA)
        return np.asarray(small / 255, dtype=np.float32)

    def fill(self, name: str, points: np.ndarray, strength: float = 1.0) -> None:
        """Fill a polygon, given in drawing units, on one layer."""
        fine = (self.map_points(points) + MARGIN + 0.5) * FINE - 0.5
        grid = np.rint(fine * 2**SUBPIXEL_BITS).astype(np.int32)
        cv2.fillPoly(self.layers[name], [grid], round(255 * strength), cv2.LINE_AA, SUBPIXEL_BITS)

    def stroke(
        self,
        points: object,
        width: float = 0.9,
        strength: float = 1.0,
        name: str = "ink",
        wobble: float = 0.25,
    ) -> None:
        """Draw a pen stroke through points, with varying width, thin ends and random variation."""
        line = curve(np.asarray(points, dtype=np.float64))
        count = len(line)
        line = line + wobble * slow_noise(self.rng, count, 2)
        along = np.gradient(line, axis=0)
        across = along[:, ::-1] * (-1, 1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
        pressure = 0.35 + 0.65 * np.sin(np.pi * np.linspace(0.03, 0.97, count)) ** 0.5
        half = 0.5 * width * pressure * (1 + 0.15 * slow_noise(self.rng, count, 1)[:, 0])
        outline = np.concatenate([line + across * half[:, None], (line - across * half[:, None])[::-1]])
        self.fill(name, outline, strength)

    def hatch(
        self, corners: object, spacing: float, angle: float, width: float = 0.6, name: str = "ink"
    ) -> None:
        """Shade a polygon with parallel strokes at an angle in degrees."""
        polygon = np.asarray(corners, dtype=np.float64)
        direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
        normal = direction[::-1] * (-1, 1)
        depths = polygon @ normal
        for depth in np.arange(depths.min() + spacing / 2, depths.max(), spacing):
            ends = sorted(_crossings(polygon, normal, depth + self.rng.normal(0, 0.12 * spacing)) @ direction)
            if len(ends) >= 2 and ends[-1] - ends[0] > 0.8:
                start, end = (value + self.rng.normal(0, 0.4) for value in (ends[0], ends[-1]))
                steps = np.linspace(start, end, 4)[:, None]
                self.stroke(steps * direction + depth * normal, width * self.rng.uniform(0.7, 1.2))


def curve(points: np.ndarray) -> np.ndarray:
    """Interpolate points by a smooth line (Catmull-Rom) with a step of about one unit."""
    if len(points) < 3:
        count = max(4, int(np.hypot(*(points[-1] - points[0]))))
        return points[0] + np.linspace(0, 1, count)[:, None] * (points[-1] - points[0])
    before = np.vstack([2 * points[0] - points[1], points[:-1]])[: len(points) - 1]
    after = np.vstack([points[2:], 2 * points[-1] - points[-2]])
    pieces = []
    for p0, p1, p2, p3 in zip(before, points[:-1], points[1:], after, strict=True):
        t = np.linspace(0, 1, max(3, int(np.hypot(*(p2 - p1)))), endpoint=False)[:, None]
        curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        pieces.append(0.5 * (curve + (3 * p1 - p0 - 3 * p2 + p3) * t**3))
    return np.concatenate([*pieces, points[-1:]])


def slow_noise(rng: np.random.Generator, count: int, columns: int) -> np.ndarray:
    """Return noise of standard deviation 1, correlated over about eight steps: (count, columns) float64."""
    knots = max(3, count // 8)
    values = rng.normal(size=(knots, columns))
    places = np.linspace(0, knots - 1, count)
    return np.stack([np.interp(places, np.arange(knots), column) for column in values.T], axis=1)


def _crossings(polygon: np.ndarray, normal: np.ndarray, depth: float) -> np.ndarray:
    """Return the points where the line at a depth along a normal crosses the polygon's edges: (n, 2)."""
    ahead = np.roll(polygon, -1, axis=0)
    a, b = polygon @ normal - depth, ahead @ normal - depth
    cut = (a < 0) != (b < 0)
    share = a[cut] / (a[cut] - b[cut])
    return polygon[cut] + share[:, None] * (ahead[cut] - polygon[cut])
