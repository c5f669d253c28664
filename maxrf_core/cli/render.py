"""The command ``render``: a registered photograph in the frame of another one."""

import argparse
import sys
from pathlib import Path

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.export.onto_frame import render_onto
from maxrf_core.progress import show_on_terminal
from maxrf_core.registration.frame_graph import FrameGraph
from maxrf_core.registration.path_record import error_in_words
from maxrf_core.transform.onto_grid import AREA, METHODS


def add_render_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``render``."""
    parser.add_argument("path", type=Path)
    parser.add_argument("start", metavar="picture", help="what is rendered: imir, or its file's name")
    parser.add_argument("end", metavar="frame", help="in whose pixels: imvis, or its file's name; or map")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a .tif file")
    parser.add_argument(
        "--file", type=Path,
        help="the picture's own file, of which all pixels are used (default: what the datastack holds of it, "
        "which ends where the maps do)",
    )  # fmt: skip
    parser.add_argument(
        "--resampling", choices=METHODS, default=AREA,
        help="linear; the nearest pixel; or area (the default): linear, and means over areas where the frame "
        "is coarser than the picture",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace the file where it exists")
    parser.set_defaults(run=render)


def render(chosen: argparse.Namespace) -> None:
    """Run the command render."""
    ds = DataStack(chosen.path)
    made = render_onto(
        ds,
        chosen.start,
        chosen.end,
        chosen.output,
        file=chosen.file,
        method=chosen.resampling,
        overwrite=chosen.overwrite,
        progress=show_on_terminal,
    )
    print(made)
    route = FrameGraph(ds).path(chosen.start, chosen.end)
    print(f"note: {error_in_words(route)}", file=sys.stderr)
