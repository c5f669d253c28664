"""Time and memory of weighted maps and element maps at full size.

`python -m benchmarks.element_speed SCAN` prints the table of `docs/elements.md`, `--write` puts it there. The
scan is made if it does not exist: the scan whose elements hide each other, repeated up to 22 GB of counts
(1.1 GB packed).
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.cubes import SIZES
from benchmarks.elements import OVERLAP_AXIS, PAGE, overlap_scan
from benchmarks.machine_limits import in_own_process
from benchmarks.report import Row, machine, markdown, write_between
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_elements import scan_analysis
from maxrf_core.elements.coarse_maps import CoarseMaps, coarse_element_maps
from maxrf_core.elements.maps import ElementMaps, element_maps
from maxrf_core.readers import ALL, Scan

BEGIN = "<!-- full size: written by `python -m benchmarks.element_speed SCAN --write` -->"
END = "<!-- end of full size -->"
N_FAMILIES = 12
LOW, HIGH = 0.9, 24.0  # keV, of the narrow maps
ROUNDS = 3


class RepeatedScan(Scan):
    """A scan in memory, repeated side by side up to another size.

    Parameters
    ----------
    counts : ndarray, shape (height, width, channels)
    height, width : int
        Of the whole.
    """

    def __init__(self, counts: np.ndarray, height: int, width: int) -> None:
        self.counts, self.name = counts, "repeated"
        self.shape, self.dtype = (height, width, counts.shape[2]), counts.dtype

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block."""
        height, width, _ = self.shape
        y = np.arange(height)[rows] % self.counts.shape[0]
        x = np.arange(width)[columns] % self.counts.shape[1]
        return self.counts[np.ix_(y, x)][:, :, channels]


def make_full(ds: DataStack, path: Path, shape: tuple[int, int] = SIZES["full"]) -> None:
    """Convert the overlap scan, repeated, to a datastack of another size."""
    height, width, channels = ds.shape
    counts = ds.cube().read(slice(height), slice(width), slice(channels))
    convert(RepeatedScan(counts, *shape), path, calibration=OVERLAP_AXIS)
    DataStack(path).set_tube({"tube_kV": 50.0, "tube_anode": "Rh"})


def full_size_rows(path: Path, rounds: int = ROUNDS) -> list[Row]:
    """Measure the passes over a scan in turn, and the peak memory of each in a process of its own."""
    ways: dict[str, Callable[[Path], object]] = {
        "`sum_and_max()`": sum_and_max,
        f"{2 * N_FAMILIES} weighted maps, {LOW:g}–{HIGH:g} keV": narrow_maps,
        f"{2 * N_FAMILIES} weighted maps, all channels": wide_maps,
        f"element maps of up to {N_FAMILIES} families, with residual and analysis": all_element_maps,
        f"coarse maps of up to {N_FAMILIES} families, from binned counts, with analysis": coarse_maps,
    }
    taken = dict.fromkeys(ways, np.inf)
    for _ in range(rounds):
        for name, work in ways.items():
            begun = time.perf_counter()
            work(path)
            taken[name] = min(taken[name], time.perf_counter() - begun)
    memory = {name: in_own_process(work, path).peak_bytes for name, work in ways.items()}  # not timed
    base = taken["`sum_and_max()`"]
    height, width, channels = DataStack(path).shape
    title = f"one pass over {height} × {width} pixels, {channels} channels"
    rows: list[Row] = [[title, "seconds", "× sum_and_max", "peak memory"]]
    return rows + [
        [name, f"{each:.1f}", f"{each / base:.2f}", f"{memory[name] / 1e6:.0f} MB"]
        for name, each in taken.items()
    ]


def sum_and_max(path: Path) -> None:
    DataStack(path).cube().sum_and_max()


def narrow_maps(path: Path) -> None:
    ds = DataStack(path)
    weights = np.zeros((2 * N_FAMILIES, ds.shape[2]))
    weights[:, ds.axis.channels(LOW, HIGH)] = 1
    ds.cube().weighted_maps(weights)


def wide_maps(path: Path) -> None:
    ds = DataStack(path)
    ds.cube().weighted_maps(np.ones((2 * N_FAMILIES, ds.shape[2])))


def all_element_maps(path: Path) -> ElementMaps:
    """Compute the maps of the strongest families, the analysis included."""
    ds = DataStack(path)
    analysis = scan_analysis(ds)
    return element_maps(ds.cube(), analysis, analysis.present[:N_FAMILIES])


def coarse_maps(path: Path) -> CoarseMaps:
    """Compute the coarse maps of the same families."""
    ds = DataStack(path)
    analysis, binned = scan_analysis(ds), ds.binned_counts
    assert binned is not None
    return coarse_element_maps(binned, analysis, analysis.present[:N_FAMILIES])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.element_speed", description=__doc__)
    parser.add_argument("scan", type=Path, help="a full-size datastack; made if it does not exist")
    parser.add_argument("--write", action="store_true", help="write the table into docs/elements.md")
    chosen = parser.parse_args()
    if not chosen.scan.exists():
        with tempfile.TemporaryDirectory(prefix="maxrf-elements-") as folder:
            make_full(overlap_scan(Path(folder)).ds, chosen.scan)
    text = f"{machine()}.\n\n{markdown(full_size_rows(chosen.scan))}"
    print(text)
    if chosen.write:
        write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
