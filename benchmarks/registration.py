"""How precise does *Refine* make rough clicks, when does it refuse, and can *Propose* do without clicks?

`python -m benchmarks.registration` takes about five minutes; `--quick` tries a few scenes only.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np

from benchmarks.limits import in_own_process
from benchmarks.report import Row, machine, markdown, megabytes, plain, write_between
from benchmarks.scenes import DATA, Maker, Scene, good_scenes, hopeless_scenes, turned
from maxrf_core.fitting import landmarks_of
from maxrf_core.perspective import Homography
from maxrf_core.propose import propose
from maxrf_core.pyramid import rescaling
from maxrf_core.refine import refine

PAGE = Path(__file__).resolve().parents[1] / "docs" / "registration.md"
BEGIN, END = (
    "<!-- measured: written by `python -m benchmarks.registration --write` -->",
    "<!-- end of what was measured -->",
)
CLICK_ERRORS = (5, 15, 40)  # map pixels
USUAL = 15
SPREAD = 0.8  # of the map's size, over which the four clicks lie
RIGHT = 2.0  # map pixels: a mean error up to this is right
ORIENTATIONS = ((0, False), (1, False), (2, True), (3, True))  # quarter turns, and flipped or not
QUICK = ("demo: Fe", "made: drawing", "real: Fe, 333 × 354", "real: Cu", "demo, a map of noise")


@dataclass(frozen=True, eq=False)
class Refined:
    """What became of one set of clicks; errors at landmarks all over the map, in map pixels."""

    scene: str
    click_error: int
    accepted: bool
    before: np.ndarray
    after: np.ndarray
    expected: float
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the points were moved to where they belong."""
        return self.accepted and float(self.after.mean()) <= RIGHT

    @property
    def worse(self) -> bool:
        """Whether the points were moved away from where they belong."""
        return self.accepted and float(self.after.mean()) > float(self.before.mean())


@dataclass(frozen=True, eq=False)
class Proposed:
    """What was proposed for one photograph."""

    scene: str
    sure: bool
    error: float
    seconds: float

    @property
    def verdict(self) -> str:
        """Sort it."""
        if not self.sure:
            return "not sure"
        return "right" if self.error <= RIGHT else "wrong"


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
    places = landmarks_of(scene.shape)
    return np.hypot(*(found.apply(scene.truth.inverse().apply(places)) - places).T)


def try_refining(makers: dict[str, Maker], lengths: Iterable[int], seeds: int) -> Iterator[Refined]:
    """Refine from clicks that are off by so many pixels, several times each."""
    for name, make in makers.items():
        for seed in range(seeds):
            scene = make(seed)
            for length in lengths:
                src, dst = rough_clicks(scene, length, seed)
                begun = time.perf_counter()
                result = refine(scene.photo, scene.maps, src, dst, click_error=length)
                seconds = time.perf_counter() - begun
                before, after = errors(result.before, scene), errors(result.after, scene)
                yield Refined(name, length, result.accepted, before, after, result.uncertainty, seconds)


def try_proposing(makers: dict[str, Maker], orientations: Iterable[tuple[int, bool]]) -> Iterator[Proposed]:
    """Propose for photographs that are turned and flipped; each is another one of its scene."""
    for name, make in makers.items():
        for seed, (quarters, mirrored) in enumerate(orientations):
            scene = turned(make(seed), quarters, mirrored)
            begun = time.perf_counter()
            result = propose(scene.photo, scene.maps)
            seconds = time.perf_counter() - begun
            yield Proposed(name, result.sure, float(errors(result.transform, scene).mean()), seconds)


def table_of_refined(trials: list[Refined]) -> list[Row]:
    """Lay out errors before and after: a row a scene and click error."""
    rows = [
        ["scene", "clicks off", "error before", "after, median", "after, 90 %", "expected", "right", "time"]
    ]
    for scene, length in dict.fromkeys((each.scene, each.click_error) for each in trials):
        those = [each for each in trials if (each.scene, each.click_error) == (scene, length)]
        rows.append([scene, f"{length} px", *_figures(those)])
    real = [each for each in trials if each.scene.startswith("real") and each.click_error == USUAL]
    if real:
        rows.append(["**all real**", f"{USUAL} px", *_figures(real)])
    return rows


