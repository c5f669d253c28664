"""The command ``elements``: net counts of line families, as a table and as maps."""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_elements import scan_element_maps
from maxrf_core.elements.maps import DETECTION, ElementMaps
from maxrf_core.imaging.write import write_picture
from maxrf_core.progress import show_on_terminal
from maxrf_core.workers import scheduler_address, workers


def add_elements_command(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser = commands.add_parser("elements", help="compute element maps with their error")
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--families", nargs="+", metavar="FAMILY", help="such as Fe-K Pb-L, or elements; default: all present"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="write the maps there as .tif")
    parser.add_argument(
        "--scheduler", default=scheduler_address(), metavar="tcp://HOST:PORT",
        help="let a running dask.distributed cluster do the work (default: what MAXRF_SCHEDULER says)",
    )  # fmt: skip
    parser.set_defaults(run=elements)


def elements(chosen: argparse.Namespace) -> None:
    """Run the command."""
    ds = DataStack(chosen.path)
    with workers(chosen.scheduler) as pool:
        cube = ds.cube().with_workers(pool)
        maps = scan_element_maps(ds, chosen.families, show_on_terminal, cube=cube)
    print(table(maps))
    if maps.about.get("tube_sentence"):
        print(f"note: {maps.about['tube_sentence']}", file=sys.stderr)
    if chosen.output is not None:
        chosen.output.mkdir(parents=True, exist_ok=True)
        for path in write_maps(maps, chosen.output, chosen.path.stem):
            print(path)


def table(maps: ElementMaps) -> str:
    """Return a table of the families: mean net counts, their error, and where they are detected."""
    lines = ["family    net counts per pixel    error    pixels above the detection limit"]
    for name, net, sigma in zip(maps.names, maps.net, maps.sigma, strict=True):
        error = float(np.sqrt(np.nansum(sigma.astype(np.float64) ** 2))) / max(1, np.isfinite(sigma).sum())
        above = np.count_nonzero(net > DETECTION * sigma) / net.size
        lines.append(f"{name:<8}  {np.nanmean(net, dtype=np.float64):>20.4f}  {error:>7.4f}  {above:>8.1%}")
    return "\n".join(lines)


def write_maps(maps: ElementMaps, folder: Path, scan: str) -> list[Path]:
    """Write the net counts and errors of all families as TIFF files; return their paths."""
    written = []
    for name, net, sigma in zip(maps.names, maps.net, maps.sigma, strict=True):
        for kind, values, what in (
            ("net", net, "net counts per pixel"),
            ("sigma", sigma, "standard deviation of the net counts per pixel, from counting"),
        ):
            path = folder / f"{scan}_{name}_{kind}.tif"
            check_new_path(path, overwrite=True)
            write_picture(path, values, f"{scan}, {name}, {what}")
            written.append(path)
    path = folder / f"{scan}_residual.tif"
    check_new_path(path, overwrite=True)
    write_picture(path, maps.residual, f"{scan}, what the model leaves over, in variances of counting")
    return [*written, path]
