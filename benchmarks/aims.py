"""Which speeds was the project to reach, and did it?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measure import LIMIT, Result
from benchmarks.questions import MAIN
from benchmarks.ways import Maxrf4u, Maxrf4uNotebook, ThisProject, Way

if TYPE_CHECKING:
    from benchmarks.report import Run

GROWTH = 0.25  # by which the time a pixel may differ between cubes of different sizes


@dataclass(frozen=True)
class Aim:
    """A number to be reached.

    Attributes
    ----------
    what : str
        Of what.
    aim : float
        At least this; at most, where `most` is true.
    unit : str
        Written behind both numbers.
    found : float or None
        What was measured; None where it was not.
    """

    what: str
    aim: float
    unit: str
    found: float | None
    most: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.found is not None and (self.found <= self.aim if self.most else self.found >= self.aim)

    def row(self) -> list[str]:
        """Lay it out: what, aim, measured, reached."""
        aim = f"{'≤' if self.most else '≥'} {self.aim:,.4g}{self.unit}"
        if self.found is None:
            return [self.what, aim, "not measured", "–"]
        return [self.what, aim, f"{self.found:,.3g}{self.unit}", "yes" if self.reached else "no"]


# Times as fast as maxrf4u's layout with sparse counts; half as many with dense ones
FASTER = {MAIN: 120, "one pixel": 400, "50 × 50 pixels": 180, "sum and max of all": 80}


def aims(run: "Run") -> list[list[str]]:
    """Lay out all aims, with what was measured."""
    large = [(run.result("L", density), share) for density, share in (("sparse", 1.0), ("dense", 0.5))]
    found = [aim for result, share in large if result for aim in _against_maxrf4u(result, share)]
    full = run.result("full", "sparse")
    found += _at_full(full) if full else []
    found += _growth(run)
    found += [_near_limit(result) for result in run.results if result.size != "S"]
    return [["", "aim", "measured", "reached"], *(aim.row() for aim in found)]


def _against_maxrf4u(result: Result, share: float) -> list[Aim]:
    cube = f"{result.size}, {result.density}"
    found = [
        Aim(f"{cube}: {question}, against {way.name}", share * aim, "×", _times(result, question, way))
        for question, aim in FASTER.items()
        for way in (Maxrf4u, Maxrf4uNotebook)
    ]
    made = _quotient(result.conversion.get(Maxrf4u.name), result.conversion[ThisProject.name])
    size = _quotient(result.file_bytes[ThisProject.name], result.file_bytes.get(Maxrf4u.name))
    percent = None if size is None else 100 * size
    return [
        *found,
        Aim(f"{cube}: conversion, against maxrf4u's", share * 8, "×", made),
        Aim(f"{cube}: file, of maxrf4u's", 6 / share, " %", percent, most=True),
    ]


def _at_full(result: Result) -> list[Aim]:
    def milliseconds(question: str, cold: bool) -> float | None:
        seconds = result.median(question, cold=cold)
        return None if seconds is None else seconds * 1000

    return [
        Aim(f"full: {MAIN}, warm", 250, " ms", milliseconds(MAIN, False), most=True),
        Aim(f"full: {MAIN}, cold", 500, " ms", milliseconds(MAIN, True), most=True),
        Aim("full: one pixel", 15, " ms", milliseconds("one pixel", False), most=True),
        Aim("full: conversion", 120, " s", result.conversion[ThisProject.name], most=True),
        Aim("full: memory of the conversion", 1000, " MB", _megabytes(result), most=True),
    ]


def _growth(run: "Run") -> list[Aim]:
    """Compare the time a pixel on the smallest and on the largest cube of the run."""
    results = sorted(
        (each for each in run.results if each.density == "sparse"), key=lambda each: tuple(each.shape)
    )
    if len(results) < 2:
        return []
    found = []
    measures: dict[str, Callable[[Result], float | None]] = {
        MAIN: lambda result: result.median(MAIN),
        "conversion": lambda result: result.conversion[ThisProject.name],
    }
    for what, measure in measures.items():
        each_pixel = [
            None if seconds is None else seconds / (result.shape[0] * result.shape[1])
            for result in results
            for seconds in [measure(result)]
        ]
        sizes = f"{results[0].size} to {results[-1].size}"
        grown = _quotient(each_pixel[-1], each_pixel[0])
        found.append(Aim(f"{sizes}: time a pixel, {what}", 1 + GROWTH, "×", grown, most=True))
    return found


def _near_limit(result: Result) -> Aim:
    near = _quotient(result.median(MAIN), result.median(MAIN, LIMIT))
    return Aim(
        f"{result.size}, {result.density}: {MAIN}, against the decode limit", 1.5, "×", near, most=True
    )


def _times(result: Result, question: str, way: type[Way]) -> float | None:
    return _quotient(result.median(question, way.name), result.median(question))


def _quotient(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def _megabytes(result: Result) -> float:
    return result.conversion_memory[ThisProject.name] / 1e6
