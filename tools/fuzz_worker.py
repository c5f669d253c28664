"""Worker of the fuzz run: opens cases as the app does, in a process that may crash.

Prints a line for each step of each case: its number, then ``checking``, ``opening`` or the outcome.
"""

import argparse
import contextlib
import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core import DataStack, convert, open_scan
from maxrf_core.cli.main import main as command
from maxrf_core.datastack.hdf5_store import new_file
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.imaging.display import to_display
from maxrf_core.imaging.read import read_picture
from maxrf_core.readers import Scan, choices_of, open_maps
from maxrf_core.readers.single_spectrum import read_spectrum_file
from maxrf_core.registration.points_io import load_points
from maxrf_core.untrusted.check import check_untrusted, checks_of
from maxrf_core.untrusted.child import examine
from maxrf_core.untrusted.limits import MAX_ARRAY_BYTES
from tools.fuzz_cases import kind_of, make_case

MEMORY = 1_000_000_000  # beyond what the imports take
LEFT_BEHIND = 200_000_000  # bytes that HDF5 may keep after an error, as it does in the child
SECONDS = 10.0  # of the processor, for one case
SMALL = 20_000_000  # bytes; what is larger is not read whole
CHECKED_IN_CHILD = 200  # each n-th case is also checked in a child of its own, as in the app
UNCHECKED = ("points", "npy")  # only Python reads them
WRITTEN_TO = 4  # each n-th is also written to


def main(arguments: Sequence[str]) -> None:
    """Run some cases, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=Path, help="JSON that names the seeds of each format")
    parser.add_argument("first", type=int)
    parser.add_argument("stop", type=int)
    parser.add_argument("step", type=int)
    chosen = parser.parse_args(arguments)
    seeds = {
        kind: [Path(path) for path in paths] for kind, paths in json.loads(chosen.seeds.read_text()).items()
    }
    warm_up(seeds)
    start = _limit_memory()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(chosen.first, chosen.stop, chosen.step):
            print(number, outcome_of(number, seeds, Path(folder)), flush=True)
            for left in Path(folder).iterdir():
                left.unlink()
            if _memory() > start + LEFT_BEHIND:  # it would spoil later cases; another worker continues
                break


def warm_up(seeds: dict[str, list[Path]]) -> None:
    """Open one real file of each format, so that all is imported before memory is limited."""
    for kind, paths in seeds.items():
        OPENERS[kind](paths[0], 1)


def _limit_memory() -> int:
    start = _memory()
    resource.setrlimit(resource.RLIMIT_AS, (start + MEMORY, start + MEMORY))
    return start


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def outcome_of(number: int, seeds: dict[str, list[Path]], folder: Path) -> str:
    """Make a case, check it and open it; return the outcome: correct, refused, or FINDING and its reason."""
    kind, start = kind_of(number), time.process_time()
    try:
        path = make_case(number, seeds, folder)
        start = time.process_time()
        answer = _check(number, path) if kind not in UNCHECKED else ""
        if not answer:
            print(number, "opening", flush=True)
            OPENERS[kind](path, number)
            answer = "correct"
    except MaxrfError as error:
        sentence = str(error)
        fits = 10 < len(sentence) < 1200 and "\n" not in sentence and "Traceback" not in sentence
        answer = "refused" if fits else f"FINDING: no sentence for people: {sentence[:200]!r}"
    except BaseException as error:
        answer = f"FINDING: {type(error).__name__}: {str(error)[:200]!r}"
    taken = time.process_time() - start
    return answer if taken < SECONDS else f"FINDING: took {taken:.0f} s"


def _check(number: int, path: Path) -> str:
    """Check a file in this process, with the limits of the child; return ``refused`` if it is."""
    print(number, "checking", flush=True)
    try:
        checks = checks_of(path)
        if None in checks or not checks:
            check_untrusted(path)
        else:
            for check in filter(None, checks):
                examine(path, check)
    except MemoryError:
        return "refused"
    except MaxrfError:
        if number % CHECKED_IN_CHILD == 0:
            try:
                check_untrusted(path)
            except MaxrfError:
                return "refused"
            return "FINDING: the child takes what is refused here"
        return "refused"
    if number % CHECKED_IN_CHILD == 0:
        check_untrusted(path)
    return ""


def _open_datastack(path: Path, number: int) -> None:
    """Read the file as the app's pages do."""
    ds = DataStack(path)
    for entry in ds.entries():
        small = int(np.prod(entry.shape, dtype=object)) * 8 <= SMALL
        ds.attributes(entry.name, latest=False)
        if small and entry.stored_bytes < MAX_ARRAY_BYTES:
            array = ds.read(entry.name, latest=False)
            assert array.shape == entry.shape, f"{entry.name} has another shape than it said"
            if array.dtype.kind == "U":
                str(array.ravel().tolist()).encode(errors="replace")  # as when it is shown
    _check_cube(ds)
    if number % WRITTEN_TO == 0:
        name = ds.append({"note": np.arange(3)})["note"]
        assert ds.read(name).tolist() == [0, 1, 2], "what was appended is not there"
        if ds.written_by_maxrf4u and int(np.prod(ds.shape)) * 8 <= SMALL:
            convert(open_scan(path), path.with_suffix(".converted"))


