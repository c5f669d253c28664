"""A report on a scan: one HTML file that opens without a network, and prints."""

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.atomic.changes import replacing
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_elements import ScanElements, scan_elements
from maxrf_core.errors import CalibrationError
from maxrf_core.export.checksum import sha256_of
from maxrf_core.export.page import Markup, document, element, section
from maxrf_core.export.report_elements import evidence, mean_spectrum, wall
from maxrf_core.export.report_patches import base_of_map, patches_part
from maxrf_core.export.report_pictures import photograph, views
from maxrf_core.export.report_settings import calibration_part, registration_part, scan_part, settings_part
from maxrf_core.imaging.colormaps import DEFAULT_COLORMAP
from maxrf_core.language import ENGLISH, Note, current_locale, in_locale, translated
from maxrf_core.progress import Progress, silent

SHARES = (0.3, 0.4, 0.55, 0.7, 0.85, 1.0)  # of the time, when each part is done


def make_report(
    ds: DataStack,
    path: str | os.PathLike[str],
    *,
    elements: ScanElements | None = None,
    colormap: str = DEFAULT_COLORMAP,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Path:
    """Write a report on a scan, which appears when it is complete; the scan is only read.

    Parameters
    ----------
    ds : DataStack
    path : path_like
        Of the HTML file.
    elements : ScanElements, optional
        By default they are found.
    colormap : str
        Of the maps, a name in `maxrf_core.imaging.colormaps.COLORMAPS`.
    overwrite : bool
        Replace a file that exists.
    progress : callable, optional

    Returns
    -------
    Path

    Raises
    ------
    DatastackError
        If the file exists or cannot be written, or the scan cannot be read.
    """
    path = Path(path)
    check_new_path(path, overwrite)
    text = report_html(ds, elements, colormap, progress)
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    return path


def report_html(
    ds: DataStack,
    elements: ScanElements | None = None,
    colormap: str = DEFAULT_COLORMAP,
    progress: Progress = silent,
) -> str:
    """Return a report on a scan, in English, as a page of HTML that needs nothing beside itself.

    Parameters
    ----------
    ds, elements, colormap, progress
        As in `make_report`. The progress is told in the reader's language.
    """
    reader = current_locale()

    def told(done: float, doing: str) -> None:
        with in_locale(reader):
            progress(done, translated(doing))

    with in_locale(ENGLISH):  # as all that is written to files
        return _report(ds, elements, colormap, told, reader)


def _report(
    ds: DataStack, elements: ScanElements | None, colormap: str, progress: Progress, reader: str
) -> str:
    steps = iter(zip((0.0, *SHARES), SHARES, strict=False))
    trouble = ""
    told = _between(progress, *next(steps))
    if elements is None:
        elements, trouble = _found(ds, told, reader)
    told = _between(progress, *next(steps))
    told(0.0, Note("reading the photograph"))
    photo = photograph(ds)
    walls = wall(elements, colormap, _between(progress, *next(steps))) if elements else _without(trouble)
    shown = views(ds, elements, _between(progress, *next(steps)))
    patches = patches_part(ds, elements, _base(elements), _between(progress, *next(steps)))
    with in_locale(reader):  # for its progress
        checksum = sha256_of(ds.path, _between(progress, *next(steps)))
    spectra = section("Mean spectrum", mean_spectrum(ds, elements)) if elements else Markup("")
    title = str(ds.about.get("title") or "").strip() or ds.path.stem
    made = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    text = document(
        title,
        element(
            "header",
            element("h1", title),
            element("p", f"Macro-XRF scan {ds.path.name}. Report of {made}, {SOFTWARE}.", class_="subtitle"),
        ),
        photo,
        walls,
        shown,
        patches,
        spectra,
        evidence(elements) if elements else Markup(""),
        registration_part(ds),
        calibration_part(ds, elements),
        scan_part(ds, checksum),
        settings_part(ds, elements),
    )
    progress(1.0, Note("report made"))
    return text


def _found(ds: DataStack, progress: Progress, reader: str) -> tuple[ScanElements | None, str]:
    """Find the elements, and tell of it in the reader's language; return an English reason if that fails."""
    try:
        with in_locale(reader):
            return scan_elements(ds, progress=progress), ""
    except CalibrationError:
        pass
    try:  # once more, for the reason in the language of the report
        return scan_elements(ds), ""
    except CalibrationError as error:
        return None, str(error)


def _without(trouble: str) -> Markup:
    return section("Elements", element("p", trouble or "The elements of this scan are not known."))


def _base(elements: ScanElements | None) -> np.ndarray | None:
    """Return the strongest map in grey, on which patches are outlined."""
    if elements is None or not elements.findings:
        return None
    family = elements.findings[0].family
    return base_of_map(elements.shown(family)[0], elements.summary(family).brightest)


def _between(progress: Progress, first: float, last: float) -> Callable[[float, str], None]:
    return lambda done, doing: progress(first + (last - first) * min(done, 1.0), doing)
