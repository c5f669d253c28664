"""Figures of the automatic calibration on measured spectra.

`python -m benchmarks.calibration` prints the tables of `docs/calibration.md`, `--write` puts them there. Each
spectrum is calibrated as it is, and with channels 1.37 and 2.05 times as wide, so that its gain is that of no
instrument; those that are not sure are calibrated once more with one given line.
"""

import argparse
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.report import Row, machine, markdown, say, write_between
from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.auto_calibration import AutoCalibration, auto_calibrate
from maxrf_core.spectrum.elements import COMMON_ELEMENTS, FREQUENT_ELEMENTS
from maxrf_core.spectrum.lines import Line, find_line
from maxrf_core.spectrum.measured_peaks import measure_peaks
from tests.maxrf_core.spectrum.genuine_spectra import Genuine, bruker_spectra, other_spectra

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT.parent / "shared" / "data"
PAGE = PROJECT / "docs" / "calibration.md"
BEGIN = "<!-- measured: written by `python -m benchmarks.calibration --write` -->"
END = "<!-- end of what was measured -->"

FACTORS = (1.0, 1.37, 2.05)
ENERGIES = np.array([2.0, 22.0])  # keV; between them the error is largest at one of the two
MAX_ERROR = 60.0  # eV; above it energies are wrong
GOOD_ERROR = 10.0  # eV, aimed at where there is a zero peak
NEAR_LINE = 0.04  # keV between a peak and its line by the reference


@dataclass(frozen=True, eq=False)
class Trial:
    """A spectrum, one of the factors, and what is told."""

    spectrum: Genuine
    factor: float
    tube: bool = False
    line: bool = False


@dataclass(frozen=True)
class Outcome:
    """Result of a trial; errors in eV at `ENERGIES`."""

    sure: bool
    errors: tuple[float, float] | None
    lines: str
    seconds: float
    given: str = ""

    @property
    def worst(self) -> float:
        """Largest error from 2 to 22 keV in eV."""
        return np.inf if self.errors is None else max(map(abs, self.errors))

    @property
    def right(self) -> bool:
        return self.worst <= MAX_ERROR


def rescaled(counts: np.ndarray, factor: float) -> np.ndarray:
    """Return counts in channels that are `factor` times as wide; counts are spread evenly over a channel."""
    if factor == 1:
        return counts
    edges = np.arange(int(len(counts) / factor) + 1) * factor
    summed = np.concatenate([[0.0], np.cumsum(counts)])
    return np.rint(np.diff(np.interp(edges, np.arange(len(summed)), summed)))


def axis_of(trial: Trial) -> tuple[float, float]:
    """Return gain and offset of the rescaled channels by the reference."""
    gain = trial.spectrum.gain
    return gain * trial.factor, trial.spectrum.offset + gain * (trial.factor - 1) / 2


def strongest_line(counts: np.ndarray, trial: Trial) -> tuple[float, Line] | None:
    """Return the strongest peak at which a Ka or La line of a usual element lies, with the line."""
    gain, offset = axis_of(trial)
    peaks = measure_peaks(counts)
    lines = []
    told = (*trial.spectrum.must_find, *FREQUENT_ELEMENTS, *COMMON_ELEMENTS, trial.spectrum.anode or "Rh")
    for element in dict.fromkeys(told):
        for series in ("Ka", "La"):
            try:
                lines.append(find_line(f"{element} {series}"))
            except CalibrationError:
                continue
    for number in np.argsort(-peaks.areas):
        if not peaks.reliable[number]:
            continue
        energy = offset + gain * peaks.positions[number]
        line = min(lines, key=lambda each: abs(each.energy - energy))
        if abs(line.energy - energy) < NEAR_LINE:
            return float(peaks.positions[number]), line
    return None


def run(trial: Trial) -> Outcome:
    counts = rescaled(trial.spectrum.counts, trial.factor)
    known = strongest_line(counts, trial) if trial.line else None
    kv, anode = (trial.spectrum.tube_kv, trial.spectrum.anode) if trial.tube else (None, None)
    begun = time.perf_counter()
    found = auto_calibrate(counts, kV=kv, anode=anode, given=[known] if known else [])
    taken = time.perf_counter() - begun
    lines = ", ".join(line.label for line in found.lines[:5])
    return Outcome(found.sure, errors_of(found, trial), lines, taken, known[1].label if known else "")


