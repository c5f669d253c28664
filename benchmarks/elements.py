"""Figures of the element maps and of the identification, beside PyMca's fast fit.

`python -m benchmarks.elements` prints the tables of `docs/elements.md`, `--write` puts them there. It makes
scans whose elements hide each other, reads measured spectra, and installs PyMca5 in a temporary folder for
comparison (not with `--no-pymca`).
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.mixtures import mixture_rows
from benchmarks.pymca_fit import fast_linear_fit, install
from benchmarks.report import Row, machine, markdown, say, write_between
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_identify import identify
from maxrf_core.datastack.stored_elements import scan_spectrum, scan_tube
from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.maps import DETECTION, ElementMaps, map_model, weighted_fit
from maxrf_core.elements.scanner_error import scanner_error
from maxrf_core.readers import ArrayScan, open_scan
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.elements import ELEMENTS
from tests.maxrf_core.spectrum.genuine_spectra import Genuine, bruker_spectra, other_spectra

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"
PAGE = PROJECT / "docs" / "elements.md"
BEGIN = "<!-- measured: written by `python -m benchmarks.elements --write` -->"
END = "<!-- end of what was measured -->"

OVERLAP_AXIS = Calibration(0.0099987, -0.9564)
PAIRS = (("Ti", "Ba"), ("As", "Pb"), ("S", "Pb"), ("Co", "Fe"), ("Mn", "Cr"), ("Ba", "Ti"))
FAMILIES = {
    "Ca": "Ca-K", "Ti": "Ti-K", "Ba": "Ba-L", "Pb": "Pb-L", "As": "As-K", "S": "S-K", "Mn": "Mn-K",
    "Cr": "Cr-K", "Fe": "Fe-K", "Co": "Co-K", "Cu": "Cu-K",
}  # fmt: skip
ENERGIES = {"Ti": 4.51, "As": 10.54, "S": 2.31, "Co": 6.93, "Mn": 5.90, "Ba": 4.47}
LEFT_OUT = (("As",), ("Ba",), ("Ti", "Co"))
BLOCK = 6  # pixels
ROUNDS = 7
FRESCO = ("fresco_aurora-antico1-prova1_10264", "fresco_aurora-antico1-prova2_10264_repeat")
FRESCO_FAMILIES = ("Ca-K", "Ti-K", "Fe-K", "Cu-K", "Zn-K", "Hg-L", "Pb-L")
# Besides the pure elements, which are named as their files are.
M6_MUST = {"bruker_m6_jetstream_file_example": ("Ca", "Fe"), "Steel": ("Fe",)}
M6_MAY = {
    "Steel": ("Si", "P", "S", "V", "Cr", "Mn", "Co", "Ni", "Cu", "Nb", "Mo", "W"),  # alloyed
    "Zr": ("Hf",),  # in all zirconium that is not refined for reactors
}


@dataclass(frozen=True, eq=False)
class OverlapScan:
    """A made scan and its truth."""

    ds: DataStack
    elements: list[str]
    truth: np.ndarray  # abundance, (elements, height, width)
    spectra: np.ndarray | None = None  # counts at abundance 1 without noise, (elements, channels)


def overlap_scan(
    folder: Path, without: tuple[str, ...] = (), height: int = 197, width: int = 186
) -> OverlapScan:
    prefix = folder / ("overlap" + "".join(f"_no_{element}" for element in without))
    tool = SHARED / "tools" / "make_overlap_scan.py"
    command = [sys.executable, str(tool), str(prefix), "--height", str(height), "--width", str(width)]
    subprocess.run([*command, "--without", ",".join(without)], check=True)
    path = convert(open_scan(prefix.with_suffix(".rpl")), prefix.with_suffix(".datastack"))
    DataStack(path).calibrate(OVERLAP_AXIS)
    with np.load(f"{prefix}_truth.npz") as truth:
        spectra = truth["spectra"].astype(np.float64) * truth["counts"][:, np.newaxis]
        return OverlapScan(DataStack(path), truth["elements"].tolist(), truth["maps"], spectra)


def responses(scan: OverlapScan, net: np.ndarray, element: str) -> dict[str, float]:
    """Return the response of an element's map to each other element, relative to its own."""
    design = np.concatenate([scan.truth, np.ones((1, *scan.truth.shape[1:]))]).reshape(
        len(scan.elements) + 1, -1
    )
    found = np.linalg.lstsq(design.T, net.ravel().astype(np.float64), rcond=None)[0]
    own = found[scan.elements.index(element)]
    return {
        name: float(part / own) for name, part in zip(scan.elements, found, strict=False) if name != element
    }


