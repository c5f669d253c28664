"""Command line of maxrf_core, see ``python -m maxrf_core --help``.

Every command ends with status 0, or with 2 and one line on stderr that says what is wrong.
"""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np

from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.cli.app import add_app_command
from maxrf_core.cli.arguments import add_scheduler_option, number, with_points
from maxrf_core.cli.calibrate import add_calibrate_command
from maxrf_core.cli.convert import add_convert_command
from maxrf_core.cli.elements import add_elements_command
from maxrf_core.cli.export import add_export_command, add_report_command
from maxrf_core.cli.figure import add_figure_command
from maxrf_core.cli.formats import add_formats_command
from maxrf_core.cli.mosaic import add_mosaic_command
from maxrf_core.cli.patches import add_patches_command
from maxrf_core.cli.register import add_register_command
from maxrf_core.cli.render import add_render_command
from maxrf_core.cli.results import one_line, print_results
from maxrf_core.conversion.batch import sum_many
from maxrf_core.datastack.by_path import append, repack, tree
from maxrf_core.datastack.cube_packing import SMALLEST
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stores import open_store
from maxrf_core.demo.make import make_demo
from maxrf_core.demo.parts import make_demo_parts
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.imaging.write import write_picture
from maxrf_core.language import _, translated
from maxrf_core.progress import duration, show_on_terminal
from maxrf_core.recovery.rescue import rescue