def _figures(trials: list[Refined]) -> Row:
    before, after = (np.concatenate([getattr(each, what) for each in trials]) for what in ("before", "after"))
    expected = [each.expected for each in trials if each.accepted]
    return [
        f"{np.median(before):.1f}",
        f"{np.median(after):.2f}",
        f"{np.quantile(after, 0.9):.2f}",
        f"{np.median(expected):.2f}" if expected else "–",
        f"{sum(each.right for each in trials)} of {len(trials)}",
        f"{np.median([each.seconds for each in trials]):.1f} s",
    ]


def table_of_gate(good: list[Refined], hopeless: list[Refined]) -> list[Row]:
    """Lay out how often the gate was right."""
    rows = [["the gate", "trials", "accepted", f"accepted, ≤ {RIGHT:.0f} px off", "made worse", "refused"]]
    groups = {f"good, clicks {length} px off": [each for each in good if each.click_error == length]
              for length in dict.fromkeys(each.click_error for each in good)}  # fmt: skip
    for name, those in {**groups, "hopeless": hopeless}.items():
        accepted = sum(each.accepted for each in those)
        counts = [len(those), accepted, sum(each.right for each in those), sum(each.worse for each in those)]
        rows.append([name, *map(str, counts), str(len(those) - accepted)])
    return rows


def table_of_proposed(good: list[Proposed], hopeless: list[Proposed]) -> list[Row]:
    """Lay out what was proposed: a row a scene, and sums."""
    rows = [["Propose", "right", "not sure", "of these right", "wrong", "error if right", "time"]]
    groups = {name: [each for each in good if each.scene == name]
              for name in dict.fromkeys(each.scene for each in good)}  # fmt: skip
    for name, those in {**groups, "**all of these**": good, "**hopeless**": hopeless}.items():
        counts = [
            sum(each.verdict == verdict for each in those) for verdict in ("right", "not sure", "wrong")
        ]
        lucky = sum(not each.sure and each.error <= RIGHT for each in those)
        right = [each.error for each in those if each.verdict == "right"]
        error = f"{np.median(right):.2f}" if right else "–"
        seconds = f"{np.median([each.seconds for each in those]):.1f} s"
        rows.append([name, str(counts[0]), str(counts[1]), str(lucky), str(counts[2]), error, seconds])
    return rows


LARGE = (4800, 4400)  # height and width


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


def measure(quick: bool) -> list[list[Row]]:
    """Try everything, or a few things; give the tables."""
    good, hopeless = good_scenes(), hopeless_scenes()
    seeds, orientations = 3, ORIENTATIONS
    if quick:
        good, hopeless = (
            {name: makers[name] for name in QUICK if name in makers} for makers in (good, hopeless)
        )
        seeds, orientations = 1, ORIENTATIONS[2:3]
    refined = list(try_refining(good, CLICK_ERRORS, seeds))
    refused = list(try_refining(hopeless, (USUAL,), seeds))
    proposed = list(try_proposing(good, orientations))
    unsure = list(try_proposing(hopeless, orientations[:2]))
    tables = [table_of_refined(refined), table_of_gate(refined, refused), table_of_proposed(proposed, unsure)]
    return tables if quick else [*tables, try_large()]


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registration", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few scenes only")
    parser.add_argument("--write", action="store_true", help=f"write the tables into docs/{PAGE.name}")
    chosen = parser.parse_args()
    begun = time.perf_counter()
    tables = measure(chosen.quick)
    where = f"{machine()}; OpenCV {version('opencv-python-headless')}; {time.strftime('%Y-%m-%d')}"
    took = f"All of it took {(time.perf_counter() - begun) / 60:.1f} minutes"
    missing = (
        "" if DATA.exists() else f" The real scenes are missing: {os.path.relpath(DATA)} does not exist."
    )
    print("\n\n".join([where, *map(plain, tables), f"{took}.{missing}"]))
    if chosen.write:
        write_between(PAGE, BEGIN, END, "\n\n".join([f"{where}. {took}.{missing}", *map(markdown, tables)]))
        print(f"written: {PAGE}")


if __name__ == "__main__":
    main()