def expected_responses(scan: OverlapScan) -> dict[str, dict[str, float]]:
    """Return the responses of our maps without the noise of counting, each relative to the map's own.

    A map is a weighted sum of a pixel's counts; here the weights meet each element's own spectrum.
    """
    assert scan.spectra is not None
    wanted = list(FAMILIES.values())
    spectrum = scan_spectrum(scan.ds)
    analysis = analyse(spectrum, scan.ds.axis, scan_tube(scan.ds, spectrum).tube, wanted)
    model = map_model(analysis, wanted)
    _columns, _weights, weights = weighted_fit(analysis, model)
    found = {}
    for number, element in enumerate(scan.elements):
        net = scan.spectra[:, model.channels] @ weights[model.index(FAMILIES[element])]
        found[element] = {
            name: float(part / net[number])
            for name, part in zip(scan.elements, net, strict=True)
            if name != element
        }
    return found


def spread(scan: OverlapScan, maps: ElementMaps, element: str) -> float:
    """Return the standard deviation of net counts beside their truth, in units of sigma."""
    number = maps.index(FAMILIES[element])
    true = scan.truth[scan.elements.index(element)].ravel()
    net, sigma = (each[number].ravel().astype(np.float64) for each in (maps.net, maps.sigma))
    design = np.stack([true, np.ones(true.size)], axis=1) / sigma[:, np.newaxis]
    line = np.linalg.lstsq(design, net / sigma, rcond=None)[0]
    return float((net / sigma - design @ line).std())


def overlap_rows(scan: OverlapScan, maps: ElementMaps, theirs: dict[str, np.ndarray]) -> list[Row]:
    rows, expected = [], expected_responses(scan)
    for element, rival in PAIRS:
        band = scan.ds.band_map(ENERGIES[element] - 0.15, ENERGIES[element] + 0.15)
        ours = expected[element]
        worst = max(ours, key=lambda name: abs(ours[name]))
        pymca = responses(scan, theirs[element], element)[rival] if element in theirs else np.nan
        rows.append(
            [
                f"{element} ← {rival}",
                f"{responses(scan, band, element)[rival]:.0%}",
                "–" if np.isnan(pymca) else f"{pymca:.1%}",
                f"{ours[rival]:.1%}",
                f"{worst} {ours[worst]:.1%}",
                f"{spread(scan, maps, element):.2f}",
            ]
        )
    head = ["response", "band ± 0.15 keV", "PyMca", "net", "largest of all", "spread"]
    return [head, *rows, ["scanner's own part (the truth is none)", own_part(maps), "", "", "", ""]]


def absent_rows(folder: Path) -> list[Row]:
    rows: list[Row] = [["left out", "6×6 blocks below the detection limit", "identified as"]]
    for without in LEFT_OUT:
        scan = overlap_scan(folder, without, 120, 114)
        found = identify(scan.ds)
        maps = scan.ds.element_maps([FAMILIES[element] for element in without], keep=False)
        for element, net, sigma in zip(without, maps.net, maps.sigma, strict=True):
            below = blocks(net) < DETECTION * np.sqrt(blocks(sigma.astype(np.float64) ** 2))
            finding = found.of(element)
            rows.append([element, f"{below.mean():.1%}", finding.status if finding else "absent"])
        wrong = set(found.elements("sure")) - {*scan.elements} | {*found.elements("sure")} & {*without}
        rows[-1][2] += f"; false among the sure: {', '.join(sorted(wrong)) or 'none'}"
    return rows