class _Parser(argparse.ArgumentParser):
    """Argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    arguments : list of str, optional
        What the user typed after the program's name; by default ``sys.argv``.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a question mark for letters that the terminal lacks
            stream.reconfigure(errors="replace")
    typed = sys.argv[1:] if arguments is None else arguments
    chosen = _parser().parse_args(with_points(typed))
    try:
        chosen.run(chosen)
    except (MaxrfError, OSError) as error:
        print(f"maxrf_core {chosen.command}: {one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nmaxrf_core {chosen.command}: stopped; nothing was left half-written.", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="maxrf_core", description="Work with MA-XRF datastacks from a terminal.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command", parser_class=_Parser)

    add_app_command(commands)

    demo = commands.add_parser("demo", help="make a demo scan with its photograph and matching points")
    demo.add_argument("path", type=Path, metavar="out.datastack")
    demo.add_argument("--overwrite", action="store_true", help="replace the three files where they exist")
    demo.add_argument(
        "--without", type=_symbols, default=(), metavar="As,Ba", help="elements that the scan shall not hold"
    )
    demo.add_argument(
        "--parts", action="store_true",
        help="instead two overlapping scans, out_1 and out_2, both registered on the photograph",
    )  # fmt: skip
    demo.set_defaults(run=_demo)

    add_convert_command(commands)

    add_formats_command(commands)

    sums = commands.add_parser("sums", help="write the sum and maximum of all pixels' counts as .csv files")
    sums.add_argument("path", type=Path, nargs="+")
    sums.add_argument("-o", "--output", type=Path, required=True, help="the folder to write them to")
    sums.add_argument("--overwrite", action="store_true", help="replace .csv files that exist")
    add_scheduler_option(sums)
    sums.set_defaults(run=_sums)

    info = commands.add_parser("info", help="list what a datastack holds")
    info.add_argument("path", type=Path)
    info.set_defaults(run=_info)

    band = commands.add_parser("band", help="write the map of an energy band")
    band.add_argument("path", type=Path)
    band.add_argument("lo", type=number, help="lower end in keV (a channel number until calibrated)")
    band.add_argument("hi", type=number, help="upper end, itself not in the band")
    band.add_argument("-o", "--output", type=Path, required=True, help="a .png, .tif, .npy or .csv file")
    band.set_defaults(run=_band)

    add_elements_command(commands)

    add_patches_command(commands)

    add_export_command(commands)

    add_report_command(commands)

    add_figure_command(commands)

    add_register_command(commands)

    add_render_command(commands)

    add_mosaic_command(commands)

    add_calibrate_command(commands)

    addition = commands.add_parser("append", help="add an array to a datastack")
    addition.add_argument("path", type=Path)
    addition.add_argument("name")
    addition.add_argument("array", type=Path, help="a .npy file")
    addition.set_defaults(run=_append)

    repacking = commands.add_parser("repack", help="keep only the newest version of each array")
    repacking.add_argument("path", type=Path)
    how = repacking.add_mutually_exclusive_group()
    how.add_argument(
        "--smallest", dest="packing", action="store_const", const=SMALLEST,
        help="pack the counts for an archive: takes long, and a pixel is then read more slowly",
    )  # fmt: skip
    how.add_argument(
        "--fast", dest="packing", action="store_const", const="fast",
        help="pack the counts as a conversion does, after --smallest",
    )  # fmt: skip
    repacking.set_defaults(run=_repack)

    rescuing = commands.add_parser("rescue", help="bring what a broken datastack still holds into a new one")
    rescuing.add_argument("path", type=Path, metavar="broken.datastack", help="is never written to")
    rescuing.add_argument("-o", "--output", type=Path, required=True, help="the datastack to make")
    rescuing.add_argument("--overwrite", action="store_true", help="replace the output where it exists")
    rescuing.set_defaults(run=_rescue)
    return parser


def _symbols(text: str) -> tuple[str, ...]:
    """Return the elements of a list such as "As,Ba"."""
    return tuple(part.strip().capitalize() for part in text.split(",") if part.strip())


def _demo(chosen: argparse.Namespace) -> None:
    if chosen.parts:
        without = (chosen.without, chosen.without)
        made = make_demo_parts(
            chosen.path, without=without, overwrite=chosen.overwrite, progress=show_on_terminal
        )
        print("\n".join(map(str, made)))
        return
    files = make_demo(
        chosen.path, without=chosen.without, overwrite=chosen.overwrite, progress=show_on_terminal
    )
    print(f"{files.datastack}\n{files.photo}\n{files.points}")


def _sums(chosen: argparse.Namespace) -> None:
    print_results(
        sum_many(
            chosen.path,
            chosen.output,
            scheduler=chosen.scheduler,
            overwrite=chosen.overwrite,
            progress=show_on_terminal,
        )
    )


def _info(chosen: argparse.Namespace) -> None:
    ds = DataStack(chosen.path)
    ds.tree()
    if ds.map_names:
        print("element maps of another program: " + ", ".join(ds.map_names))
    if not ds.has_spectra:
        return
    axis = ds.axis
    if axis.unit == "keV":
        print(f"energies from {axis.values[0]:.3f} to {axis.values[-1]:.3f} keV")
    else:
        print("not calibrated: bands are given in channel numbers; see the command calibrate")
    if ds.row_displacement:
        print(f"odd rows lie {ds.row_displacement:+.2f} pixels to the right: maps show them shifted back")


def _band(chosen: argparse.Namespace) -> None:
    ds = DataStack(chosen.path)
    channels = ds.axis.channels(chosen.lo, chosen.hi)
    check_new_path(chosen.output, overwrite=True)
    title = f"{chosen.path.stem}, {chosen.lo:g} to {chosen.hi:g} {ds.axis.unit}"
    write_picture(chosen.output, ds.band_map(chosen.lo, chosen.hi), title)
    print(
        f"{chosen.output}: {channels.stop - channels.start} channels, {channels.start} to {channels.stop - 1}"
    )


def _append(chosen: argparse.Namespace) -> None:
    try:
        with open(chosen.array, "rb") as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # numpy raises nearly anything on a damaged header
        raise DatastackError(
            _("{name} is no whole .npy file of numbers or texts; make one with numpy.save.").format(
                name=chosen.array.name
            )
        ) from error
    print(append(array, chosen.name, chosen.path))


def _repack(chosen: argparse.Namespace) -> None:
    seconds = open_store(chosen.path).seconds_to_pack() if chosen.packing == SMALLEST else None
    if seconds is not None:
        print(_("Packing the counts takes about {time}.").format(time=duration(seconds)), flush=True)
    repack(chosen.path, packing=chosen.packing, progress=show_on_terminal)
    tree(chosen.path)


def _rescue(chosen: argparse.Namespace) -> None:
    report = rescue(chosen.path, chosen.output, overwrite=chosen.overwrite, progress=show_on_terminal)
    for outcome in report.outcomes:
        shape = "" if outcome.shape is None else " × ".join(map(str, outcome.shape)) or "1 value"
        state = (
            _("damaged: {damage}").format(damage=translated(outcome.damage)) if outcome.damage else _("saved")
        )
        print(f"{outcome.name:<24}  {shape:<20}  {state}")
    print(f"{chosen.output}: {len(report.saved)} arrays saved; {chosen.path.name} is as it was")
