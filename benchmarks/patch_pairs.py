"""Patches of the demo that are compared in pairs, and how often what is said of them is true.

`python -m benchmarks.patch_pairs` makes the demo, draws pairs of rectangles at random and prints how many
pairs of one material are said to differ clearly, how many true differences between materials are found, and
how far ratios are from the truth.
"""

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_elements import scan_analysis
from maxrf_core.demo.make import TRUTH, make_demo
from maxrf_core.elements.maps import ElementMaps, element_maps
from maxrf_core.errors import DatastackError, PatchError
from maxrf_core.patches.compare import CLEARLY, compare_patches
from maxrf_core.patches.patch import Patch
from maxrf_core.spectrum.families import split_family

MIN_PIXELS = 30
SAME = 0.01  # relative difference, and counts per pixel, up to which patches are of one material
LARGE = 5.0  # net counts per pixel that differ by half or more: such a difference ought to be found


@dataclass
class Tally:
    """Counts of pairs, and of what is said of them.

    Attributes
    ----------
    pairs : int
        All of them.
    same, said : int
        Pairs of one material, and those of them that are said to differ clearly in any element.
    large, found : int
        True differences of `LARGE` counts, and those of them that are clear, with the right sign.
    equal, asserted : int
        Elements that are equal in a pair of two materials, and those of them that are said to differ clearly.
    pulls : list of float
        Ratios less the true ones, in units of their errors.
    said_of : Counter
        Elements in pairs of one material that are said to differ.
    """

    pairs: int = 0
    same: int = 0
    said: int = 0
    large: int = 0
    found: int = 0
    equal: int = 0
    asserted: int = 0
    pulls: list[float] = field(default_factory=list)
    said_of: Counter[str] = field(default_factory=Counter)

    def note(self, maps: ElementMaps, truth: dict[str, np.ndarray], patches: list[Patch]) -> None:
        """Compare a pair and note what is said of it."""
        self.pairs += 1
        try:
            differences = compare_patches(maps, patches).differences[0]
        except PatchError:  # one covers the other
            return
        masks = [patches[0].mask & ~patches[1].mask, patches[1].mask & ~patches[0].mask]
        amounts = {name: [float(values[mask].mean()) for mask in masks] for name, values in truth.items()}
        one_material = all(_is_same(*pair) for pair in amounts.values())
        self.same += one_material
        clear = [name for name, each in zip(maps.names, differences, strict=True) if each.verdict == CLEARLY]
        self.said += one_material and bool(clear)
        self.said_of.update(clear if one_material else ())
        for family, each in zip(maps.names, differences, strict=True):
            first, other = amounts.get(split_family(family)[0], (0.0, 0.0))
            if one_material:
                continue
            if abs(other - first) > LARGE and max(first, other) > 1.5 * min(first, other):
                self.large += 1
                self.found += each.verdict == CLEARLY and (each.value > 0) == (other > first)
            if _is_same(first, other):
                self.equal += 1
                self.asserted += each.verdict == CLEARLY
            if each.ratio is not None and each.ratio_error and first > 0:
                self.pulls.append((each.ratio - other / first) / each.ratio_error)


def tally(maps: ElementMaps, truth: dict[str, np.ndarray], pairs: int, seed: int = 1) -> Tally:
    """Return what is said of random pairs of patches, every other of which is of one material.

    Parameters
    ----------
    maps : ElementMaps
    truth : dict of str to ndarray, shape (height, width)
        Mean counts of each element.
    pairs : int
    seed : int
    """
    rng = np.random.default_rng(seed)
    amounts = np.stack(list(truth.values()))
    found = Tally()
    while found.pairs < pairs:
        first, other = (tuple(rng.integers(0, amounts.shape[1:])) for _patch in "AB")
        if found.pairs % 2:
            alike = np.argwhere(_alike(amounts, first))
            other = tuple(alike[rng.integers(len(alike))])
        sides = rng.integers(10, 60, (2, 2))
        masks = [_around(amounts, *each) for each in zip((first, other), sides, strict=True)]
        if min(np.count_nonzero(mask) for mask in masks) >= MIN_PIXELS:
            found.note(
                maps, truth, [Patch(*each) for each in zip("AB", ("#000000", "#ffffff"), masks, strict=True)]
            )
    return found


def _around(amounts: np.ndarray, centre: tuple[int, ...], sides: np.ndarray) -> np.ndarray:
    """Return the pixels of a rectangle around a pixel that are of its material."""
    mask = np.zeros(amounts.shape[1:], bool)
    (top, left), (down, across) = np.maximum(np.array(centre) - sides // 2, 0), sides
    mask[top : top + down, left : left + across] = True
    return mask & _alike(amounts, centre)


def _alike(amounts: np.ndarray, centre: tuple[int, ...]) -> np.ndarray:
    """Return the pixels that hold as much of everything as one does."""
    there = amounts[:, centre[0], centre[1], np.newaxis, np.newaxis]
    return (np.abs(amounts - there) <= np.maximum(0.2, 0.1 * there)).all(axis=0)


def _is_same(first: float, other: float) -> bool:
    return abs(first - other) <= SAME * max(1.0, first, other)


def main() -> None:
    """Make the demo, compare the pairs and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.patch_pairs", description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="maxrf-bench-") as folder:
        ds = DataStack(make_demo(Path(folder) / "demo.datastack").datastack)
        analysis = scan_analysis(ds)
        if analysis is None:
            raise DatastackError("the demo has no energies")
        maps = element_maps(ds.cube(), analysis)
        names, values = ds.attributes(TRUTH)["names"], np.asarray(ds.read(TRUTH), np.float64)
    found = tally(maps, dict(zip(names, values, strict=True)), chosen.pairs, chosen.seed)
    names = ", ".join(found.said_of)
    within = float(np.mean(np.abs(found.pulls) < 2))
    print(f"{found.said} of {found.same} pairs of one material are said to differ clearly", names)
    print(f"{found.found} of {found.large} true differences are clear")
    print(f"{found.asserted} of {found.equal} equal elements of two materials are said to differ clearly")
    print(f"{within:.1%} of {len(found.pulls)} ratios are within two errors of the truth")


if __name__ == "__main__":
    main()
