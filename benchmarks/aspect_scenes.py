"""Scenes whose map has pixels that are not square, as from a stage with other steps than the beam's rows."""

from benchmarks.scenes import Maker, Scene, small_scenes
from maxrf_core.autoalign.pyramid import rescaling
from maxrf_core.imaging.resample import area_average

ASPECTS = (0.7, 0.8, 0.9, 1.1, 1.25, 1.4)  # width of a map pixel over its height, on the artwork


def aspect_scenes() -> dict[str, Maker]:
    """Return, by name, the makers of scenes with pixels of six aspects."""
    return {
        f"{name}, aspect {aspect}": lambda seed, make=make, aspect=aspect: with_aspect(make(seed), aspect)
        for name, make in small_scenes().items()
        for aspect in ASPECTS
    }


def with_aspect(scene: Scene, aspect: float) -> Scene:
    """Average the maps to fewer columns (aspect above 1) or rows (below 1)."""
    height, width = scene.shape
    shape = round(height * min(1, aspect)), round(width / max(1, aspect))
    maps = [area_average(each, shape[1], shape[0]) for each in scene.maps]
    return Scene(scene.photo, maps, rescaling((height, width), shape) @ scene.truth)
