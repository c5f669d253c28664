"""Kinds of scenes on which registration is measured, and the trials of each.

A kind is a function that returns makers of scenes by name, and a line in `KINDS`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from benchmarks.aspect_scenes import aspect_scenes
from benchmarks.bent_scenes import bent_scenes
from benchmarks.multimodal_scenes import LARGE_PAIRS, TRUTH_ERROR, multimodal_scenes
from benchmarks.poor_scenes import poor_scenes
from benchmarks.repeating_scenes import repeating_scenes
from benchmarks.scenes import Maker, good_scenes, hopeless_scenes, small_scenes, spoilt

OFTEN = 6  # times that a scene is tried for once that a seldom one is


@dataclass(frozen=True)
class Kind:
    """A kind of scene.

    Parameters
    ----------
    scenes : callable
        Returns the makers of its scenes, by name; none where data are missing.
    is_hopeless : bool
        Whether photograph and maps have almost nothing in common, so that a refusal is right.
    truth_error : float
        Error of the true transform, in map pixels.
    seldom : tuple of str
        Scenes that take long and are tried less often.
    """

    scenes: Callable[[], dict[str, Maker]]
    is_hopeless: bool = False
    truth_error: float = 0.0
    seldom: tuple[str, ...] = ()


def made_scenes() -> dict[str, Maker]:
    """Return the made scenes: small and large, sharp and spoilt."""
    small = {name: make for name, make in small_scenes().items() if name.startswith("made")}
    blurred = {
        f"{name}, blurred, noisy": lambda seed, make=make: spoilt(make(seed), seed)
        for name, make in small.items()
    }
    return small | blurred | _good("made")


def _good(start: str) -> dict[str, Maker]:
    return {name: make for name, make in good_scenes().items() if name.startswith(start)}


def warped_scenes() -> dict[str, Maker]:
    """Return the scenes that are bent, without the flat ones beside them."""
    return {name: make for name, make in bent_scenes().items() if not name.startswith("flat")}


def _mixed_scenes() -> tuple[str, ...]:
    return tuple(name for name in hopeless_scenes() if "another" in name)


def _on_large_maps(scenes: dict[str, Maker]) -> tuple[str, ...]:
    return tuple(name for name in scenes if "made" in name)


KINDS = {
    "made": Kind(made_scenes, seldom=tuple(_good("made"))),
    "real": Kind(lambda: _good("real"), seldom=("real: Fe, 333 × 354",)),
    "demo": Kind(lambda: _good("demo"), seldom=("demo: Ca",)),
    "other light": Kind(multimodal_scenes, truth_error=TRUTH_ERROR, seldom=LARGE_PAIRS),
    "repeating": Kind(repeating_scenes),
    "bent": Kind(warped_scenes, seldom=_on_large_maps(warped_scenes())),
    "poor": Kind(poor_scenes, seldom=_on_large_maps(poor_scenes())),
    "aspect 0.7 to 1.4": Kind(aspect_scenes),
    "hopeless": Kind(hopeless_scenes, is_hopeless=True, seldom=_mixed_scenes()),
}


def trials_of(kind: str, count: int) -> list[tuple[str, int]]:
    """Return so many trials of a kind: names of scenes and seeds, every scene with seeds from 0."""
    chosen = KINDS[kind]
    names = list(chosen.scenes())
    usual = [name for name in names if name not in chosen.seldom]
    return list(islice(_rounds(names, usual), count)) if names else []


def _rounds(names: list[str], usual: list[str]) -> Iterator[tuple[str, int]]:
    seed = 0
    while True:
        seldom = seed % OFTEN == 0 or not usual
        yield from ((name, seed) for name in (names if seldom else usual))
        seed += 1
