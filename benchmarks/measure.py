"""Time and memory of each alternative for each query."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import h5py

from benchmarks.alternatives import (
    Alternative,
    Files,
    Maxrf4u,
    ThisProject,
    WithoutMarks,
    convert_ours,
    convert_unmarked,
    query_once,
)
from benchmarks.compared import ALTERNATIVES
from benchmarks.cubes import Density, packed_bound
from benchmarks.machine_limits import (
    bytes_of,
    decode_seconds,
    disk_rate,
    drop,
    files_in,
    fill,
    in_own_process,
    other_decoders,
    packed_chunks,
)
from benchmarks.packed_formats import PACKED_FORMATS
from benchmarks.queries import MAIN, Place, Query, Truths, queries, truths
from benchmarks.workfolder import check_room, make_raw, make_theirs, sync
from maxrf_core.cube.binned import SUFFIX, BinnedCube
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.cube.packed_chunks import create_cube
from maxrf_core.datastack.copy_binned import make_binned
from maxrf_core.datastack.hdf5_store import Hdf5Store
from maxrf_core.names import CUBE

LIMIT = "decode limit"
BINNED = "map of binned counts"
COLD_QUERIES = (MAIN, "one pixel", "50 × 50 pixels")
COLD_ROUNDS = 3
ORDER_SEED = 3  # of the order in which alternatives are asked

Times = dict[str, dict[str, list[float]]]


@dataclass
class Result:
    """All that was measured on one cube; its attributes are JSON's types, to be kept.

    Attributes
    ----------
    warm, cold : dict
        Seconds, by query and alternative.
    conversion, conversion_cpu, conversion_memory, memory, file_bytes : dict
        Seconds and bytes, by alternative; `memory` is a 60-channel map's.
    limits : dict
        ``disk``, bytes a second; ``decode``, ``zlib``, ``isal``, counts a second by all cores with our
        decoder and others; ``map_bytes``, that a 60-channel map needs; ``binning``, seconds that the binned
        counts take by themselves; ``binned_share``, their size in that of the cube; ``bound``, bytes below
        which nothing can pack the counts (`packed_bound`).
    in_memory : dict
        The share of each file that was in memory when it was read warm.
    left_out : list of str
        What was not measured, and why.
    """

    size: str
    density: str
    shape: tuple[int, int, int]
    warm: Times = field(default_factory=dict)
    cold: Times = field(default_factory=dict)
    conversion: dict[str, float] = field(default_factory=dict)
    conversion_cpu: dict[str, float] = field(default_factory=dict)
    conversion_memory: dict[str, int] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    file_bytes: dict[str, int] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    in_memory: dict[str, float] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    compared: int = 0

    def median(self, query: str, alternative: str = ThisProject.name, cold: bool = False) -> float | None:
        """Return the median of the seconds that were measured; None where there are none."""
        seconds = (self.cold if cold else self.warm).get(query, {}).get(alternative)
        return statistics.median(seconds) if seconds else None


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes
    ----------
    rounds : int
        In each, every query is sent to all alternatives at all its places.
    patience : float
        Seconds after which a query is not sent to an alternative again.
    theirs_at : int
        Bytes of raw counts up to which the layout of maxrf4u is written.
    """

    rounds: int
    patience: float
    theirs_at: int


def measure(
    size: str, shape: tuple[int, int, int], density: Density, folder: Path, effort: Effort, say: Callable
) -> Result:
    """Make a cube, keep it in all alternatives, compare their answers and time them."""
    result = Result(size, density.name, shape)
    files = Files(folder, f"{size}-{density.name}")
    with_theirs = 2 * shape[0] * shape[1] * shape[2] <= effort.theirs_at
    if not with_theirs:
        result.left_out.append("the layout of maxrf4u: writing it would take too long; --theirs writes it")
    missing = [each for each in PACKED_FORMATS if not each.is_available()]
    result.left_out += [
        f"{each.name}: `{each.package}` of requirements-bench.txt is missing" for each in missing
    ]
    check_room(files, shape, with_theirs)
    say("drawing the counts")
    make_raw(files, shape, density)
    _convert(files, with_theirs, result, say)
    alternatives = [
        each
        for each in ALTERNATIVES
        if each not in missing and (with_theirs or not issubclass(each, Maxrf4u))
    ]
    asked = queries(shape)
    say("working out the right answers")
    right = truths(files, asked)
    _check_smoothed_map(files, asked, right)
    say("querying all in turn, warm")
    _warm(alternatives, files, asked, right, effort, result)
    say("querying all in turn, cold")
    _cold(alternatives, files, asked, effort, result)
    say("memory")
    place = _main(asked).places[1]
    for alternative in alternatives:
        result.memory[alternative.name] = in_own_process(
            query_once, alternative, files, "band", place
        ).peak_bytes
    result.compared = right.compared
    result.limits["bound"] = packed_bound(shape, density)
    say("binning the counts")
    result.limits["binning"] = statistics.median(_seconds(partial(_bin_anew, files)) for _ in range(3))
    with h5py.File(files.ours) as file:
        cube, binned = (file[name].id.get_storage_size() for name in (CUBE, CUBE + SUFFIX))
        result.limits["binned_share"] = binned / cube
    return result


