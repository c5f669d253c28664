"""Report of the benchmark, as text for the terminal and as tables for the documentation."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.alternatives import PlainH5py, ThisProject, WithoutMarks
from benchmarks.compared import ALTERNATIVES
from benchmarks.machine_limits import CORES
from benchmarks.measure import BINNED, LIMIT, Result
from benchmarks.packed_formats import PACKED_FORMATS
from benchmarks.queries import MAIN

BEGIN, END = (
    "<!-- measured: written by `python -m benchmarks --write` -->",
    "<!-- end of what was measured -->",
)
BEGIN_BEST, END_BEST = (
    "<!-- best: written by `python -m benchmarks --write` -->",
    "<!-- end of best -->",
)
PACKAGES = (
    "numpy", "h5py", "deflate", "zlib-ng", "isal", "zarr", "dask", "scipy", "rosettasciio", "blosc2",
    "tensorstore", "hdf5plugin",
)  # fmt: skip
NONE = "–"
CONVERTING = "processors for the conversion"
AIMS = {"one pixel": 0.35, "50 × 50 pixels": 0.8, MAIN: 0.95}  # time with marks to that without
MAX_FILE = {"sparse": 1.0, "dense": 1.07}
MAX_CONVERSION = 1.3
MAX_BINNED = {"time": 0.15, "size": 0.08, "binning": 2}  # of the map, of the cube, of the sum of all
# What issue 17 aims at for the marks, as ratios to the best of others that was measured before there were any
# (this project then being 1): file 0.75 / 0.93, map 0.86 / 0.62, pixel 0.07 / 0.06, region 0.5 / 0.29.
AIMS_TO_BEST = {
    "sparse": {"file": 1 / 0.75, MAIN: 0.95 / 0.86, "one pixel": 0.35 / 0.07, "50 × 50 pixels": 0.8 / 0.5},
    "dense": {"file": 1.07 / 0.93, MAIN: 0.95 / 0.62, "one pixel": 0.35 / 0.06, "50 × 50 pixels": 0.8 / 0.29},
}

Row = list[str]


@dataclass(frozen=True)
class Run:
    """All results of one run, and the machine that gave them."""

    machine: str
    versions: str
    day: str
    results: list[Result]

    @classmethod
    def of_this_machine(cls, results: list[Result]) -> "Run":
        """Note where and when the results were measured."""
        packages = ", ".join(
            f"{package} {version(package)}" for package in PACKAGES if _is_installed(package)
        )
        versions = f"Python {platform.python_version()}, {packages}"
        return cls(machine(), versions, date.today().isoformat(), results)

    def with_others_of(self, earlier: "Run") -> "Run":
        """Add the results of an earlier run for cubes that this one did not measure."""
        others = [each for each in earlier.results if self.result(each.size, each.density) is None]
        return replace(self, results=[*others, *self.results])

    def result(self, size: str, density: str) -> Result | None:
        """Find what was measured on a cube."""
        return next((each for each in self.results if (each.size, each.density) == (size, density)), None)


def say(what: str) -> None:
    """Write what is being measured, with the time, to the terminal."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def save(run: Run, path: Path) -> None:
    """Store a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(run), indent=1))


def load(path: Path) -> Run:
    """Read a stored run."""
    kept = json.loads(path.read_text())
    return Run(**{**kept, "results": [Result(**result) for result in kept["results"]]})


def text(run: Run) -> str:
    """Return the report for a terminal."""
    parts = [f"{run.machine}; {run.versions}; {run.day}"]
    for result in run.results:
        parts += [
            "",
            title(result),
            "warm, medians, and how many times this project's",
            plain(times(result)),
        ]
        if result.cold:
            parts += ["cold", plain(times(result, cold=True))]
        parts += [plain(conversion(result)), "with the best of others that pack", plain(against_best(result))]
        parts += [*limits(result), *gains(result)]
        parts += [f"{result.compared} answers compared with the right ones"]
        parts += [f"left out or of another day: {what}" for what in result.left_out]
    return "\n".join([*parts, "", plain(growth(run))])


def write_page(run: Run, path: Path) -> None:
    """Put the tables where the page has its marks."""
    write_between(path, BEGIN_BEST, END_BEST, markdown(best_of_all(run)))
    write_between(path, BEGIN, END, page(run))


def write_between(path: Path, begin: str, end: str, tables: str) -> None:
    """Put tables between two lines of a page."""
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(
            f"{path.name} lacks the lines {begin!r} and {end!r}, between which the tables belong."
        )
    path.write_text(f"{before}{begin}\n\n{tables}\n\n{end}{after}", encoding="utf-8")


def page(run: Run) -> str:
    """Return the tables in Markdown."""
    parts = [f"{run.machine}; {run.versions}; {run.day}."]
    larger = {result.density for result in run.results if result.size != "S"}
    for result in run.results:
        if result.size == "S" and result.density in larger:
            continue
        parts += [f"### {title(result)}", "Warm:", markdown(times(result))]
        if result.cold:
            parts += ["Cold, the files opened anew:", markdown(times(result, cold=True))]
        parts += [
            markdown(conversion(result)),
            "Beside the best of all others that pack counts without loss:",
            markdown(against_best(result)),
            " ".join(f"{line}." for line in [*limits(result), *gains(result)]),
        ]
        parts += [f"Not measured in this run: {what}." for what in result.left_out]
    parts += ["### From small to full", markdown(growth(run))]
    return "\n\n".join(parts)


def title(result: Result) -> str:
    """Return the title of a cube's results."""
    kind = {"sparse": "sparse counts", "dense": "five times as many counts"}[result.density]
    return f"{' × '.join(map(str, result.shape))}, {kind}"


