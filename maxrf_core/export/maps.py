"""All element maps of a scan in one ZIP: as numbers, as pictures, and as a table."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from maxrf_core._version import SOFTWARE
from maxrf_core.atomic.changes import replacing
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_elements import ScanElements, scan_elements
from maxrf_core.errors import PictureError
from maxrf_core.export.element_table import element_csv
from maxrf_core.export.map_files import MapNotes, notes_of, write_family, write_ome, write_residual
from maxrf_core.imaging.colormaps import DEFAULT_COLORMAP
from maxrf_core.imaging.display import colorize
from maxrf_core.imaging.write import encode
from maxrf_core.language import _
from maxrf_core.names import file_stem
from maxrf_core.progress import Progress, silent

FINDING = 0.5  # of the time, if the elements are not known yet
AT_ONCE = 1 << 20  # bytes

README = """{scan}: element maps, made by {software}

{stem}_Fe-K.tif and the like
    float32 TIFF. First page: {unit}. Second page: their standard deviation from counting (sigma).
    Net counts may be negative, as noise is. What is below 3.3 sigma cannot be told from noise.
    The description of each page says in JSON what it is{step}.
{stem}_Fe-K.png and the like
    The same in colours, from 0 (first colour) to the net counts in the column last_colour of the table.
{stem}_elements.csv
    Every element with its status, mean net counts per pixel, their standard deviation, the highest net
    counts of a pixel, the share of the pixels above the detection limit (3.3 sigma), and the evidence.
{stem}.ome.tif
    The net counts of all families as one picture, a channel each.
{stem}_residual.tif
    What the model of the spectrum leaves over, relative to counting noise: about 1 where nothing is missing.
{remark}"""


def export_maps(
    ds: DataStack,
    path: str | os.PathLike[str],
    *,
    elements: ScanElements | None = None,
    colormap: str = DEFAULT_COLORMAP,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Path:
    """Write all element maps of a scan to a ZIP file, which appears when it is complete.

    Parameters
    ----------
    ds : DataStack
    path : path_like
        Of the ZIP.
    elements : ScanElements, optional
        By default they are found.
    colormap : str
        Of the pictures, a name in `maxrf_core.imaging.colormaps.COLORMAPS`.
    overwrite : bool
        Replace a file that exists.
    progress : callable, optional

    Returns
    -------
    Path

    Raises
    ------
    CalibrationError
        If the scan has no energies, or no counts where elements have lines.
    PictureError
        If no element stands out from the noise.
    DatastackError
        If the file exists or cannot be written.
    """
    path = Path(path)
    check_new_path(path, overwrite)
    if elements is None:
        elements = scan_elements(ds, progress=lambda done, doing: progress(FINDING * done, doing))
        begun = FINDING
    else:
        begun = 0.0
    with replacing(path) as unfinished, unfinished.open("wb") as file:
        write_maps_zip(
            file, ds, elements, colormap, lambda done, doing: progress(begun + (1 - begun) * done, doing)
        )
    return path


def write_maps_zip(
    file: IO[bytes],
    ds: DataStack,
    elements: ScanElements,
    colormap: str = DEFAULT_COLORMAP,
    progress: Progress = silent,
) -> None:
    """Write all element maps to a binary file as a ZIP; one map is in memory at a time.

    Raises
    ------
    PictureError
        If no element stands out from the noise.
    """
    findings = elements.findings
    if not findings:
        words = _("{name}: no element stands out from the noise, so that there are no maps.")
        raise PictureError(words.format(name=ds.path.name))
    families = [finding.family for finding in findings]
    stem, notes = file_stem(ds.path.stem), notes_of(ds, elements.maps.about)
    with ZipFile(file, "w") as archive:
        for number, family in enumerate(families):
            progress(0.8 * number / len(families), _("writing the map of {family}").format(family=family))
            _add_family(archive, stem, family, elements, notes, colormap)
        progress(0.8, _("writing all maps as one OME-TIFF"))
        shape = elements.maps.residual.shape
        nets = (elements.shown(family)[0] for family in families)
        _add_streamed(
            archive, f"{stem}.ome.tif", lambda made: write_ome(made, families, nets, shape[:2], notes)
        )
        progress(0.95, _("writing the table"))
        residual = elements.shown_residual()
        _add_streamed(archive, f"{stem}_residual.tif", lambda made: write_residual(made, residual, notes))
        archive.writestr(f"{stem}_elements.csv", element_csv(elements), ZIP_DEFLATED)
        archive.writestr("README.txt", _readme(stem, notes), ZIP_DEFLATED)
    progress(1.0, _("element maps written"))


def _add_family(
    archive: ZipFile, stem: str, family: str, elements: ScanElements, notes: MapNotes, colormap: str
) -> None:
    net, sigma = elements.shown(family)
    name = f"{stem}_{family}"
    _add_streamed(archive, f"{name}.tif", lambda made: write_family(made, family, net, sigma, notes))
    picture = colorize(net, 0.0, elements.summary(family).brightest, colormap)
    archive.writestr(f"{name}.png", encode(picture, "png"))


def _add_streamed(archive: ZipFile, name: str, write: Callable[[IO[bytes]], None]) -> None:
    """Add a member that is first written to a temporary file, since TIFF is not written in one go."""
    with tempfile.NamedTemporaryFile() as made:  # tifffile wants a name
        write(made)
        made.seek(0)
        entry = ZipInfo(name, time.localtime()[:6])  # not compressed again
        with archive.open(entry, "w", force_zip64=True) as member:
            shutil.copyfileobj(made, member, AT_ONCE)


def _readme(stem: str, notes: MapNotes) -> str:
    step = "" if notes.step_mm is None else "; pixels are {:g} × {:g} mm".format(*notes.step_mm)
    return README.format(
        scan=notes.scan,
        software=SOFTWARE,
        stem=stem,
        unit=notes.unit,
        step=step,
        remark=f"\n{notes.remark.capitalize()}.\n" if notes.remark else "",
    )