def _convert(files: Files, with_theirs: bool, result: Result, say: Callable) -> None:
    say("converting, this project")
    costs = {
        ThisProject.name: in_own_process(convert_ours, files),
        WithoutMarks.name: in_own_process(convert_unmarked, files),
    }
    result.file_bytes = {
        "raw": files.raw.stat().st_size,
        ThisProject.name: files.ours.stat().st_size,
        WithoutMarks.name: files.unmarked.stat().st_size,
    }
    for each in PACKED_FORMATS:
        if each.is_available():
            say(f"converting, {each.name}")
            costs[each.name] = in_own_process(each.write, files)
            for path in files_in(getattr(files, each.file)):
                sync(path)
            result.file_bytes[each.name] = bytes_of(getattr(files, each.file))
    if with_theirs:
        say("converting, maxrf4u")
        costs[Maxrf4u.name], kept = make_theirs(files)
        result.file_bytes[Maxrf4u.name] = files.theirs.stat().st_size
        if kept:
            result.left_out.append(
                "the conversion to maxrf4u's layout: its time and memory are an earlier run's"
            )
    result.conversion = {name: cost.seconds for name, cost in costs.items()}
    result.conversion_cpu = {name: cost.cpu_seconds for name, cost in costs.items()}
    result.conversion_memory = {name: cost.peak_bytes for name, cost in costs.items()}


def _check_smoothed_map(files: Files, asked: list[Query], right: Truths) -> None:
    """Compare our map of smoothed counts, which the others can only have by smoothing the whole cube."""
    place = _main(asked).places[0]
    right.check(ThisProject(files).smoothed_band(*place), True, "band", place, ThisProject.name)


def _main(asked: list[Query]) -> Query:
    return next(query for query in asked if query.name == MAIN)


def _warm(
    alternatives: list[type[Alternative]],
    files: Files,
    asked: list[Query],
    right: Truths,
    effort: Effort,
    result: Result,
) -> None:
    """Time every alternative at every place, in turn, round by round; who comes first is drawn each time.

    An alternative that has used up the patience with a query keeps the times it has.
    """
    for path in {getattr(files, alternative.file) for alternative in alternatives}:
        result.in_memory[path.name] = fill(path)
    opened = [alternative(files) for alternative in alternatives]
    rng = random.Random(ORDER_SEED)
    turns = [(query, place) for query in asked for place in query.places] * effort.rounds
    for query, place in turns:
        times = result.warm.setdefault(query.name, {})
        for alternative in rng.sample(opened, len(opened)):
            kept = times.setdefault(alternative.name, [])
            if sum(kept) < effort.patience:
                if min(result.in_memory.values()) < 1:  # what others read may have pushed it out
                    _ask(alternative, query, place, right)
                kept.append(_ask(alternative, query, place, right))
        if query.name == MAIN:
            times.setdefault(LIMIT, []).append(_limit(files, place, result))
            times.setdefault(BINNED, []).append(_seconds(partial(_binned(files).band_map, *place)))
    for alternative in opened:
        alternative.close()
    for times in result.warm.values():
        for kept in times.values():
            del kept[: len(kept) > 1]  # the very first answer loads what the others find there


def _ask(alternative: Alternative, query: Query, place: Place, right: Truths) -> float:
    """Return the seconds that an answer takes, which is compared then."""
    begin = time.perf_counter()
    answer = getattr(alternative, query.kind)(*place)
    seconds = time.perf_counter() - begin
    right.check(answer, alternative.smoothed, query.kind, place, alternative.name)
    return seconds


def _seconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _binned(files: Files) -> BinnedCube:
    """Return the binned counts of our datastack."""
    binned = Hdf5Store(files.ours).binned(CUBE)
    assert binned is not None
    return binned


def _bin_anew(files: Files) -> None:
    """Make the binned counts of the cube in our datastack, as `repack` does for older files."""
    cube = Hdf5Cube(files.ours)
    with h5py.File("binned", "w", driver="core", backing_store=False) as new:
        make_binned(cube, create_cube(new, cube.shape, cube.dtype, cube.chunks), (), lambda: None)


def _limit(files: Files, place: Place, result: Result) -> float:
    """Return the seconds that inflating a map's chunks takes, and nothing else; also notes the rates."""
    first, after = place
    packed = packed_chunks(files.ours, (first, after))
    seconds = decode_seconds(packed)
    result.limits.update(decode=packed.cells / seconds, map_bytes=packed.bytes)
    if "zlib" not in result.limits:
        result.limits.update(other_decoders(packed))
    return seconds


def _cold(
    alternatives: list[type[Alternative]], files: Files, asked: list[Query], effort: Effort, result: Result
) -> None:
    """Time some queries after the system has dropped what it holds of the file, which is opened anew."""
    rate = disk_rate(files.raw)
    if rate is None:
        result.left_out.append("cold: this system does not drop files from memory")
        return
    result.limits["disk"] = rate
    rng = random.Random(ORDER_SEED)
    for number in range(COLD_ROUNDS):
        for query in asked:
            if query.name not in COLD_QUERIES:
                continue
            times = result.cold.setdefault(query.name, {})
            for alternative in rng.sample(alternatives, len(alternatives)):
                kept = times.setdefault(alternative.name, [])
                if sum(kept) < effort.patience and drop(getattr(files, alternative.file)):
                    begin = time.perf_counter()
                    query_once(alternative, files, query.kind, query.places[number])
                    kept.append(time.perf_counter() - begin)