def times(result: Result, cold: bool = False) -> list[Row]:
    """Format the medians: a row for each alternative, a column for each query."""
    asked = list(result.cold if cold else result.warm)
    rows = [["", *asked]]
    for each in ALTERNATIVES:
        if any(result.median(query, each.name, cold) is not None for query in asked):
            rows.append([each.name, *(_compared(result, query, each.name, cold) for query in asked)])
    return rows


def _compared(result: Result, query: str, name: str, cold: bool) -> str:
    seconds, ours = result.median(query, name, cold), result.median(query, cold=cold)
    if seconds is None or ours is None:
        return NONE
    return duration(seconds) if name == ThisProject.name else f"{duration(seconds)}, {ratio(seconds / ours)}"


def conversion(result: Result) -> list[Row]:
    """Format what making the file costs, its size, and what a map takes of memory."""
    rows = [["", "conversion", "its processors", "its memory", "file", "to the bound", "memory of a map"]]
    bound = result.limits.get("bound")
    for each in ALTERNATIVES:
        if each.name not in result.memory:
            continue
        costs = [
            _or_none(duration, spent.get(each.name)) for spent in (result.conversion, result.conversion_cpu)
        ]
        memory, size = result.conversion_memory.get(each.name), result.file_bytes.get(each.name)
        above = size / bound if size and bound and not each.smoothed else None
        rows.append(
            [each.name, *costs, *(_or_none(megabytes, number) for number in (memory, size)),
             _or_none("{:.2f}".format, above), megabytes(result.memory[each.name])]
        )  # fmt: skip
    return rows


def limits(result: Result) -> list[str]:
    """Return the limits of the machine."""
    ours, limit = result.median(MAIN), result.median(MAIN, LIMIT)
    lines = []
    if "bound" in result.limits:
        size, bound = result.file_bytes[ThisProject.name], result.limits["bound"]
        lines.append(
            "Nothing can pack these counts without loss in less than "
            f"{megabytes(bound)} on average, their entropy as Poisson numbers of known means; "
            f"this project's file is {size / bound:.2f} times that"
        )
    if ours is not None and limit is not None:
        lines.append(
            f"Inflating a {MAIN}'s chunks and nothing else takes {duration(limit)} "
            f"({billions(result.limits['decode'])} by {CORES} cores; isal would do "
            f"{billions(result.limits['isal'])}, zlib {billions(result.limits['zlib'])}); "
            f"the map takes {ours / limit:.2f} times that"
        )
    if "disk" in result.limits:
        needed, rate = result.limits["map_bytes"], result.limits["disk"]
        lines.append(
            f"It needs {megabytes(needed)} of the file: {duration(needed / rate)} of the disk, which gives "
            f"{rate / 1e9:.2f} GB a second"
        )
    scarce = {name: share for name, share in result.in_memory.items() if share < 0.99}
    lines += [f"Only {share:.0%} of {name} fitted into memory when warm" for name, share in scarce.items()]
    return lines


def gains(result: Result) -> list[str]:
    """Return the marks' share of what chunks without them take, with the aim of each."""
    shares = {query: _share(result.median(query), result.median(query, WithoutMarks.name)) for query in AIMS}
    for what, numbers in (
        ("file", result.file_bytes),
        ("processors' time of a conversion", result.conversion_cpu),
    ):
        shares[what] = _share(numbers.get(ThisProject.name), numbers.get(WithoutMarks.name))
    aims = {**AIMS, "file": MAX_FILE[result.density], "processors' time of a conversion": MAX_CONVERSION}
    told = [f"{what} {share:.2f} (aim {aims[what]:g})" for what, share in shares.items() if share is not None]
    lines = [f"Marks in the chunks take, without them being 1: {', '.join(told)}"] if told else []
    time, size = _share(result.median(MAIN, BINNED), result.median(MAIN)), result.limits.get("binned_share")
    made = _share(result.limits.get("binning"), result.median("sum and max of all"))
    if time is not None and size is not None and made is not None:
        lines.append(
            f"A {MAIN} of binned counts takes {time:.2f} of the exact one's time (aim {MAX_BINNED['time']}); "
            f"they take {size:.3f} of the packed cube's size (aim {MAX_BINNED['size']}), and to make them "
            f"{made:.2f} of the time of the sum and max of all (aim {MAX_BINNED['binning']})"
        )
    return lines


