"""The command ``convert``: datastacks of raw scans, one or many."""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from maxrf_core.cli.arguments import add_scheduler_option, lines, rectangle, size
from maxrf_core.cli.calibrate import add_tube_options, tube_attributes
from maxrf_core.cli.plan_table import print_plan
from maxrf_core.cli.results import print_results
from maxrf_core.conversion.batch import Outcome, convert_many, group_scans, make_folder
from maxrf_core.conversion.convert import MEMORY, convert
from maxrf_core.conversion.found_scans import find_scans
from maxrf_core.conversion.notes import conversion_notes
from maxrf_core.conversion.plan import PlannedScan, plan_conversion
from maxrf_core.conversion.scan_part import part_of
from maxrf_core.datastack.by_path import tree
from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.names import DATASTACK_EXT
from maxrf_core.progress import show_on_terminal
from maxrf_core.readers import Scan, choices_of, open_scan
from maxrf_core.transform.coordinates import View


def add_convert_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``convert``."""
    parser.add_argument(
        "scan", type=Path, nargs="+",
        help="a scan's file or files, or those of many, or a folder with scans, also in its sub-folders; or "
        "files or a folder of element maps of one size, which make one datastack; see the command formats",
    )  # fmt: skip
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        help="the datastack to make; for many scans a folder. What is complete there is not made again",
    )
    parser.add_argument(
        "--choose", metavar="KEY", action="append", default=[],
        help="what to read of a file that holds several scans, or the keys of detectors to sum, joined by "
        "' + '; see --choices. Of many files FILE=KEY, once for each",
    )  # fmt: skip
    parser.add_argument(
        "--choices", action="store_true", help="list what can be read of each file, and convert nothing"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be converted to what, and convert nothing"
    )
    parser.add_argument("--flip-horizontal", action="store_true", help="mirror left and right")
    parser.add_argument("--flip-vertical", action="store_true", help="mirror top and bottom")
    parser.add_argument(
        "--turn", type=int, choices=(0, 90, 180, 270), default=0, metavar="DEGREES",
        help="turn clockwise by 90, 180 or 270 degrees, after mirroring",
    )  # fmt: skip
    _add_part_options(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace the output where it exists")
    parser.add_argument(
        "--memory", type=size, default=MEMORY, metavar="SIZE", help="what a process may take (default 1GB)"
    )
    add_tube_options(parser)
    add_scheduler_option(parser)
    parser.set_defaults(run=_convert)


def _add_part_options(conversion: argparse.ArgumentParser) -> None:
    conversion.add_argument(
        "--crop", type=rectangle, metavar="X0,Y0,X1,Y1",
        help="keep the columns and rows between two corners, both with them, counted from 0 in the raw scan "
        "before it is mirrored and turned",
    )  # fmt: skip
    for what in ("rows", "columns"):
        conversion.add_argument(
            f"--missing-{what}", type=lines, default=(), metavar="12,20-22",
            help=f"leave out the counts of these {what} of the raw scan, and mark them as missing",
        )  # fmt: skip
    conversion.add_argument(
        "--keep-empty", action="store_true",
        help="keep rows and columns that hold no counts though their neighbours do; by default they are "
        "marked as missing",
    )  # fmt: skip


def _convert(chosen: argparse.Namespace) -> None:
    if chosen.output is None and not chosen.choices:
        raise ScanError(_("Where to? Give the datastack to make, or a folder, after -o."))
    scans = group_scans(chosen.scan)
    if chosen.choices:
        _print_choices(scans)
    elif _is_one_datastack(scans, chosen.output) and not chosen.dry_run:
        _convert_one(chosen)
    else:
        _convert_many(scans, chosen)


def _is_one_datastack(scans: Sequence[tuple[Path, ...]], output: Path) -> bool:
    """Return True if the output is to be a file: for a folder of scans it is one only if it is named so."""
    if len(scans) > 1 or output.is_dir():
        return False
    return not scans[0][0].is_dir() or output.suffix.lower() == DATASTACK_EXT


def _options(chosen: argparse.Namespace) -> dict[str, Any]:
    """Return the options of `convert`."""
    names = ("flip_horizontal", "flip_vertical", "keep_empty", "overwrite", "memory", "scheduler")
    options = {name: getattr(chosen, name) for name in names}
    return {**options, "quarter_turns": chosen.turn // 90, "about": tube_attributes(chosen)}


def _preparation(chosen: argparse.Namespace) -> Callable[[Scan], Scan]:
    """Return the function that takes the part of a scan that is to be converted."""
    return partial(
        part_of,
        crop=chosen.crop,
        missing_rows=chosen.missing_rows,
        missing_columns=chosen.missing_columns,
    )


def _convert_one(chosen: argparse.Namespace) -> None:
    if len(chosen.choose) > 1:
        raise ScanError(_("One datastack holds one scan; to choose several, give a folder after -o."))
    choice = chosen.choose[0] if chosen.choose else None
    try:
        scan = _preparation(chosen)(open_scan(*chosen.scan, choice=choice))
    except ScanError as error:
        if not chosen.scan[0].is_dir():
            raise
        words = _("{reason} If there are scans in {name}, give a folder after -o, not a file.")
        raise ScanError(words.format(reason=error, name=chosen.scan[0].name)) from error
    made = convert(scan, chosen.output, progress=show_on_terminal, **_options(chosen))
    tree(made)
    _print_notes(made)
    if choice is None and len(choices_of(chosen.scan[0])) > 1:
        print(_("note: there is more to read in it; see --choices and --choose."), file=sys.stderr)


def _convert_many(scans: list[tuple[Path, ...]], chosen: argparse.Namespace) -> None:
    """Print what is there, and convert it unless this is a dry run."""
    prepare = _preparation(chosen)
    found = find_scans(scans, leave_out=chosen.output, chosen=chosen.choose, prepare=prepare)
    view = View.of_flips(chosen.flip_horizontal, chosen.flip_vertical, chosen.turn // 90)
    target = chosen.output if _is_one_datastack(scans, chosen.output) else None  # in a dry run
    plans = plan_conversion(found, chosen.output, target=target, overwrite=chosen.overwrite, view=view)
    has_folder = any(files[0].is_dir() for files in scans)
    if has_folder or chosen.dry_run:
        print_plan(found, plans)
    if not plans:
        raise ScanError(_("There is no scan to convert; see the command formats for what can be read."))
    if chosen.dry_run:
        _check_all_sound(plans)
        return
    if has_folder:
        make_folder(chosen.output)
    outcomes = convert_many(
        plans, chosen.output, prepare=prepare, progress=show_on_terminal, **_options(chosen)
    )
    print_results(_with_summary(outcomes, plans))


def _check_all_sound(plans: Sequence[PlannedScan]) -> None:
    failing = sum(bool(plan.error) for plan in plans)
    if failing:
        raise ScanError(
            _("{failing} of {count} cannot be converted, as told above.").format(
                failing=failing, count=len(plans)
            )
        )


def _with_summary(outcomes: Iterable[Outcome], plans: Sequence[PlannedScan]) -> Iterable[Outcome]:
    """Print the notes of each result, and in the end how many there are."""
    made, failed = 0, list[str]()
    for name, outcome in outcomes:
        yield name, outcome
        if isinstance(outcome, Path):
            made += 1
            _print_notes(outcome)
        else:
            failed.append(name)
    done = sum(plan.is_done for plan in plans)
    parts = [f"{made} of {len(plans)} converted"]
    parts += [f"{done} complete already and left as {'it is' if done == 1 else 'they are'}"] if done else []
    parts += [f"not converted: {', '.join(failed)}"] if failed else []
    print("; ".join(parts) + ".")


def _print_choices(scans: Iterable[tuple[Path, ...]]) -> None:
    """Print what can be read of each file: the key, and what it is."""
    found = [(scan.chosen_by, scan.files[0]) for scan in find_scans(scans).scans]
    for shown, path in dict.fromkeys(found):
        choices = choices_of(path)
        print(f"{shown}:" if choices else f"{shown} holds one scan.")
        for choice in choices:
            print(f"  --choose {shlex.quote(choice.key)}\n      {choice.words}")


def _print_notes(path: Path) -> None:
    """Print what could not be read from a scan's files, and how many values are missing."""
    for note in conversion_notes(path):
        print(f"note: {note}", file=sys.stderr)
