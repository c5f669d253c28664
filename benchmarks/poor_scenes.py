"""Scenes of poor pictures: coarse photographs, halves and rows that were not scanned, jitter, few counts."""

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.scenes import DATA, Maker, Scene, demo, drawing, painting, real_iron
from maxrf_core.autoalign.pyramid import rescaling
from maxrf_core.imaging.resample import area_average

JITTER = 0.7  # map pixels that a row lies beside its place, standard deviation
COUNTS = (2.0, 5.0)  # in a map pixel, in the mean


def poor_scenes() -> dict[str, Maker]:
    """Return, by name, the makers of scenes whose pictures are poor; their argument is a seed."""
    bases: dict[str, Maker] = {"demo: Fe": lambda seed: demo(seed, "Fe")}
    if DATA.exists():
        bases |= {"made: drawing": drawing, "made: painting": painting, "real: Fe, 333 × 354": real_iron}
    return {
        f"{kind}, {base}": lambda seed, make=make, spoil=spoil: spoil(
            make(seed), np.random.default_rng([seed, 12])
        )
        for base, make in bases.items()
        for kind, spoil in POOR.items()
    }


def _coarse(scene: Scene, rng: np.random.Generator) -> Scene:
    """Return the scene with a photograph of which a pixel covers 1.5 to 2.2 map pixels."""
    height, width = scene.photo.shape[:2]
    here = np.array([[width / 2, height / 2], [width / 2 + 1, height / 2]])
    step = rng.uniform(1.5, 2.2) / float(np.hypot(*np.diff(scene.truth.apply(here), axis=0)[0]))
    smaller = round(height / step), round(width / step)
    photo = area_average(scene.photo, smaller[1], smaller[0])
    return Scene(photo, scene.maps, scene.truth @ rescaling(smaller, scene.photo.shape))


def _half(missing: float) -> Callable[[Scene, np.random.Generator], Scene]:
    def spoil(scene: Scene, rng: np.random.Generator) -> Scene:
        maps = [each.astype(np.float32) for each in scene.maps]
        rows = round(scene.shape[0] * rng.uniform(0.45, 0.55))
        for each in maps:
            each[rows:] = missing
        return Scene(scene.photo, maps, scene.truth)

    return spoil


def _dead_rows(missing: float) -> Callable[[Scene, np.random.Generator], Scene]:
    def spoil(scene: Scene, rng: np.random.Generator) -> Scene:
        maps = [each.astype(np.float32) for each in scene.maps]
        dead = rng.choice(scene.shape[0], rng.integers(5, 12), replace=False)
        for each in maps:
            each[dead] = missing
        return Scene(scene.photo, maps, scene.truth)

    return spoil


def _jitter(scene: Scene, rng: np.random.Generator) -> Scene:
    """Return the scene with every row of the maps displaced along itself."""
    height, width = scene.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x += rng.normal(0, JITTER, (height, 1)).astype(np.float32)
    maps = [
        cv2.remap(each.astype(np.float32), x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        for each in scene.maps
    ]
    return Scene(scene.photo, maps, scene.truth)


def _few_counts(scene: Scene, rng: np.random.Generator) -> Scene:
    """Return the scene with maps of two to five counts a pixel, in the mean."""
    maps = [rng.poisson(each * (rng.uniform(*COUNTS) / each.mean())) for each in scene.maps]
    return Scene(scene.photo, [each.astype(np.float32) for each in maps], scene.truth)


POOR = {
    "coarse photograph": _coarse,
    "half of it zeros": _half(0.0),
    "half of it NaN": _half(np.nan),
    "dead rows of zeros": _dead_rows(0.0),
    "dead rows of NaN": _dead_rows(np.nan),
    "line jitter": _jitter,
    "2 to 5 counts a pixel": _few_counts,
}
