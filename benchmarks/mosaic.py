"""Precision of the distance between overlapping scans, and time and memory of a large mosaic.

``python -m benchmarks.mosaic`` makes pairs of overlapping scans whose places and doses are known, puts each
second one in a wrong place, and compares what is told with the truth; then the two genuine scans of a fresco,
where they are at hand; then it joins two large scans. ``--write`` puts the tables into docs/registration.md.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.intervals import quantile, rate
from benchmarks.process_memory import watched
from benchmarks.report import Row, machine, markdown, megabytes, say, write_between
from maxrf_core import DataStack, convert
from maxrf_core.datastack.hdf5_store import new_file
from maxrf_core.mosaic.make import make_mosaic, plan_mosaic
from maxrf_core.mosaic.placed_scan import PlacedScan, placed_scans
from maxrf_core.mosaic.survey import survey
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import register
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.transform.extents import corners_of
from tests.maxrf_core.mosaic.made_parts import LEFT, RIGHT, make_part

PAGE = Path(__file__).resolve().parents[1] / "docs" / "registration.md"
SPECTRA = Path(__file__).resolve().parents[2] / "shared" / "data" / "spectra"
FRESCO = ("fresco_aurora-antico1-prova1_10264", "fresco_aurora-antico1-prova2_10264_repeat")
BEGIN = "<!-- mosaic: written by `python -m benchmarks.mosaic --write` -->"
END = "<!-- end of mosaic -->"
# Name, doses to choose from (1: 12 to 220 counts in a pixel), and the largest displacement in map pixels
KINDS = (
    ("many counts, up to 6 pixels apart", (0.5, 1.0, 1.5), 6.0),
    ("many counts, in place", (0.5, 1.0, 1.5), 0.3),
    ("1 to 20 counts a pixel", (0.05, 0.1), 6.0),
)
FRESCO_OFF = (2.0, 1.0)
LARGE = (2600, 2200)


@dataclass(frozen=True)
class Trial:
    """Errors of one pair of scans, in map pixels; those of the ratios in their own told errors."""

    distance: float
    error: float
    told: float
    left_over: float | None
    ratios: tuple[float, ...]


def trial(folder: Path, doses: Sequence[float], displacement: float, seed: int) -> Trial | None:
    """Measure one pair of overlapping scans; None if the overlap was not measured."""
    rng = np.random.default_rng(seed)
    off = tuple(float(each) for each in rng.uniform(-displacement, displacement, 2))
    left = replace(LEFT, seed=seed, dose=float(rng.choice(doses)))
    right = replace(
        RIGHT,
        seed=seed + 1_000_000,
        left=float(rng.uniform(55, 85)),
        angle=float(rng.uniform(-5, 5)),
        dose=float(rng.choice(doses)),
    )
    paths = make_part(folder / "left.datastack", left), make_part(folder / "right.datastack", right, off=off)
    found = survey(placed_scans(paths))
    each = found.overlaps[0]
    if each.measured is None or each.uncertainty is None:
        return None
    one, other = (PlacedScan(scan.registration, scan.photo) for scan in found.scans)
    places = each.measured.patches.first
    true = other.to_photo(right.to_whole.inverse().apply(left.to_whole.apply(one.to_scan(places)))) - places
    wrong = (each.measured.shift - true.mean(axis=0)) / each.scale
    dose = right.dose / left.dose
    return Trial(
        float(np.sqrt(np.mean(np.sum(true**2, axis=1)))) / each.scale,
        float(np.hypot(*wrong)),
        each.uncertainty,
        each.distance_after,
        tuple((ratio.ratio - dose) / ratio.error for ratio in each.ratios.values()),
    )


def made_rows(folder: Path, count: int) -> list[Row]:
    """Return a row for each kind of pair."""
    rows: list[Row] = [
        ["pairs", "measured", "error", "error ÷ told", "apart after adjusting", "ratio: error ÷ told, rms"]
    ]
    for number, (name, doses, displacement) in enumerate(KINDS):
        say(f"{name} …")
        trials = [trial(folder, doses, displacement, 10_000 * number + seed) for seed in range(count)]
        good = [each for each in trials if each is not None]
        after = [each.left_over for each in good if each.left_over is not None]
        ratios = np.concatenate([each.ratios for each in good])
        rows.append(
            [
                f"{name} ({count})",
                rate(len(good), count),
                quantile([each.error for each in good]),
                quantile([each.error / each.told for each in good]),
                f"{quantile(after)}, {len(after)} pairs",
                f"{np.sqrt(np.mean(ratios**2)):.2f}",
            ]
        )
    return rows


def fresco_rows(folder: Path) -> list[Row]:
    """Return what is told of halves of two genuine scans of one fresco, the second put in a wrong place."""
    rows: list[Row] = [["second scan displaced by", "told x, y", "told error"]]
    axis = Calibration(0.02919297, -0.012021)
    for off in ((0.0, 0.0), FRESCO_OFF):
        paths = []
        for name, first in zip(FRESCO, (0, 40), strict=True):
            with np.load(SPECTRA / f"{name}.npz") as stored:
                counts = stored["counts"][:, first : first + 80]
            path = folder / f"{name}.datastack"
            ds = DataStack(convert(ArrayScan(counts), path, calibration=axis, overwrite=True))
            ds.set_tube({"tube_kV": 38.0, "tube_anode": "Ag"})
            corners = corners_of(counts.shape)
            moved = corners + np.array(off) * (first > 0)
            photo = np.zeros((60, 120), np.uint8)
            made = register(photo, counts.shape, corners + np.array([first, 0]), moved, photo_sha256="f" * 64)
            ds.append(made.arrays, made.attributes)
            paths.append(path)
        each = survey(placed_scans(paths)).overlaps[0]
        told = "–" if each.measured is None else "{:.2f}, {:.2f}".format(*(-each.measured.shift / each.scale))
        rows.append([f"{off[0]:g}, {off[1]:g}", told, f"{each.uncertainty:.2f}"])
    return rows


def make_large(folder: Path, maps: int) -> list[Path]:
    """Write two large files of maps that overlap by a fifth of their width."""
    height, width = LARGE
    rng, apart = np.random.default_rng(0), int(0.8 * width)
    scene = cv2.resize(rng.random((330, 600)), (8 * 600, 8 * 330), interpolation=cv2.INTER_CUBIC)
    paths = [folder / f"large_{number}.datastack" for number in (1, 2)]
    names, on_map = [f"map {each}" for each in range(maps)], corners_of(LARGE)
    photo = np.zeros((2 * height, 2 * (width + apart)), np.uint8)
    for number, path in enumerate(paths):
        mean = 150 * scene[:height, number * apart : number * apart + width].clip(0)
        with new_file(path, overwrite=True) as file:
            for name in ("maps", "maps_sigma"):
                stored = file.create_dataset(name, (maps, *LARGE), np.float32, chunks=(1, 256, 256))
                stored.attrs["names"] = names
                for each in range(maps):
                    stored[each] = rng.poisson(mean) if name == "maps" else np.sqrt(mean + 1)
        places = 2 * (on_map + np.array([number * apart, 0]))
        made = register(photo, LARGE, places, on_map, photo_sha256="c" * 64)
        kept = [name for name in made.arrays if not name.endswith("highres")]
        DataStack(path).append(
            {name: made.arrays[name] for name in kept}, {name: made.attributes[name] for name in kept}
        )
    return paths


def large_rows(folder: Path, maps: int) -> list[Row]:
    """Return the time and memory of joining two large scans."""
    paths = make_large(folder, maps)
    rows: list[Row] = [["step", "seconds", "memory of the process at most"]]
    with watched(os.getpid()) as use:
        began = time.perf_counter()
        found = survey(placed_scans(paths))
        seconds = f"{time.perf_counter() - began:.0f}"
    rows.append(["comparing the overlap", seconds, megabytes(use.anonymous)])
    with watched(os.getpid()) as use:
        began = time.perf_counter()
        plan = plan_mosaic(found, match_counts=True)
        make_mosaic(plan, folder / "large.datastack", overwrite=True)
        seconds = f"{time.perf_counter() - began:.0f}"
    size = f"{plan.grid.width} × {plan.grid.height} pixels, {maps} maps with errors"
    rows.append([f"writing the mosaic: {size}", seconds, megabytes(use.anonymous)])
    return rows


def tables(folder: Path, count: int, maps: int) -> str:
    """Return all tables."""
    parts = [machine(), markdown(made_rows(folder, count))]
    if (SPECTRA / f"{FRESCO[0]}.npz").exists():
        say("two scans of one fresco …")
        parts += ["Halves of two genuine scans of one fresco:", markdown(fresco_rows(folder))]
    if maps:
        say("two large scans …")
        parts += ["Two large scans:", markdown(large_rows(folder, maps))]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mosaic", description=__doc__)
    parser.add_argument("--trials", type=int, default=200, help="pairs of each kind (%(default)s)")
    parser.add_argument("--maps", type=int, default=12, help="of the large scans; 0: leave them out")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/registration.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="maxrf-mosaic-") as folder:
        text = tables(Path(folder), chosen.trials, chosen.maps)
    print(text)
    if chosen.write:
        write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
