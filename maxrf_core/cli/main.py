"""Command line of maxrf_core, see ``python -m maxrf_core --help``.

Every command ends with status 0, or with 2 and one line on stderr that says what is wrong.
"""

import argparse
import io
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from maxrf_core.cli.arguments import with_points
from maxrf_core.cli.results import one_line
from maxrf_core.errors import MaxrfError

# The commands: the module of each, of which only that of the command typed is loaded, and a line of help.
COMMANDS = {
    "app": ("app", "open the web app in the browser, as maxrf4all does"),
    "demo": ("demo", "make a demo scan with its photograph and matching points"),
    "convert": ("convert", "make datastacks of raw scans or maxrf4u datastacks"),
    "formats": ("formats", "list the formats that can be read"),
    "sums": ("sums", "write the sum and maximum of all pixels' counts as .csv files"),
    "info": ("datastack", "list what a datastack holds"),
    "band": ("datastack", "write the map of an energy band"),
    "elements": ("elements", "compute element maps with their error"),
    "patches": ("patches", "list, import, export and compare a scan's patches"),
    "export": ("export", "write files for other programs"),
    "report": ("export", "write a report on a scan: one HTML file to read and print"),
    "figure": ("figure", "make a figure with colour bars and caption by its recipe"),
    "register": ("register", "warp a photograph onto the maps and append it"),
    "render": ("render", "write a registered photograph, such as an infrared one, in the frame of another"),
    "mosaic": ("mosaic", "join the element maps of several scans that are registered on one photograph"),
    "calibrate": ("calibrate", "store the energies of the channels"),
    "append": ("datastack", "add an array to a datastack"),
    "repack": ("datastack", "keep only the newest version of each array"),
    "rescue": ("rescue", "bring what a broken datastack still holds into a new one"),
}


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
    chosen = _parser(typed).parse_args(with_points(typed))
    try:
        chosen.run(chosen)
    except (MaxrfError, OSError) as error:
        print(f"maxrf_core {chosen.command}: {one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nmaxrf_core {chosen.command}: stopped; nothing was left half-written.", file=sys.stderr)
        return 2
    return 0


def _parser(typed: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Return a parser of all commands, with the options of the one that is typed, by default of all."""
    parser = _Parser(prog="maxrf_core", description="Work with MA-XRF datastacks from a terminal.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command", parser_class=_Parser)
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if typed is None or name in typed[:1]:
            getattr(import_module(f"maxrf_core.cli.{module}"), f"add_{name}_options")(command)
    return parser
