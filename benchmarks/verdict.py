"""Verdicts on right and wrong photographs with their points set.

Right: the scenes of `benchmarks.scenes`, and real pairs of pictures of one place in two kinds of light, with
clicks that are off. Wrong: photographs of one thing over maps of another, the four corners of the one clicked
onto those of the other; also with both in equal frames, whose edges agree. `python -m benchmarks.verdict`
takes a minute or two.
"""

import argparse
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from benchmarks.machine_limits import CORES
from benchmarks.multimodal_scenes import pair, pair_names
from benchmarks.registration_trials import rough_clicks
from benchmarks.report import Row, machine, markdown, plain, write_between
from benchmarks.scenes import DATA, Scene, beside, demo, drawing, good_scenes, hopeless_scenes, painting
from maxrf_core.autoalign.robust_fit import distances
from maxrf_core.autoalign.verdict import Verdict, judge_agreement, smaller_maps
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography, homography

PAGE = Path(__file__).resolve().parents[1] / "docs" / "registration.md"
BEGIN, END = (
    "<!-- judged: written by `python -m benchmarks.verdict --write` -->",
    "<!-- end of what was judged -->",
)
SEEDS = 1
CLICK_ERRORS = (0, 3, 15)  # map pixels
FRAME = (480, 360, 24)  # height and width of what is framed, and width of the frame
KINDS = ("same", "unclear", "nothing")


@dataclass(frozen=True)
class Judged:
    """Verdict on one registration."""

    group: str
    name: str
    kind: str
    seconds: float
    off: float  # true mean error of the points over the map, in map pixels; NaN for wrong photographs
    told: float
    significance: float


def right_groups() -> dict[str, list[str]]:
    """Return the groups of right photographs and their scenes."""
    return {
        "right photograph": list(good_scenes()),
        "right photograph, other kinds of light": pair_names(),
        "right photograph, maps that do not show it": [
            name for name in hopeless_scenes() if name.startswith("real") or "its" in name
        ],
    }


def wrong(name: str) -> Scene:
    """Lay a photograph over another thing's maps, corner onto corner."""
    photo, maps, framed = name.split(" over ")[0], *name.split(" over ")[1].split(", ")
    seen, measured = _pictures()[photo].photo, _pictures()[maps].maps
    if framed == "framed":
        seen, measured = _framed(seen, 2), [_framed(each, 1) for each in measured]
    corners = [corners_of(picture.shape[:2]) for picture in (seen, measured[0])]
    return Scene(seen, measured, homography(*corners))


def wrong_names() -> list[str]:
    """Return the names of all wrong combinations."""
    names = list(_pictures())
    apart = {(name, name) for name in names}
    groups = [("drawing", "made drawing"), ("drawing", "eleven maps"), ("made drawing", "eleven maps")]
    apart |= {pair for one, other in groups for pair in ((one, other), (other, one))}
    crossed = [each for each in product(names, names) if each not in apart]
    return [f"{one} over {other}, {how}" for one, other in crossed for how in ("plain", "framed")]


def judge(task: tuple[str, str]) -> list[Judged]:
    """Judge all registrations of a scene."""
    group, name = task
    if group.startswith("wrong"):
        scene = wrong(name)
        return [_judged(group, name, scene, scene.truth, float("nan"))]
    found = []
    for seed, length in product(range(SEEDS), CLICK_ERRORS):
        scene = pair(name) if name in pair_names() else _scene(name, seed)
        transform = homography(*rough_clicks(scene, length, seed))
        off = float(distances(scene.truth, transform, scene.shape).mean())
        found.append(_judged(f"{group}, clicks {length} px off", name, scene, transform, off))
    return found


def table(judged: list[Judged]) -> list[Row]:
    """Format what was said: a row a group."""
    head = ["the verdict", "trials", "the same", "unclear", "nothing in common"]
    rows: list[Row] = [[*head, "standard deviations above chance", "processor time"]]
    for group in dict.fromkeys(each.group for each in judged):
        those = [each for each in judged if each.group == group]
        counts = [sum(each.kind == kind for each in those) for kind in KINDS]
        low, middle, high = np.quantile([each.significance for each in those], (0, 0.5, 1))
        found = f"{low:.1f} to {high:.1f}, median {middle:.1f}"
        seconds = f"{np.median([each.seconds for each in those]):.1f} s"
        rows.append([group, str(len(those)), *map(str, counts), found, seconds])
    return rows


