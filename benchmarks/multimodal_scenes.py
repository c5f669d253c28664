"""Genuine pairs of pictures of one place in two kinds of light or sensor.

Day and night, infrared, radar, depth, street map: ten pairs of the public set of Li, Hu and Zhang (2023,
ISPRS J. 204, 77). Their true transforms are good to one to three pixels.
"""

from functools import cache

import cv2
import numpy as np

from benchmarks.scenes import DATA, Maker, Scene, camera, look
from maxrf_core.transform.homography import Homography

PAIRS = DATA / "multimodal"
TRUTH_ERROR = 3.0  # pixels
LARGE_PAIRS = ("optical-map_1", "optical-map_2", "optical-sar_2")


def multimodal_scenes() -> dict[str, Maker]:
    """Return, by name, the makers of the pairs; a seed varies the camera."""
    return {name: lambda seed, name=name: seen_pair(name, seed) for name in pair_names()}


def pair_names() -> list[str]:
    """Return the names of the pairs; none where the data are missing."""
    return [path.name[:-6] for path in sorted(PAIRS.glob("*_a.jpg"))]


@cache
def pair(name: str) -> Scene:
    """Read a pair: the first picture is the map."""
    first, second = (cv2.imread(str(PAIRS / f"{name}_{which}.jpg")) for which in "ab")
    truth = Homography(np.vstack([np.loadtxt(PAIRS / f"{name}_gt.txt"), [0, 0, 1]])).inverse()
    return Scene(second, [first.mean(axis=2).astype(np.float32)], truth)


def seen_pair(name: str, seed: int) -> Scene:
    """Return a pair whose second picture is seen by a random camera."""
    scene = pair(name)
    height, width = scene.photo.shape[:2]
    rng = np.random.default_rng([seed, 7])
    matrix, size = camera(rng, (height, width), rng.uniform(1.0, 1.5))
    seen = look(scene.photo.astype(np.float32), matrix, size, 60)
    return Scene(seen.clip(0, 255).round().astype(np.uint8), scene.maps, scene.truth @ matrix.inverse())