def errors_of(found: AutoCalibration, trial: Trial) -> tuple[float, float] | None:
    if found.calibration is None:
        return None
    gain, offset = axis_of(trial)
    channels = (ENERGIES - offset) / gain
    low, high = 1000 * (found.calibration.offset + found.calibration.gain * channels - ENERGIES)
    return float(low), float(high)


def spectra() -> dict[str, list[Genuine]]:
    """Return the spectra of a Bruker M6 and of NIST, and those of nine other instruments, each once."""
    found: dict[str, list[Genuine]] = {"zero peak": [], "others": []}
    for group, each in (
        *(("zero peak", each) for each in bruker_spectra(DATA)),
        *(("others", each) for each in other_spectra(DATA / "spectra") if "repeat" not in each.name),
    ):
        if not any(np.array_equal(each.counts, known.counts) for known in found[group]):
            found[group].append(each)
    return found


def all_of(trials: Sequence[Trial]) -> list[Outcome]:
    os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        outcomes = []
        for trial, outcome in zip(trials, pool.map(run, trials), strict=True):
            say(f"{trial.spectrum.name} × {trial.factor}: {words(outcome)} ({outcome.seconds:.0f} s)")
            outcomes.append(outcome)
    return outcomes


def summary(outcomes: Sequence[Outcome], title: str) -> Row:
    sure = [each for each in outcomes if each.sure]
    right = [each for each in sure if each.right]
    errors = [each.worst for each in right]
    return [
        title,
        f"{len(right)} of {len(outcomes)}",
        str(len(sure) - len(right)),
        f"{sum(each.worst <= GOOD_ERROR for each in right)}",
        f"{sum(each.right and not each.sure for each in outcomes)}",
        f"{sum(not (each.right or each.sure) for each in outcomes)}",
        f"{np.median(errors):.0f}" if errors else "–",
    ]


HEAD = [
    "spectra", "sure and right", "sure and wrong", "of those right within 10 eV", "unsure, proposal right",
    "unsure, proposal wrong or none", "median error (eV)",
]  # fmt: skip


def group_tables(group: list[Genuine], tube: bool, factors: Sequence[float]) -> list[str]:
    """Return the tables of a group: the counts of outcomes, and each spectrum as it is."""
    rows: list[Row] = [HEAD]
    as_is: list[Outcome] = []
    for factor in factors:
        outcomes = all_of([Trial(each, factor) for each in group])
        as_is = as_is or outcomes
        rows.append(summary(outcomes, "as they are" if factor == 1 else f"channels × {factor}"))
    if tube:
        told = all_of([Trial(each, 1.0, tube=True) for each in group])
        rows.append(summary(told, "as they are, tube told"))
    unsure = [number for number, outcome in enumerate(as_is) if not outcome.sure]
    told = all_of([Trial(group[number], 1.0, line=True) for number in unsure])
    rows.append(summary(told, "those that were unsure, with one given line"))
    given = dict(zip(unsure, told, strict=True))
    each_one: list[Row] = [["spectrum", "as it is", "lines", "with one given line"]]
    for number, (spectrum, outcome) in enumerate(zip(group, as_is, strict=True)):
        with_line = given.get(number)
        last = "" if with_line is None else f"{with_line.given}: {words(with_line)}"
        each_one.append([spectrum.name.split("_10264")[0], words(outcome), outcome.lines, last])
    return [markdown(rows), markdown(each_one)]


def words(outcome: Outcome) -> str:
    if outcome.errors is None:
        return "no proposal"
    low, high = outcome.errors
    verdict = ("sure" if outcome.sure else "unsure") + ("" if outcome.right else ", wrong")
    return f"{verdict}, {low:+.0f} and {high:+.0f} eV"


def tables(factors: Sequence[float]) -> str:
    groups = spectra()
    parts = [f"{machine()}. Errors at 2 and at 22 keV; wrong: more than {MAX_ERROR:.0f} eV at one of them."]
    parts += [
        "### A zero peak at 0 keV: Bruker M6 and NIST",
        *group_tables(groups["zero peak"], True, factors),
    ]
    parts += ["### Nine other instruments", *group_tables(groups["others"], False, factors)]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/calibration.md")
    parser.add_argument("--as-is", action="store_true", help="leave out the wider channels")
    chosen = parser.parse_args()
    text = tables(FACTORS[:1] if chosen.as_is else FACTORS)
    print(text)
    if chosen.write:
        write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