def blocks(values: np.ndarray) -> np.ndarray:
    """Return the sums of blocks of pixels, those at the lower and right edge left out."""
    height, width = (length // BLOCK for length in values.shape)
    cropped = values[: height * BLOCK, : width * BLOCK].astype(np.float64)
    return cropped.reshape(height, BLOCK, width, BLOCK).sum(axis=(1, 3))


def speed_rows(scan: OverlapScan, ours: float, theirs: float | None) -> list[Row]:
    cube = scan.ds.cube()
    n = 2 * len(FAMILIES)
    axis = scan.ds.axis
    narrow = np.zeros((n, cube.shape[2]))
    narrow[:, axis.channels(0.9, 24)] = 1
    ways = {
        "`sum_and_max()`": cube.sum_and_max,
        f"{n} weighted maps, 0.9–24 keV": lambda: cube.weighted_maps(narrow),
        f"{n} weighted maps, all channels": lambda: cube.weighted_maps(np.ones((n, cube.shape[2]))),
    }
    taken = dict.fromkeys(ways, np.inf)
    for _ in range(ROUNDS):  # in turn, so that all meet the same load
        taken = {name: min(taken[name], seconds(work)) for name, work in ways.items()}
    base = taken["`sum_and_max()`"]
    rows: list[Row] = [["one pass over the overlap scan", "seconds", "× sum_and_max"]]
    rows += [[name, f"{each:.2f}", f"{each / base:.2f}"] for name, each in taken.items()]
    rows.append(["analysis and element maps", f"{ours:.1f}", f"{ours / base:.0f}"])
    if theirs is not None:
        rows.append(
            ["PyMca's `FastXRFLinearFit`, the counts in memory", f"{theirs:.1f}", f"{theirs / base:.0f}"]
        )
    return rows


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def fresco_rows(folder: Path) -> list[Row]:
    """Compare two scans of one fresco: the spread of their difference knows no model."""
    maps = []
    axis = Calibration(0.02919297, -0.012021)
    for name in FRESCO:
        with np.load(SHARED / "data" / "spectra" / f"{name}.npz") as stored:
            path = convert(ArrayScan(stored["counts"]), folder / f"{name}.datastack", calibration=axis)
        ds = DataStack(path)
        ds.set_tube({"tube_kV": 38.0, "tube_anode": "Ag"})
        maps.append(ds.element_maps(list(FRESCO_FAMILIES), keep=False))
    first, second = maps
    rows: list[Row] = [["family", "net counts", "spread", "with the scanner's own part"]]
    variance = first.sigma.astype(np.float64) ** 2 + second.sigma.astype(np.float64) ** 2
    difference = first.net.astype(np.float64) - second.net
    mean = np.maximum((first.net + second.net) / 2, 0).astype(np.float64)
    own = error_by_difference(difference, variance, mean)
    for number, name in enumerate(first.names):
        by_counting = robust(difference[number] / np.sqrt(variance[number]))
        with_own = robust(difference[number] / np.sqrt(variance[number] + 2 * (own * mean[number]) ** 2))
        rows.append([name, f"{mean[number].mean():.0f}", f"{by_counting:.2f}", f"{with_own:.2f}"])
    estimated = " and ".join(own_part(each) for each in maps)
    rows.append(["scanner's own part, by the difference", f"{own:.1%} of the net counts", "", ""])
    rows.append(["scanner's own part, from either scan alone", estimated, "", ""])
    return rows


def own_part(maps: ElementMaps) -> str:
    """Return the scanner's own part as it is estimated from one scan, or its limit where none was found."""
    found = scanner_error(maps)
    return f"{found.share:.1%}" if found.share > 0 else f"none, below {found.limit:.1%}"


def robust(values: np.ndarray) -> float:
    """Return a standard deviation that outliers do not change, from the quartiles."""
    return float(np.subtract(*np.percentile(values, [75, 25])) / 1.349)


def error_by_difference(difference: np.ndarray, variance: np.ndarray, mean: np.ndarray) -> float:
    """Return the relative error beside counting with which all families' differences have a spread of 1."""
    shares = np.linspace(0, 0.1, 201)
    errors = [
        sum(
            abs(np.log(robust(difference[n] / np.sqrt(variance[n] + 2 * (share * mean[n]) ** 2))))
            for n in range(len(mean))
        )
        for share in shares
    ]
    return float(shares[int(np.argmin(errors))])


def spectra_rows(spectra: list[Genuine]) -> list[Row]:
    """Identify measured spectra with the tube unstated."""
    rows: list[Row] = [["spectrum", "sure", "possible", "missed", "sure, and not in the reference"]]
    n_sure = n_false = n_must = n_found = 0
    for each in spectra:
        found = identify(each.counts, SpectralAxis(each.energies, "keV"))
        sure, possible = found.elements("sure"), found.elements("possible")
        missed = [element for element in each.must_find if element not in (*sure, *possible)]
        false = [element for element in sure if element not in (*each.must_find, *each.may_find)]
        n_sure, n_false = n_sure + len(sure), n_false + len(false)
        n_must, n_found = n_must + len(each.must_find), n_found + len(each.must_find) - len(missed)
        rows.append(
            [each.name.split("_10264")[0], *(" ".join(part) for part in (sure, possible, missed, false))]
        )
    total = f"{n_sure - n_false} of {n_sure} ({1 - n_false / max(n_sure, 1):.1%})"
    rows.append(
        ["**all**", f"in the reference: {total}", "", f"{n_must - n_found} of {n_must}", str(n_false)]
    )
    return rows


def m6_spectra() -> list[Genuine]:
    """Return the spectra of a Bruker M6 and of NIST with what must be found in each.

    NIST's are of pure elements, of acrylic, which has none, and of a steel whose composition is not told. The
    scatter of the others is that of acrylic behind filters.
    """
    found = []
    for each in bruker_spectra(SHARED / "data"):
        name = each.name.split("_50kv")[0]
        must = M6_MUST.get(name, (name,) if name in ELEMENTS else ())
        found.append(replace(each, must_find=must, may_find=M6_MAY.get(name, ())))
    return found


def tables(folder: Path, with_pymca: bool) -> str:
    say("a scan whose elements hide each other …")
    scan = overlap_scan(folder)
    begun = time.perf_counter()
    maps = scan.ds.element_maps(list(FAMILIES.values()), keep=False)
    ours = time.perf_counter() - begun
    theirs, taken = ({}, None)
    if with_pymca:
        say("PyMca …")
        install(folder / "pymca")
        theirs, taken = fast_linear_fit(folder / "pymca", scan.ds, FAMILIES)
    parts = [
        f"{machine()}.",
        "### A scan whose elements hide each other",
        markdown(overlap_rows(scan, maps, theirs)),
        markdown(speed_rows(scan, ours, taken)),
    ]
    say("scans without some elements …")
    parts += ["### Elements that are not there", markdown(absent_rows(folder))]
    say("two scans of one fresco …")
    parts += ["### Two scans of one fresco", markdown(fresco_rows(folder))]
    say("measured spectra …")
    spectra = [each for each in other_spectra(SHARED / "data" / "spectra") if "repeat" not in each.name]
    parts += ["### Spectra of nine instruments, the tube unstated", markdown(spectra_rows(spectra))]
    say("mixtures of measured spectra …")
    parts += ["### Mixtures of measured spectra", markdown(mixture_rows(SHARED))]
    parts += [
        "### Spectra of a Bruker M6 and of NIST, the tube unstated",
        markdown(spectra_rows(m6_spectra())),
    ]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.elements", description=__doc__)
    parser.add_argument("--no-pymca", action="store_true", help="do not install and measure PyMca5")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/elements.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="maxrf-elements-") as folder:
        text = tables(Path(folder), not chosen.no_pymca)
    print(text)
    if chosen.write:
        write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
