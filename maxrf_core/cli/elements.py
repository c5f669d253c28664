"""The command ``elements``: net counts of line families, as a table and as maps."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from maxrf_core.atomic.changes import replacing
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.cli.arguments import add_scheduler_option, rectangle
from maxrf_core.cube.regions import Region
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_divisors import WAYS, scan_divisor
from maxrf_core.datastack.scan_identify import examine_mean, identify
from maxrf_core.datastack.stored_elements import scan_element_maps
from maxrf_core.elements.identify import ABSENT, Identification
from maxrf_core.elements.maps import DETECTION, ElementMaps
from maxrf_core.elements.normalise import normalise
from maxrf_core.elements.summary import mean_of_map
from maxrf_core.errors import CalibrationError
from maxrf_core.export.map_files import COUNTS_UNIT, MapNotes, notes_of, write_family, write_residual
from maxrf_core.imaging.row_displacement import find_row_displacement
from maxrf_core.language import _, translated
from maxrf_core.progress import show_on_terminal
from maxrf_core.workers import workers


def add_elements_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``elements``."""
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--families", nargs="+", metavar="FAMILY", help="such as Fe-K Pb-L, or elements; default: all present"
    )
    parser.add_argument(
        "--per", choices=WAYS, help="divide the maps by each pixel's live time, or by the tube's scatter"
    )
    parser.add_argument(
        "--straighten",
        action="store_true",
        help="shift odd rows back if they are displaced alike in all maps",
    )
    parser.add_argument(
        "--blank",
        type=_region,
        metavar="X0,Y0,X1,Y1",
        help="a place without an object: also list the elements, beside what it shows of the instrument",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="write the maps there as .tif")
    add_scheduler_option(parser)
    parser.set_defaults(run=elements)


def elements(chosen: argparse.Namespace) -> None:
    """Run the command."""
    ds = DataStack(chosen.path)
    with workers(chosen.scheduler) as pool:
        cube = ds.cube().with_workers(pool)
        measured = scan_element_maps(ds.straightened(0), chosen.families, show_on_terminal, cube=cube)
    displacement, notes = _displacement(chosen, ds, measured)
    unit, maps = COUNTS_UNIT, measured.straightened(displacement)
    if chosen.per is not None:
        maps, sentence = divided(ds, measured, chosen.per, displacement)
        unit = f"net counts per {WAYS[chosen.per]}"
        notes.append(sentence)
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    print(table(maps, unit))
    if maps.about.get("tube_sentence"):
        print(f"note: {maps.about['tube_sentence']}", file=sys.stderr)
    if chosen.blank is not None:
        print(beside_blank(ds, chosen.blank))
    elif chosen.families is None:
        spots = chosen.scheduler is None  # a cluster's scan is not read here
        print(statuses(identify(ds, progress=show_on_terminal) if spots else examine_mean(ds)[1]))
    if chosen.output is not None:
        chosen.output.mkdir(parents=True, exist_ok=True)
        told = notes_of(ds.straightened(displacement), maps.about, unit)
        for path in write_maps(maps, chosen.output, chosen.path.stem, told):
            print(path)


def _region(text: str) -> Region:
    return Region.rectangle(*rectangle(text))


def beside_blank(ds: DataStack, place: Region) -> str:
    """Return the elements that are there, each with its sentence, beside what a blank shows."""
    blank = np.nan_to_num(np.asarray(ds.region_spectrum(place).sum, np.float64))
    return statuses(identify(ds, blank=blank))


def statuses(found: Identification) -> str:
    """Return the elements that are there, or may be, each with its sentence, a line each."""
    lines = [
        f"{finding.element:<3} {finding.status:<9} {translated(finding.sentence)}"
        for finding in found.findings
        if finding.status != ABSENT or finding.of_instrument
    ]
    return "\n".join(lines)


def _displacement(
    chosen: argparse.Namespace, ds: DataStack, measured: ElementMaps
) -> tuple[float, list[str]]:
    """Return by how many pixels odd rows are shifted back, and sentences about it."""
    displacement, notes = ds.row_displacement, []
    if chosen.straighten:
        found = find_row_displacement(list(measured.net), measured.names)
        displacement = found.pixels if found.is_found else displacement
        notes.append(translated(found.sentence))
    if displacement:
        notes.append(_("Odd rows are shifted back by {pixels:.2f} pixels.").format(pixels=displacement))
    return displacement, notes


def divided(ds: DataStack, maps: ElementMaps, way: str, row_displacement: float) -> tuple[ElementMaps, str]:
    """Return the maps divided by live time or scatter, and a sentence about it.

    Raises
    ------
    CalibrationError
        If the scan does not tell what they would be divided by.
    """
    divisor = scan_divisor(ds, maps, way)
    if divisor.values is None or divisor.sigma is None:
        raise CalibrationError(translated(divisor.sentence))
    pairs = [
        normalise(net, sigma, divisor.values, divisor.sigma, 1, row_displacement)
        for net, sigma in zip(maps.net, maps.sigma, strict=True)
    ]
    net, sigma = (np.array(each) for each in zip(*pairs, strict=True))
    straight = maps.straightened(row_displacement)
    return replace(straight, net=net, sigma=sigma), translated(divisor.sentence)


def table(maps: ElementMaps, unit: str) -> str:
    """Return a table of the families: mean net counts, their error, and where they are detected."""
    lines = [f"family    {unit}    error    pixels above the detection limit"]
    for name, net, sigma in zip(maps.names, maps.net, maps.sigma, strict=True):
        mean, error = mean_of_map(net, sigma)
        above = np.count_nonzero(net > DETECTION * sigma) / net.size
        lines.append(f"{name:<8}  {mean:>{len(unit)}.4f}  {error:>7.4f}  {above:>8.1%}")
    return "\n".join(lines)


def write_maps(maps: ElementMaps, folder: Path, stem: str, notes: MapNotes) -> list[Path]:
    """Write each family's net counts and errors, and the residual, as TIFF files; return their paths."""
    written = []
    for name, net, sigma in zip(maps.names, maps.net, maps.sigma, strict=True):
        path = folder / f"{stem}_{name}.tif"
        check_new_path(path, overwrite=True)
        with replacing(path) as unfinished, unfinished.open("wb") as file:
            write_family(file, name, net, sigma, notes)
        written.append(path)
    path = folder / f"{stem}_residual.tif"
    check_new_path(path, overwrite=True)
    with replacing(path) as unfinished, unfinished.open("wb") as file:
        write_residual(file, maps.residual, notes)
    return [*written, path]
