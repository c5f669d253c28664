"""Time band maps and spectra against other ways to keep a cube: ``make bench``, about a minute.

All ways hold the same counts and answer the same questions; their answers are compared before any is timed.
They are timed in turn, several rounds, so that a busy moment of the machine hits all of them alike.
"""

import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import zarr
from scipy.ndimage import gaussian_filter1d
from zarr.storage import ZipStore

from maxrf_core.convert import convert
from maxrf_core.cube import Hdf5Cube
from maxrf_core.readers import ArrayScan

HEIGHT, WIDTH, CHANNELS = 400, 376, 4096
ROUNDS = 7
BAND = slice(706, 766)  # 6.1 to 6.7 keV on the axis of a common instrument
PIXEL = (200, 150)
CORNER, SIDE = (100, 120), 50

Question = Callable[[], np.ndarray]
Way = dict[str, Question]


def sparse_counts(rng: np.random.Generator) -> np.ndarray:
    """Draw a cube as such scans are: some 600 counts a pixel, most channels empty, uint16 as raw files."""
    shape = np.exp(-np.arange(CHANNELS) / 900) + 0.02
    for centre in (96, 465, 736, 1100, 1970, 2110):
        shape += 6 * np.exp(-0.5 * ((np.arange(CHANNELS) - centre) / 7) ** 2)
    rate = (620 * shape / shape.sum()).astype(np.float32)
    counts = np.empty((HEIGHT, WIDTH, CHANNELS), np.uint16)
    for row in counts:
        row[:] = rng.poisson(rate, row.shape)
    return counts


def this_project(path: Path) -> Way:
    """Ask our own reader."""
    cube = Hdf5Cube(path)
    (x, y), side = CORNER, SIDE - 1
    return {
        "60 channels": lambda: cube.band_map(BAND),
        "pixel": lambda: cube.spectrum(*PIXEL),
        "50 × 50 pixels": lambda: cube.region_spectrum(x, y, x + side, y + side),
    }


def sliced(open_cube: Callable[[], object]) -> Way:
    """Ask any array that numpy's slices read."""
    (x, y), (column, row) = CORNER, PIXEL

    def ask(*part: object) -> np.ndarray:
        return np.asarray(open_cube()[part])  # type: ignore[index]

    return {
        "60 channels": lambda: ask(slice(None), slice(None), BAND).mean(axis=2, dtype=np.float64),
        "pixel": lambda: ask(row, column).astype(np.float64),
        "50 × 50 pixels": lambda: ask(slice(y, y + SIDE), slice(x, x + SIDE)).mean((0, 1), np.float64),
    }


def timed(question: Question) -> float:
    """Give the milliseconds that one answer takes."""
    begin = time.perf_counter()
    question()
    return (time.perf_counter() - begin) * 1000


def main() -> None:
    """Make the files, compare the answers, time them and print the table."""
    print(f"{HEIGHT} × {WIDTH} pixels × {CHANNELS} channels; making the files …", flush=True)
    counts = sparse_counts(np.random.default_rng(1))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        ours, raw, theirs = folder / "ours.datastack", folder / "raw", folder / "theirs.zip"
        begin = time.perf_counter()
        convert(ArrayScan(counts, "benchmark"), ours)
        conversion = time.perf_counter() - begin
        counts.tofile(raw)
        smoothed = gaussian_filter1d(counts.astype(np.float32), 7, axis=2)
        with ZipStore(theirs, mode="w") as store:
            zarr.create_array(store=store, name="maxrf_cube", data=smoothed)
        del smoothed
        shape = counts.shape
        ways = {
            "this project": this_project(ours),
            "plain h5py, same file": sliced(lambda: h5py.File(ours)["maxrf_cube"]),
            "memory-mapped raw file": sliced(lambda: np.memmap(raw, np.uint16, "r", shape=shape)),
            "zarr zip, as maxrf4u": sliced(
                lambda: zarr.open_array(ZipStore(theirs, mode="r"), path="maxrf_cube", mode="r")
            ),
        }
        compare(ways)
        print_table(ways, {"ours": ours, "raw": raw, "zarr zip": theirs}, conversion)


def compare(ways: dict[str, Way]) -> None:
    """Make sure that all ways give the same answers; the zarr zip holds smoothed counts, so only nearly."""
    for name, way in ways.items():
        for question, ask in way.items():
            truth, answer = ways["memory-mapped raw file"][question](), ask()
            if name.startswith("zarr"):
                assert abs(answer.sum() - truth.sum()) < 0.05 * truth.sum(), (name, question)
            else:
                np.testing.assert_allclose(answer, truth, rtol=1e-12, err_msg=f"{name}: {question}")


def print_table(ways: dict[str, Way], files: dict[str, Path], conversion: float) -> None:
    """Time all ways in turn and print medians, and how many times as long the others take."""
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            for question, ask in way.items():
                times.setdefault((name, question), []).append(timed(ask))
    questions = list(ways["this project"])
    print(f"{'median of ' + str(ROUNDS):<24}" + "".join(f"{question:>24}" for question in questions))
    for name in ways:
        cells = []
        for question in questions:
            median = statistics.median(times[name, question])
            ratio = median / statistics.median(times["this project", question])
            cells.append(f"{median:10.1f} ms {ratio:8.1f} ×")
        print(f"{name:<24}" + "".join(f"{cell:>24}" for cell in cells))
    sizes = ", ".join(f"{name} {path.stat().st_size / 1e6:.0f} MB" for name, path in files.items())
    print(f"sizes: {sizes}; converted in {conversion:.1f} s")
    versions = f"zarr {zarr.__version__}, h5py {h5py.__version__}"
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions}")


if __name__ == "__main__":
    main()
