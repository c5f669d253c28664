"""The commands ``export`` and ``report``: what is known of a scan, for other programs and for readers."""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from maxrf_core.cli.arguments import number
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.export.maps import export_maps
from maxrf_core.export.onto_photograph import KINDS, TIFF, maps_onto_photograph
from maxrf_core.export.report import make_report
from maxrf_core.export.scan import Exported, export_scan
from maxrf_core.export.transform import EXPORTED_KINDS, export_transform
from maxrf_core.imaging.colormaps import COLORMAPS, DEFAULT_COLORMAP
from maxrf_core.language import translated
from maxrf_core.progress import show_on_terminal
from maxrf_core.registration.frame_graph import MAP, FrameGraph
from maxrf_core.registration.path_record import error_in_words
from maxrf_core.transform.onto_grid import AREA, METHODS
from maxrf_core.writers import WRITERS


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``export``."""
    parser.add_argument("path", type=Path)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--maps", action="store_true",
        help="all element maps in one .zip: TIFF with their errors, PNG, a table, and one OME-TIFF",
    )  # fmt: skip
    what.add_argument(
        "--to", choices=WRITERS, help="the whole scan, or its spectra, in a format: " + _listed()
    )
    what.add_argument(
        "--onto", metavar="PHOTO",
        help="all element maps on the own pixels of a registered photograph (imvis, its file's "
        "name or the name of a registered picture of it), in one .zip or a new folder, with about.json",
    )  # fmt: skip
    what.add_argument(
        "--transform", choices=EXPORTED_KINDS, metavar="FORMAT",
        help="how a registered photograph lies on the maps: " + ", ".join(EXPORTED_KINDS),
    )  # fmt: skip
    _add_onto_options(parser)
    _add_transform_options(parser)
    parser.add_argument(
        "--pixel", type=_pixel, metavar="X,Y", help="with --to msa: the spectrum of this pixel alone"
    )
    parser.add_argument(
        "--patches", action="store_true", help="with --to msa: the spectra of the scan's patches, too"
    )
    _add_common(parser)
    parser.set_defaults(run=export)


def _add_onto_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--map", dest="maps_wanted", nargs="+", metavar="NAME",
        help="with --onto: these maps alone, such as Fe-K; with --band and no --map bands alone",
    )  # fmt: skip
    parser.add_argument(
        "--band", type=number, nargs=2, action="append", default=[], metavar=("LO", "HI"),
        help="with --onto: the map of this band, in keV (channel numbers until calibrated); may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--resampling", choices=METHODS, default=AREA,
        help="with --onto: linear between the map's pixels; the nearest one; or area (the default): linear, "
        "and means over areas where the photograph is coarser than the map",
    )  # fmt: skip
    parser.add_argument(
        "--files", choices=KINDS, nargs="+", default=[TIFF], help="with --onto: kinds of files (%(default)s)"
    )


def _add_transform_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--name", help="with --transform: of the registered picture, as imvis_reg, where there are several"
    )
    parser.add_argument(
        "--into", metavar="FRAME",
        help="with --transform: into another registered photograph (as with --onto) instead of onto the "
        "maps; with --name map from the maps",
    )  # fmt: skip
    parser.add_argument(
        "--photo", type=Path,
        help="with --transform geotiff: a copy of this photograph, instead of the registered picture",
    )  # fmt: skip


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``report``."""
    parser.add_argument("path", type=Path)
    _add_common(parser)
    parser.set_defaults(run=report)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, required=True, help="the file to make")
    parser.add_argument("--colormap", choices=COLORMAPS, default=DEFAULT_COLORMAP, help="of the maps")
    parser.add_argument("--overwrite", action="store_true", help="replace the file where it exists")


def export(chosen: argparse.Namespace) -> None:
    """Run the command export."""
    if chosen.transform is not None:
        _print(
            export_transform(
                DataStack(chosen.path),
                chosen.output,
                chosen.transform,
                name=chosen.name,
                into=chosen.into,
                photo=chosen.photo,
                overwrite=chosen.overwrite,
            )
        )
        return
    if chosen.to is None:
        (_export_maps if chosen.maps else _export_onto)(chosen)
        return
    exported = export_scan(
        DataStack(chosen.path),
        chosen.output,
        chosen.to,
        pixel=chosen.pixel,
        patches=chosen.patches,
        overwrite=chosen.overwrite,
        progress=show_on_terminal,
    )
    _print(exported)


def _print(exported: Exported) -> None:
    for file in exported.files:
        print(file)
    for note in exported.notes:
        print(f"note: {translated(note)}", file=sys.stderr)


def _export_maps(chosen: argparse.Namespace) -> None:
    print(export_maps(DataStack(chosen.path), chosen.output, **_common(chosen)))


def _export_onto(chosen: argparse.Namespace) -> None:
    names = chosen.maps_wanted or (() if chosen.band else None)
    ds = DataStack(chosen.path)
    route = FrameGraph(ds).path(MAP, chosen.onto)
    print(
        maps_onto_photograph(
            ds,
            chosen.onto,
            chosen.output,
            names=names,
            bands=[(lo, hi) for lo, hi in chosen.band],
            method=chosen.resampling,
            kinds=chosen.files,
            overwrite=chosen.overwrite,
            progress=show_on_terminal,
        )
    )
    print(f"note: {error_in_words(route)}", file=sys.stderr)


def report(chosen: argparse.Namespace) -> None:
    """Run the command report."""
    print(make_report(DataStack(chosen.path), chosen.output, **_common(chosen)))


def _listed() -> str:
    return "; ".join(f"{writer.key}: {writer.name}" for writer in WRITERS.values())


def _pixel(text: str) -> tuple[int, int]:
    """Read column and row, as argparse's `type`."""
    found = re.fullmatch(r"\s*(\d+)\s*,\s*(\d+)\s*", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text} is no pixel such as 12,30 (column, row)")
    return int(found[1]), int(found[2])


def _common(chosen: argparse.Namespace) -> dict[str, Any]:
    return {"colormap": chosen.colormap, "overwrite": chosen.overwrite, "progress": show_on_terminal}
