"""The command ``export``: all that is known of a scan, in files for other programs."""

import argparse
from pathlib import Path
from typing import Any

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.export.maps import export_maps
from maxrf_core.imaging.colormaps import COLORMAPS, DEFAULT_COLORMAP
from maxrf_core.progress import show_on_terminal


def add_export_command(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser = commands.add_parser("export", help="write files for other programs")
    parser.add_argument("path", type=Path)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--maps", action="store_true",
        help="all element maps in one .zip: TIFF with their errors, PNG, a table, and one OME-TIFF",
    )  # fmt: skip
    parser.add_argument("-o", "--output", type=Path, required=True, help="the file to make")
    parser.add_argument("--colormap", choices=COLORMAPS, default=DEFAULT_COLORMAP, help="of the pictures")
    parser.add_argument("--overwrite", action="store_true", help="replace the file where it exists")
    parser.set_defaults(run=export)


def export(chosen: argparse.Namespace) -> None:
    """Run the command."""
    ds = DataStack(chosen.path)
    print(
        export_maps(
            ds,
            chosen.output,
            colormap=chosen.colormap,
            overwrite=chosen.overwrite,
            progress=show_on_terminal,
        )
    )
