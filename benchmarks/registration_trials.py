"""Single trials of refining and proposing."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.machine_limits import in_own_process
from benchmarks.report import Row, megabytes
from benchmarks.scene_kinds import KINDS
from benchmarks.scenes import Scene, good_scenes, turned
from maxrf_core.autoalign.propose import propose
from maxrf_core.autoalign.pyramid import rescaling
from maxrf_core.autoalign.refine import refine
from maxrf_core.autoalign.robust_fit import landmarks_of
from maxrf_core.transform.homography import Homography

USUAL = 15  # map pixels that clicks are off
CLICK_ERRORS = (5, USUAL, 40)  # map pixels
SPREAD = 0.8  # of the map's size, over which the four clicks lie
RIGHT = 2.0  # map pixels: a mean error up to this is right
LARGE = (4800, 4400)  # height and width of a photograph as it comes from a camera
ORIENTATIONS = ((0, False), (1, False), (2, True), (3, True))  # quarter turns of a photograph, and mirrored


@dataclass(frozen=True)
class Refined:
    """Result of refining one set of clicks, with the bend if there is one.

    Errors are means over landmarks all over the map, in map pixels; `rms` is the root mean square after it.
    """

    kind: str
    scene: str
    click_error: int
    accepted: bool
    before: float
    after: float
    rms: float
    told: float
    seconds: float

    @property
    def right(self) -> bool:
        """Return True if the points were moved to where they belong."""
        return self.accepted and is_right(self.kind, self.after)

    @property
    def wrong(self) -> bool:
        """Return True if the points were moved, but not to where they belong."""
        return self.accepted and not self.right

    @property
    def worse(self) -> bool:
        """Return True if the points were moved away from where they belong."""
        return self.accepted and self.after > self.before


@dataclass(frozen=True)
class Proposed:
    """Proposal for one photograph, with the bend if there is one."""

    kind: str
    scene: str
    sure: bool
    after: float
    rms: float
    told: float
    seconds: float
    unique: bool = True

    @property
    def verdict(self) -> str:
        """Return the proposal's verdict: right, wrong or not sure."""
        if not self.sure:
            return "not sure"
        return "right" if self.unique and is_right(self.kind, self.after) else "wrong"


def is_right(kind: str, error: float) -> bool:
    """Return True if a mean error is right for a scene of a kind, whose truth may be known roughly only."""
    return error <= RIGHT + KINDS[kind].truth_error


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


def errors(found: Any, scene: Scene) -> np.ndarray:
    """Measure how far off landmarks all over the map are: (49,) in map pixels.

    Only the inverse of the scene's truth is used, so that it may be another transform than a homography.
    """
    places = landmarks_of(scene.shape)
    return np.hypot(*(found.apply(scene.truth.inverse().apply(places)) - places).T)


@dataclass(frozen=True)
class Task:
    """Trials with a scene; plain numbers, so that another process can do it."""

    kind: str
    scene: str
    seed: int
    click_errors: tuple[int, ...] = CLICK_ERRORS


def do(task: Task) -> tuple[list[Refined], Proposed]:
    """Refine from clicks that are off by so many pixels, and propose, with the photograph turned."""
    scene = KINDS[task.kind].scenes()[task.scene](task.seed)
    refined = [_refine(task, scene, length) for length in task.click_errors]
    return refined, _propose(task, turned(scene, *ORIENTATIONS[task.seed % len(ORIENTATIONS)]))


def _refine(task: Task, scene: Scene, length: int) -> Refined:
    src, dst = rough_clicks(scene, length, task.seed)
    begun = time.process_time()
    result = refine(scene.photo, scene.maps, src, dst, click_error=length, mirrored=scene.is_mirrored)
    seconds = time.process_time() - begun
    kept = result.after if result.bend is None else result.bend.transform
    before, after = errors(result.before, scene), errors(kept, scene)
    told = float(result.bent.uncertainty)
    return Refined(task.kind, task.scene, length, result.accepted, *_means(before, after), told, seconds)


def _propose(task: Task, scene: Scene) -> Proposed:
    begun = time.process_time()
    result = propose(scene.photo, scene.maps)
    seconds = time.process_time() - begun
    kept = result.transform if result.bend is None else result.bend.transform
    after = errors(kept, scene)
    told = float(result.bent.uncertainty)
    return Proposed(task.kind, task.scene, result.sure, *_means(after), told, seconds, scene.unique)


def _means(*several: np.ndarray) -> tuple[float, ...]:
    """Return the mean of each, and the root mean square of the last, as the expected error is one."""
    return *(float(each.mean()) for each in several), float(np.sqrt(np.mean(several[-1] ** 2)))


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