def _check_cube(ds: DataStack) -> None:
    """Check a band map and a spectrum against the whole cube."""
    cube, axis = ds.cube(), ds.axis
    height, width, channels = cube.shape
    lo, hi = channels // 3, channels // 3 + max(1, min(60, channels // 2))
    spectrum = cube.spectrum(width - 1, height - 1)
    assert axis.values.shape == spectrum.shape, "the axis does not fit"
    if height * width * channels * 8 > SMALL:
        return
    band = cube.band_map(lo, hi)
    whole = cube.read(slice(None), slice(None), slice(None)).astype(np.float64)
    with np.errstate(all="ignore"):
        expected = whole[:, :, lo:hi].mean(axis=2)
        if ds.missing is not None:
            expected[ds.missing] = np.nan  # whatever counts lie there
        same = np.isclose(band, expected, rtol=1e-4, atol=1e-30, equal_nan=True) | ~np.isfinite(expected)
    large = np.abs(whole[:, :, lo:hi]).max(axis=2, initial=0)
    assert (same | (np.abs(band - expected) <= 1e-4 * large)).all(), "the band map is not that of the cube"
    assert np.array_equal(spectrum, whole[-1, -1], equal_nan=True), "the spectrum is not that of the cube"
    cube.sum_and_max()


def _open_scan(path: Path, number: int) -> None:
    choices = choices_of(path)
    scan: Scan = open_scan(path, choice=choices[number % len(choices)].key if choices else None)
    block = scan.read(slice(0, 2), slice(0, 3))
    assert block.ndim == 3, "a block has three axes"
    if number % WRITTEN_TO == 0 and scan.dtype.itemsize * int(np.prod(scan.shape)) <= SMALL:
        _open_datastack(convert(scan, path.with_suffix(".datastack")), 1)


def _open_spectra(path: Path, number: int) -> None:
    if path.suffix == ".tar":
        _open_scan(path, number)
        return
    spectrum = read_spectrum_file(path)
    assert spectrum.counts.ndim == 1, "a spectrum has one axis"
    assert spectrum.energies is None or spectrum.energies.shape == spectrum.counts.shape, "energies differ"


def _open_maps(path: Path, number: int) -> None:
    scan = open_maps(path)
    height, width, _channels = scan.shape
    for place in range(len(scan.map_names)):
        assert scan.read_map(place).shape == (height, width), "a map has another size than it said"
    if number % WRITTEN_TO == 0:
        ds = DataStack(convert(scan, path.with_suffix(".datastack")))
        assert tuple(ds.map_names) == scan.map_names, "the maps have other names"


def _open_picture(path: Path, number: int) -> None:
    pixels = read_picture(path)
    assert pixels.dtype in (np.uint8, np.uint16, np.float32), f"pixels are {pixels.dtype}"
    assert pixels.size > 0, "there is no pixel"
    assert to_display(pixels).dtype == np.uint8, "it cannot be shown"


def _open_points(path: Path, number: int) -> None:
    src, dst = load_points(path, photo_shape=(20, 30), map_shape=(20, 30))
    assert src.shape == dst.shape == (len(src), 2), "points are no pairs"


def _open_array(path: Path, number: int) -> None:
    told = io.StringIO()
    with tempfile.TemporaryDirectory() as own:  # several workers open the same seed when they start
        stack = Path(own) / "target.datastack"
        with new_file(stack, overwrite=True):
            pass
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            status = command(["append", str(stack), "array", str(path)])
        if status:
            raise DatastackError(told.getvalue().rstrip("\n"))
        DataStack(stack).read("array")


OPENERS: dict[str, Callable[[Path, int], Any]] = {
    "HDF5": _open_datastack, "zarr 2 in zip": _open_datastack, "zarr 3 in zip": _open_datastack,
    "raw scan": _open_scan, "other HDF5": _open_scan, "other scan": _open_scan, "spectra": _open_spectra,
    "PNG": _open_picture, "JPEG": _open_picture,
    "TIFF": _open_picture, "other picture": _open_picture, "points": _open_points, "npy": _open_array,
    "maps": _open_maps,
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[1:])