def table_of_distances(judged: list[Judged]) -> list[Row]:
    """Format how far the points were off, and how far they were told to be."""
    rows = [["points off", "told, median", "told ÷ true, 80 % of trials"]]
    for length in CLICK_ERRORS[1:]:
        wanted = f"right photograph, clicks {length} px off"
        those = [each for each in judged if each.group == wanted and each.kind == "same"]
        ratio = np.array([each.told / each.off for each in those])
        told = np.median([each.told for each in those])
        low, high = np.quantile(ratio, (0.1, 0.9))
        off = np.median([each.off for each in those])
        rows.append([f"{off:.1f} px", f"{told:.1f} px", f"{low:.2f} to {high:.2f}"])
    return rows


def main() -> None:
    """Judge, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verdict", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the tables into docs/{PAGE.name}")
    parser.add_argument("--quick", action="store_true", help="every seventh scene only")
    chosen = parser.parse_args()
    if not DATA.exists():
        raise SystemExit(f"{os.path.relpath(DATA)} is not on this machine.")
    begun = time.perf_counter()
    tasks = [(group, name) for group, names in right_groups().items() for name in names]
    tasks += [("wrong photograph, corner to corner" if name.endswith("plain") else
               "wrong photograph, in equal frames", name) for name in wrong_names()]  # fmt: skip
    tasks = tasks[::7] if chosen.quick else tasks
    with ProcessPoolExecutor(CORES, get_context("spawn"), cv2.setNumThreads, (1,)) as pool:
        judged = [each for some in pool.map(judge, tasks) for each in some]
    judged.sort(key=lambda each: each.group)
    tables = [table(judged), table_of_distances(judged)]
    where = f"{machine()}; OpenCV {version('opencv-python-headless')}; {time.strftime('%Y-%m-%d')}"
    took = f"All of it took {(time.perf_counter() - begun) / 60:.1f} minutes"
    print("\n\n".join([where, *map(plain, tables), *_amiss(judged), f"{took}."]))
    if chosen.write:
        write_between(PAGE, BEGIN, END, "\n\n".join([f"{where}. {took}.", *map(markdown, tables)]))
        print(f"written: {PAGE}")


def _amiss(judged: list[Judged]) -> Iterator[str]:
    """Yield a line for each wrong verdict."""
    for each in judged:
        is_wrong = each.group.startswith("wrong")
        if (is_wrong and each.kind != "nothing") or (not is_wrong and each.kind == "nothing"):
            yield f"{each.group}: {each.name}: {each.kind}"


def _judged(group: str, name: str, scene: Scene, transform: Homography, off: float) -> Judged:
    maps = smaller_maps(scene.maps)
    begun = time.process_time()
    verdict: Verdict | None = judge_agreement(scene.photo, maps, transform, scene.shape)
    assert verdict is not None
    seconds, significance = time.process_time() - begun, float(verdict.evidence.significance)
    return Judged(group, name, verdict.kind, seconds, off, verdict.distance, significance)


def _scene(name: str, seed: int) -> Scene:
    return (good_scenes() | hopeless_scenes())[name](seed)


@cache
def _pictures() -> dict[str, Scene]:
    """Return the photographs and maps that are combined wrongly."""
    made = {"drawing": beside(0, "Fe"), "eleven maps": beside(0, "Fe", "Ca", "K", "S", "Zn", "Pb"),
            "made drawing": drawing(0), "painting": painting(0), "demo": demo(0, "Fe")}  # fmt: skip
    names = ("nighttime_1", "optical-infrared_1")
    return made | {name: pair(name) for name in names}


def _framed(picture: np.ndarray, times: int) -> np.ndarray:
    """Bring a picture to one size and frame it: a map in counts, a photograph in brightness."""
    height, width, frame = FRAME
    size = (times * width, times * height)
    resized = cv2.resize(picture.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    rng = np.random.default_rng(len(resized))
    if picture.ndim == 2:
        resized = rng.poisson(2 + 30 * resized / max(float(np.percentile(resized, 99)), 1e-9)).astype(float)
        beyond = cv2.copyMakeBorder(resized, *[times * frame] * 4, cv2.BORDER_CONSTANT, value=0.0)
        return (beyond + rng.poisson(1, beyond.shape)).astype(np.float32)
    beyond = cv2.copyMakeBorder(resized, *[times * frame] * 4, cv2.BORDER_CONSTANT, value=(20, 20, 20))
    return (beyond + rng.normal(0, 2, beyond.shape)).clip(0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
