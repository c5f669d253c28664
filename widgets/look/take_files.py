"""Report and element maps of a scan as files."""

from collections.abc import Hashable
from functools import partial
from pathlib import Path

import streamlit as st

from maxrf_core.export.maps import write_maps_zip
from maxrf_core.export.report import report_html
from maxrf_core.names import file_stem
from maxrf_core.progress import Progress
from widgets.elements.examination import Examination, elements_are_coming, examination_name
from widgets.look.take import take
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.scan import Scan


def take_files(scan: Scan, examination: Examination | None) -> None:
    """Show the buttons that make a report on the scan, and all its element maps."""
    if not scan.has_spectra:
        words = _("A report needs spectra, which this file does not hold. Figures can be made of its maps.")
        st.caption(words)
        return
    if elements_are_coming(scan):
        st.caption(_("The report and the maps can be made when the elements have been found."))
        return
    take(
        _("Report (HTML)"),
        _("Photograph, maps, views, patches, spectra and settings in one file to read and print."),
        f"{file_stem(scan.ds.path.stem)}_report.html",
        "text/html",
        _state(scan),
        partial(_write_report, scan, examination),
    )
    if examination is None or not examination.summaries:
        st.caption(_("There are no element maps in this scan."))
        return
    take(
        _("All element maps (ZIP)"),
        _("TIFF with the errors, pictures, a table, and one OME-TIFF."),
        f"{file_stem(scan.ds.path.stem)}_maps.zip",
        "application/zip",
        _state(scan),
        partial(_write_maps, scan, examination),
    )


def _state(scan: Scan) -> Hashable:
    """Return what the files are made of."""
    return examination_name(scan), scan.version, scan.ds.row_displacement, choice().colormap


def _write_maps(scan: Scan, examination: Examination, path: Path, told: Progress) -> list[str]:
    with path.open("wb") as file:
        write_maps_zip(file, scan.ds, examination, choice().colormap, told)
    return []


def _write_report(scan: Scan, examination: Examination | None, path: Path, told: Progress) -> list[str]:
    path.write_bytes(report_html(scan.ds, examination, choice().colormap, told).encode())
    return []
