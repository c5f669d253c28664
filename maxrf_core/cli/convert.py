"""The command ``convert``: datastacks of raw scans, one or many."""

import argparse
import shlex
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from maxrf_core.cli.arguments import add_scheduler_option, lines, rectangle, size
from maxrf_core.cli.calibrate import add_tube_options, tube_attributes
from maxrf_core.cli.results import print_results
from maxrf_core.conversion.batch import Outcome, convert_many, group_scans
from maxrf_core.conversion.convert import MEMORY, convert
from maxrf_core.conversion.scan_part import part_of
from maxrf_core.datastack.by_path import tree
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_maps import MAPS
from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.names import CUBE
from maxrf_core.progress import show_on_terminal
from maxrf_core.readers import choices_of, open_scan


def add_convert_command(commands: Any) -> None:
    """Add the command ``convert`` to those of ``python -m maxrf_core``."""
    conversion = commands.add_parser("convert", help="make datastacks of raw scans or maxrf4u datastacks")
    conversion.add_argument(
        "scan", type=Path, nargs="+",
        help="a scan's file or files, or those of many, or files or a folder of element maps of one size, "
        "which make one datastack; see the command formats",
    )  # fmt: skip
    conversion.add_argument(
        "-o", "--output", type=Path, help="the datastack to make; for many scans a folder"
    )
    conversion.add_argument(
        "--choose", metavar="KEY", help="what to read of a file that holds several scans; see --choices"
    )
    conversion.add_argument(
        "--choices", action="store_true", help="list what can be read of each file, and convert nothing"
    )
    conversion.add_argument("--flip-horizontal", action="store_true", help="mirror left and right")
    conversion.add_argument("--flip-vertical", action="store_true", help="mirror top and bottom")
    conversion.add_argument(
        "--turn", type=int, choices=(0, 90, 180, 270), default=0, metavar="DEGREES",
        help="turn clockwise by 90, 180 or 270 degrees, after mirroring",
    )  # fmt: skip
    _add_part_options(conversion)
    conversion.add_argument("--overwrite", action="store_true", help="replace the output where it exists")
    conversion.add_argument(
        "--memory", type=size, default=MEMORY, metavar="SIZE", help="what a process may take (default 1GB)"
    )
    add_tube_options(conversion)
    add_scheduler_option(conversion)
    conversion.set_defaults(run=_convert)


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
    scans = group_scans(chosen.scan)
    if chosen.choices:
        _print_choices(scans)
        return
    if chosen.output is None:
        raise ScanError(_("Where to? Give the datastack to make, or a folder, after -o."))
    options = {
        name: getattr(chosen, name)
        for name in ("flip_horizontal", "flip_vertical", "keep_empty", "overwrite", "memory", "scheduler")
    }
    options["quarter_turns"] = chosen.turn // 90
    options["about"] = tube_attributes(chosen)
    gone = chosen.missing_rows, chosen.missing_columns
    prepare = partial(part_of, crop=chosen.crop, missing_rows=gone[0], missing_columns=gone[1])
    if len(scans) == 1 and not chosen.output.is_dir():
        scan = prepare(open_scan(*chosen.scan, choice=chosen.choose))
        made = convert(scan, chosen.output, progress=show_on_terminal, **options)
        tree(made)
        _print_notes(made)
        if chosen.choose is None and len(choices_of(chosen.scan[0])) > 1:
            print(_("note: there is more to read in it; see --choices and --choose."), file=sys.stderr)
    elif chosen.choose is not None:
        raise ScanError(_("--choose is for one scan; convert them one after another."))
    else:
        outcomes = convert_many(scans, chosen.output, prepare=prepare, progress=show_on_terminal, **options)
        print_results(_with_notes(outcomes))


def _print_choices(scans: Iterable[tuple[Path, ...]]) -> None:
    """Print what can be read of each file: the key, and what it is."""
    for files in scans:
        choices = choices_of(files[0])
        print(f"{files[0].name}:" if choices else f"{files[0].name} holds one scan.")
        for choice in choices:
            print(f"  --choose {shlex.quote(choice.key)}\n      {choice.words}")


def _print_notes(path: Path) -> None:
    """Print what could not be read from a scan's files, and how many values are missing."""
    ds = DataStack(path)
    told = ds.attributes(CUBE if ds.has_spectra else MAPS)
    for note in told.get("notes", []):
        print(f"note: {note}", file=sys.stderr)
    if missing := told.get("missing_values", 0):
        values = "1 value is" if missing == 1 else f"{missing:,} values are"
        print(f"note: {values} missing, and left out of all sums and maps.", file=sys.stderr)


def _with_notes(outcomes: Iterable[Outcome]) -> Iterable[Outcome]:
    for name, outcome in outcomes:
        yield name, outcome
        if isinstance(outcome, Path):
            _print_notes(outcome)
