"""Scenes of warped panels: the photograph lies on the maps bent by a few pixels, as is known; flat ones too.

The photograph of a flat scene is bent, since it has the more pixels: what a panel's curvature does to it, or
a scanner whose rows drift. No homography is its truth.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from benchmarks.scenes import DATA, Maker, Scene, demo, drawing, painting, real_iron
from maxrf_core.autoalign.robust_fit import landmarks_of
from maxrf_core.transform.homography import Homography, homography

ITERATIONS = 30  # of the inverse, each of which leaves a fifth of the error or less
BEND = (1.3, 2.9)  # map pixels that the best homography leaves, root mean square
MAX_BEND = 5.0  # map pixels that it leaves anywhere

# Displacement on the map at places given from -1 to 1 along its longer side; (n, 2) to (n, 2)
Field = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Bent:
    """A homography from photograph to map, after which places of the map are displaced smoothly.

    Parameters
    ----------
    flat : Homography
        From photograph to map.
    bend : callable
        Displacement of places on the map, (n, 2) to (n, 2), in map pixels.
    """

    flat: Homography
    bend: Field

    def __matmul__(self, other: Homography) -> "Bent":
        return replace(self, flat=self.flat @ other)

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Transform points of the photograph to the map, (n, 2)."""
        place = self.flat.apply(points)
        return place + self.bend(place)

    def inverse(self) -> "Unbent":
        """Return the inverse."""
        return Unbent(self)


@dataclass(frozen=True, eq=False)
class Unbent:
    """The inverse of a bent transform, by iteration."""

    forth: Bent

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Transform points of the map to the photograph, (n, 2)."""
        place = points = np.asarray(points, dtype=np.float64)
        for _ in range(ITERATIONS):
            place = points - self.forth.bend(place)
        return self.forth.flat.inverse().apply(place)

    def inverse(self) -> Bent:
        """Return the bent transform."""
        return self.forth


def bent_scenes() -> dict[str, Maker]:
    """Return, by name, the makers of scenes with warped panels, and of the same ones flat."""
    bases: dict[str, Maker] = {"demo: Fe": lambda seed: demo(seed, "Fe")}
    if DATA.exists():
        bases |= {"made: drawing": drawing, "made: painting": painting, "real: Fe, 333 × 354": real_iron}
    scenes: dict[str, Maker] = {}
    for base, make in bases.items():
        scenes[f"flat, {base}"] = make
        for kind, field in BENDS.items():
            scenes[f"{kind}, {base}"] = lambda seed, make=make, field=field: bent(make(seed), field, seed)
    return scenes


def bent(scene: Scene, field: Callable[[np.random.Generator], Field], seed: int) -> Scene:
    """Bend a flat scene's photograph so that the best homography leaves 1.3 to 2.9 map pixels, 5 at most."""
    rng = np.random.default_rng([seed, 11])
    (height, width), shift = scene.shape, field(rng)
    middle, half = np.array([(width - 1) / 2, (height - 1) / 2]), max(height, width) / 2
    places = landmarks_of(scene.shape)
    alone = shift((places - middle) / half)
    left = homography(places, places + alone).apply(places) - places - alone
    rest = np.hypot(*left.T)
    length = min(rng.uniform(*BEND) / float(np.sqrt(np.mean(rest**2))), MAX_BEND / float(rest.max()))

    def bend(place: np.ndarray) -> np.ndarray:
        return length * shift(np.clip((place - middle) / half, -1.5, 1.5))

    truth = Bent(scene.truth, bend)
    rows, columns = scene.photo.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64))
    seen = truth.apply(np.stack([x.ravel(), y.ravel()], axis=1))  # the place on the flat map
    source = scene.truth.inverse().apply(seen).astype(np.float32).reshape(rows, columns, 2)
    photo = cv2.remap(
        scene.photo, source[..., 0], source[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return Scene(photo, scene.maps, truth)


def _cylinder(rng: np.random.Generator) -> Field:
    """Return what a panel curved about its long side looks like from a side: parallax with the square."""
    sideways = _direction(rng, 0.35)
    return lambda at: (at[:, :1] ** 2 + 0.3 * at[:, :1] ** 3) * sideways / 1.3


def _saddle(rng: np.random.Generator) -> Field:
    """Return the parallax of a panel that is curved up along one side and down along the other."""
    sideways = _direction(rng, np.pi)
    return lambda at: (at[:, :1] ** 2 - at[:, 1:] ** 2) * sideways


def _bulge(rng: np.random.Generator) -> Field:
    """Return the parallax of a bulge a third of the panel wide."""
    middle, sideways, wide = rng.uniform(-0.4, 0.4, 2), _direction(rng, np.pi), rng.uniform(0.25, 0.45)
    return lambda at: np.exp(-np.sum((at - middle) ** 2, axis=1, keepdims=True) / (2 * wide**2)) * sideways


def _drift(rng: np.random.Generator) -> Field:
    """Return the drift of a scanner: rows move slowly along x and a little along y."""
    phase, waves = rng.uniform(0, 2 * np.pi, 2), rng.uniform(0.6, 1.2)
    return lambda at: (
        np.stack(
            [np.sin(np.pi * waves * at[:, 1] + phase[0]), 0.3 * np.sin(np.pi * at[:, 1] + phase[1])], axis=1
        )
        / np.hypot(1, 0.3)
    )


def _direction(rng: np.random.Generator, most: float) -> np.ndarray:
    """Return a direction up to so far from the vertical, in radians."""
    angle = np.pi / 2 + rng.uniform(-most, most)
    return np.array([np.cos(angle), np.sin(angle)])


BENDS = {"cylinder": _cylinder, "saddle": _saddle, "bulge": _bulge, "drift": _drift}
