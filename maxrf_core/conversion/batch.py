"""Conversion of many scans and spectra of many datastacks; a bad file does not stop the others."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np

from maxrf_core.atomic.changes import write_error
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.conversion.convert import convert
from maxrf_core.conversion.plan import PlannedScan
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError, MaxrfError, ScanError
from maxrf_core.language import _
from maxrf_core.progress import Progress, silent
from maxrf_core.readers import Scan, holds_maps, open_scan, scan_files
from maxrf_core.workers import workers

T = TypeVar("T")
Outcome = tuple[str, Path | MaxrfError]
"""Name of the input, and the file made from it or the error."""

MAX_CONCURRENT_SCANS = 4  # scans that a cluster works on at a time


def group_scans(paths: Iterable[Path]) -> list[tuple[Path, ...]]:
    """Group files that belong to one scan, as its format declares; files of element maps are one together.

    Examples
    --------
    >>> [[path.name for path in scan] for scan in group_scans(map(Path, ["a.raw", "b.rpl", "a.rpl"]))]
    [['a.raw', 'a.rpl'], ['b.rpl']]
    """
    groups: dict[tuple[Path, ...], list[Path]] = {}
    for path in paths:
        key = (path,) if path.is_dir() else () if holds_maps(path) else scan_files(path)
        groups.setdefault(key, []).append(path)
    return [tuple(group) for group in groups.values()]


def convert_many(
    plans: Iterable[PlannedScan],
    folder: Path,
    *,
    prepare: Callable[[Scan], Scan] | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    **options: object,
) -> Iterable[Outcome]:
    """Convert the scans of a plan that are due; one that fails stops no other.

    Parameters
    ----------
    plans : iterable of PlannedScan
        From `plan_conversion`.
    folder : Path
        Folder of the new datastacks; those below it are made.
    prepare : callable, optional
        Returns what to convert of a scan, such as a part from `part_of`.
    scheduler : str, optional
        Address of a dask.distributed scheduler, which then works on several scans at a time.
    progress : callable, optional
        As in `convert`, for one scan after another; on a cluster it is called from several threads.
    **options
        As in `convert`.

    Yields
    ------
    (str, Path or MaxrfError)
        For each scan its name and the datastack, or the error.

    Raises
    ------
    DatastackError
        If the folder does not exist.
    """
    if not folder.is_dir():
        raise DatastackError(
            _("The folder {name} does not exist; make it first or choose another.").format(name=folder.name)
        )

    def one(plan: PlannedScan, report: Progress) -> Path:
        if plan.error:
            raise ScanError(plan.error)
        scan = open_scan(*plan.found.files, choice=plan.found.choice)
        scan = scan if prepare is None else prepare(scan)
        make_folder(plan.target.parent)
        return convert(scan, plan.target, scheduler=scheduler, progress=report, **options)  # type: ignore[arg-type]

    due = [plan for plan in plans if not plan.is_done]
    names = [plan.found.shown for plan in due]
    return _run_each(one, due, names, MAX_CONCURRENT_SCANS if scheduler else 1, progress or silent)


def make_folder(folder: Path) -> None:
    """Make a folder for new datastacks, and those above it, if it is not there.

    Raises
    ------
    DatastackError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error


def sum_many(
    paths: Sequence[Path],
    folder: Path,
    *,
    scheduler: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Iterable[Outcome]:
    """Write the sum and the maximum of all pixels' counts to one .csv file per datastack in a folder.

    Parameters
    ----------
    paths : sequence of Path
    folder : Path
    scheduler : str, optional
        Address of a dask.distributed scheduler, whose workers then read the datastacks.
    overwrite : bool
        Replace .csv files that exist.
    progress : callable, optional
        As in `convert_many`.

    Yields
    ------
    (str, Path or MaxrfError)
        For each datastack its name and the .csv file, or the error.
    """
    with workers(scheduler) as crew:

        def one(path: Path, report: Progress) -> Path:
            ds = DataStack(path)
            target = folder / f"{path.stem}-spectra.csv"
            check_new_path(target, overwrite)
            total, highest = ds.cube().with_workers(crew).sum_and_max(report)
            energies = ds.axis.values if ds.axis.unit == "keV" else np.full(len(total), np.nan)
            columns = np.column_stack([np.arange(len(total)), energies, total, highest])
            header = (
                "channel,energy in keV,sum,maximum"
                if ds.axis.unit == "keV"
                else "channel,not calibrated,sum,maximum"
            )
            np.savetxt(target, columns, fmt="%.10g", delimiter=",", header=header, comments="")
            return target

        names = [path.name for path in paths]
        yield from _run_each(one, paths, names, MAX_CONCURRENT_SCANS if scheduler else 1, progress or silent)


def _run_each(
    work: Callable[[T, Progress], Path],
    items: Sequence[T],
    names: Sequence[str],
    at_once: int,
    progress: Progress,
) -> Iterable[Outcome]:
    """Process each item; a `MaxrfError` stops that item only, any other exception stops all."""
    stopped = threading.Event()

    def report(fraction: float, doing: str) -> None:
        if stopped.is_set():
            raise _StoppedError
        progress(fraction, doing)

    def careful(item: T) -> Path | MaxrfError:
        try:
            return work(item, report)
        except MaxrfError as error:
            return error

    if at_once == 1:
        yield from ((name, careful(item)) for name, item in zip(names, items, strict=True))
        return
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="scan")
    try:
        yield from zip(names, pool.map(careful, items), strict=True)
    finally:  # after Ctrl-C the running items stop at their next progress report
        stopped.set()
        pool.shutdown(cancel_futures=True)


class _StoppedError(Exception):
    """The command was stopped."""
