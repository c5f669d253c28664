"""Time and memory of laying maps on the pixels of a large photograph.

``python -m benchmarks.onto_photograph --megapixels 100 --maps 20`` makes a scan and a registration of a
photograph of that size, whose pixels are not needed, renders so many maps, and prints what it took. The
memory is that of the whole process. ``--write`` puts the table into `docs/performance.md`.
"""

import argparse
import math
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.process_memory import watched
from benchmarks.report import Row, duration, machine, markdown, megabytes, say, write_between
from maxrf_core import DataStack, convert
from maxrf_core.export.onto_photograph import maps_onto_photograph
from maxrf_core.readers import ArrayScan
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.onto_grid import METHODS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN = "<!-- onto photograph: written by `python -m benchmarks.onto_photograph --write` -->"
END = "<!-- end of onto photograph -->"
MAP = (600, 700)
MODELS = ("homography", "thin-plate-spline")
SHOWN = 0.9  # of the photograph's height and width that the map covers
SLANT = Homography(np.array([[1.0, 0.02, 0], [-0.03, 1.0, 0], [1e-5, -2e-5, 1]]))
PLACES = np.array([[x, y] for y in (0.1, 0.5, 0.9) for x in (0.1, 0.5, 0.9)]) * (MAP[1], MAP[0])
BEND = 0.7  # map pixels, up and down alternately


def make_scan(folder: Path, megapixels: float, model: str, maps: int) -> DataStack:
    """Return a scan with a registered photograph of so many million pixels."""
    counts = np.random.default_rng(1).poisson(20, (*MAP, maps)).astype(np.uint16)
    ds = DataStack(convert(ArrayScan(counts), folder / f"{model}.datastack"))
    height = round(math.sqrt(1e6 * megapixels * MAP[0] / MAP[1]))
    shape = [height, round(1e6 * megapixels / height)]
    scale = SHOWN * height / MAP[0]
    to_photo = Homography(np.diag([scale, scale, 1.0])) @ SLANT
    bent = PLACES + BEND * (-1.0) ** np.arange(len(PLACES))[:, None] * (model != "homography")
    notes = {"model": model, "map_shape": list(MAP), "photo_shape": shape, "residuals": [0.5] * len(PLACES)}
    points = np.stack([to_photo.apply(PLACES), bent], axis=1)
    ds.append(
        {"imvis_reg": np.zeros(MAP, np.uint8), "imvis_points": points},
        {"imvis_reg": {"registration": model}, "imvis_points": {"registration": model, **notes}},
    )
    return ds


def measure(folder: Path, megapixels: float, maps: int, model: str, method: str) -> Row:
    """Lay the maps on the photograph; return a row of the table."""
    ds = make_scan(folder, megapixels, model, maps)
    made = folder / "maps"
    began = time.perf_counter()
    with watched(os.getpid()) as use:
        maps_onto_photograph(
            ds, "imvis", made, names=(), bands=[(number, number + 1) for number in range(maps)], method=method
        )
    took = time.perf_counter() - began
    size = sum(path.stat().st_size for path in made.iterdir())
    shutil.rmtree(made)
    ds.path.unlink()
    return [
        f"{megapixels:g} megapixels, {maps} maps, {model}, {method}",
        duration(took), duration(use.cpu), megabytes(use.anonymous), megabytes(size),
    ]  # fmt: skip


def table(rows: list[Row]) -> str:
    """Return the table in Markdown."""
    head = ["", "time", "processor time", "memory, at most", "files"]
    return f"{machine()}\n\n{markdown([head, *rows])}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for, print it, and write it where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megapixels", type=float, default=100)
    parser.add_argument("--maps", type=int, default=20)
    parser.add_argument("--model", choices=MODELS, nargs="*", default=["homography"])
    parser.add_argument("--method", choices=METHODS, nargs="*", default=["linear"])
    parser.add_argument("--folder", type=Path, help="for the files (default: that of temporary files)")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    chosen = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for model in chosen.model:
            for method in chosen.method:
                row = measure(Path(folder), chosen.megapixels, chosen.maps, model, method)
                say(" | ".join(row))
                rows.append(row)
    print(table(rows))
    if chosen.write:
        write_between(PAGE, BEGIN, END, table(rows))


if __name__ == "__main__":
    main()
