"""Single trials of refining and proposing."""

import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.machine_limits import in_own_process
from benchmarks.report import Row, megabytes
from benchmarks.scenes import Scene, good_scenes, hopeless_scenes, turned
from maxrf_core.autoalign.propose import propose
from maxrf_core.autoalign.pyramid import rescaling
from maxrf_core.autoalign.refine import refine
from maxrf_core.autoalign.robust_fit import distances
from maxrf_core.transform.homography import Homography

USUAL = 15  # map pixels that clicks are off
SPREAD = 0.8  # of the map's size, over which the four clicks lie
RIGHT = 2.0  # map pixels: a mean error up to this is right
LARGE = (4800, 4400)  # height and width of a photograph as it comes from a camera


@dataclass(frozen=True, eq=False)
class Refined:
    """Result of refining one set of clicks; errors at landmarks all over the map, in map pixels."""

    scene: str
    click_error: int
    accepted: bool
    before: np.ndarray
    after: np.ndarray
    expected: float
    seconds: float

    @property
    def right(self) -> bool:
        """Return True if the points were moved to where they belong."""
        return self.accepted and float(self.after.mean()) <= RIGHT

    @property
    def worse(self) -> bool:
        """Return True if the points were moved away from where they belong."""
        return self.accepted and float(self.after.mean()) > float(self.before.mean())


@dataclass(frozen=True, eq=False)
class Proposed:
    """Proposal for one photograph."""

    scene: str
    sure: bool
    error: float
    seconds: float
    unique: bool = True

    @property
    def verdict(self) -> str:
        """Return the proposal's verdict: right, wrong or not sure."""
        if not self.sure:
            return "not sure"
        return "right" if self.unique and self.error <= RIGHT else "wrong"


def rough_clicks(scene: Scene, length: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Click on four places, each off by exactly `length` map pixels in any direction."""
    rng = np.random.default_rng([seed, 9])
    height, width = scene.shape
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    right = middle + SPREAD * middle * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    angle = rng.uniform(0, 2 * np.pi, 4)
    return scene.truth.inverse().apply(right), right + length * np.stack(
        [np.cos(angle), np.sin(angle)], axis=1
    )


def errors(found: Homography, scene: Scene) -> np.ndarray:
    """Measure how far off landmarks all over the map are: (49,) in map pixels."""
    return distances(scene.truth, found, scene.shape)


@dataclass(frozen=True)
class Task:
    """Trials with a scene; plain numbers, so that another process can do it.

    Seeds vary the scene. Orientations are quarter turns of the photograph, and whether it is mirrored.
    """

    scene: str
    seeds: int
    lengths: tuple[int, ...]
    orientations: tuple[tuple[int, bool], ...]


def do(task: Task) -> tuple[list[Refined], list[Proposed]]:
    """Refine from clicks that are off by so many pixels, and propose."""
    make = (good_scenes() | hopeless_scenes())[task.scene]
    refined = [
        each for seed in range(task.seeds) for each in _refine(task.scene, make(seed), task.lengths, seed)
    ]
    proposed = [
        _propose(task.scene, turned(make(seed), quarters, mirrored))
        for seed, (quarters, mirrored) in enumerate(task.orientations)
    ]
    return refined, proposed


def _refine(name: str, scene: Scene, lengths: Iterable[int], seed: int) -> list[Refined]:
    found = []
    for length in lengths:
        src, dst = rough_clicks(scene, length, seed)
        begun = time.perf_counter()
        result = refine(scene.photo, scene.maps, src, dst, click_error=length)
        seconds = time.perf_counter() - begun
        before, after = errors(result.before, scene), errors(result.after, scene)
        found.append(Refined(name, length, result.accepted, before, after, result.uncertainty, seconds))
    return found


def _propose(name: str, scene: Scene) -> Proposed:
    begun = time.perf_counter()
    result = propose(scene.photo, scene.maps)
    seconds = time.perf_counter() - begun
    error = float(errors(result.transform, scene).mean())
    return Proposed(name, result.sure, error, seconds, scene.unique)


def try_large() -> list[Row]:
    """Measure time and memory with a photograph as it comes from a camera, in processes of their own."""
    scene = good_scenes()["demo: Fe"](0)
    photo = cv2.resize(scene.photo, LARGE[::-1], interpolation=cv2.INTER_LINEAR)
    truth = scene.truth @ rescaling(LARGE, scene.photo.shape)
    src, dst = rough_clicks(Scene(photo, scene.maps, truth), USUAL, 0)
    rows = [[f"a photograph of {LARGE[1]} × {LARGE[0]}", "time", "memory, at most", "error"]]
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        np.savez(files / "given.npz", photo=photo, map=scene.maps[0], src=src, dst=dst)
        for name, work in (("Refine", refine_file), ("Propose", propose_file)):
            cost = in_own_process(work, files)
            error = float(
                errors(Homography(np.load(files / "found.npy")), Scene(photo, scene.maps, truth)).mean()
            )
            rows.append([name, f"{cost.seconds:.1f} s", megabytes(cost.peak_bytes), f"{error:.2f} px"])
    return rows


def refine_file(files: Path) -> None:
    """Refine what a file holds."""
    with np.load(files / "given.npz") as given:
        result = refine(given["photo"], given["map"], given["src"], given["dst"])
    np.save(files / "found.npy", result.after.matrix)


def propose_file(files: Path) -> None:
    """Propose for what a file holds."""
    with np.load(files / "given.npz") as given:
        result = propose(given["photo"], given["map"])
    np.save(files / "found.npy", result.transform.matrix)