def best_of_all(run: Run) -> list[Row]:
    """Format which way to keep counts is best for what, on the largest cube of each density."""
    names = [each.name for each in ALTERNATIVES if not each.smoothed and each is not WithoutMarks]
    largest = {each.density: each for each in sorted(run.results, key=lambda each: each.shape)}
    columns: list[Row] = []
    for density, result in largest.items():
        columns += [[f"best, {density} counts"], ["this project"]]
        for what, numbers in _measured(result).items():
            write = megabytes if what == "file" else duration
            best = min((name for name in names if name in numbers), key=numbers.__getitem__)
            columns[-2].append(f"{best}: {write(numbers[best])}")
            columns[-1].append(write(numbers[ThisProject.name]))
    whats = ["", *_measured(next(iter(largest.values())))]
    return [list(row) for row in zip(whats, *columns, strict=True)]


def _measured(result: Result) -> dict[str, dict[str, float]]:
    """Return sizes, and times of conversions and queries, by alternative."""
    names = [each.name for each in ALTERNATIVES]
    queries = {
        query: {name: median for name in names if (median := result.median(query, name)) is not None}
        for query in result.warm
    }
    sizes = {name: float(size) for name, size in result.file_bytes.items()}
    return {"file": sizes, CONVERTING: result.conversion_cpu, **queries}


def against_best(result: Result) -> list[Row]:
    """Format how this project stands to the best of all others that pack counts without loss."""
    others = [each.name for each in (*PACKED_FORMATS, PlainH5py)]
    measured = _measured(result)
    aims = AIMS_TO_BEST[result.density]
    rows = [["", "this project", "best of the others", "which", "ours to it", "aim"]]
    for what, numbers in measured.items():
        found = {name: numbers[name] for name in others if name in numbers}
        if not found or ThisProject.name not in numbers:
            continue
        best = min(found, key=found.__getitem__)
        ours, write = numbers[ThisProject.name], megabytes if what == "file" else duration
        aim = f"{aims[what]:.2g}" if what in aims else NONE
        rows.append([what, write(ours), write(found[best]), best, ratio(ours / found[best]), aim])
    return rows


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _share(ours: float | None, other: float | None) -> float | None:
    return ours / other if ours is not None and other else None


def growth(run: Run) -> list[Row]:
    """Format how this project's times grow with the cube: in all, and for a million pixels."""
    rows = [
        ["this project", "pixels", MAIN, "a million pixels", "one pixel", "conversion", "a million pixels"]
    ]
    for result in sorted(run.results, key=lambda result: (result.density != "sparse", list(result.shape))):
        million = result.shape[0] * result.shape[1] / 1e6
        band, pixel = result.median(MAIN), result.median("one pixel")
        made = result.conversion[ThisProject.name]
        if band is not None and pixel is not None:
            name = f"{result.size}, {result.density}"
            rows.append([name, f"{million:.2f} million", duration(band), duration(band / million),
                         duration(pixel), duration(made), duration(made / million)])  # fmt: skip
    return rows


def duration(seconds: float) -> str:
    """Write seconds with about three digits."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def billions(rate: float) -> str:
    """Write a rate of counts."""
    return f"{rate / 1e9:.2f}e9 counts a second"


def megabytes(size: float) -> str:
    """Write a size."""
    return f"{size / 1e6:,.0f} MB" if size >= 1e7 else f"{size / 1e6:.1f} MB"


def ratio(times: float) -> str:
    """Write how many times as long."""
    return f"{times:,.0f}×" if times >= 10 else f"{times:.2g}×"


def _or_none(write: Callable[[float], str], number: float | None) -> str:
    return NONE if number is None else write(number)


def plain(rows: list[Row]) -> str:
    """Write a table for a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) if number == 0 else cell.rjust(width)
                  for number, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    )  # fmt: skip


def markdown(rows: list[Row]) -> str:
    """Write a table in Markdown."""
    head, *others = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "|---|" + "---:|" * (len(rows[0]) - 1), *others])


def machine() -> str:
    """Return a description of this computer."""
    model, info = platform.processor() or platform.machine(), Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{CORES} cores of {model}, {memory:.0f} GB of memory, {platform.system()}"
