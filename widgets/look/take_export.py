"""A scan in a format of another program: one choice, then a download."""

import math
from functools import partial
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import streamlit as st

from maxrf_core.datastack.contents import size_text
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.export.scan import export_scan
from maxrf_core.names import file_stem
from maxrf_core.progress import Progress
from maxrf_core.writers import WRITERS, Writer
from widgets.look.take import take
from widgets.session.language import _, translated
from widgets.session.scan import Scan

PIECE = 1 << 24  # bytes that are packed at a time
PACKING = 0.3  # of the time


def take_export(scan: Scan) -> None:
    """Show the choice of a format, what it keeps and loses, and the button that makes its files."""
    if not scan.has_spectra:
        return
    key = st.selectbox(
        _("As another format"),
        list(WRITERS),
        index=None,
        format_func=lambda each: WRITERS[each].name,
        placeholder=_("Choose a format"),
        key="look-take-format",
    )
    if key is None:
        return
    writer = WRITERS[key]
    kept, lost = translated(writer.keeps), translated(writer.loses)
    words = [
        _("For {programs}.").format(programs=writer.read_by),
        _("Kept: {what}").format(what=kept),
        _("Not kept: {what}").format(what=lost),
    ]
    if not writer.holds_spectra:
        size = math.prod(scan.ds.shape) * scan.ds.cube().dtype.itemsize
        words.append(_("The scan holds {size} of counts.").format(size=size_text(size)))
    st.caption("  \n".join(words))
    stem, several = file_stem(scan.ds.path.stem), len(writer.files) > 1
    take(
        _("Make the file"),
        _("Made on the computer where this program runs, then downloaded; several files come in one ZIP."),
        f"{stem}_{key}{'.zip' if several else writer.endings[0]}",
        "application/zip" if several else "application/octet-stream",
        (key, scan.version, scan.ds.row_displacement),
        partial(_write, scan.ds, writer, stem),
        key="look-take-scan",
    )


def _write(ds: DataStack, writer: Writer, stem: str, path: Path, told: Progress) -> list[str]:
    """Write the export to a path; several files are packed into one ZIP there."""
    patches = writer.holds_spectra and bool(ds.patches())
    if len(writer.files) == 1:
        return list(export_scan(ds, path, writer.key, progress=told, patches=patches).notes)
    folder = path.with_suffix("")
    folder.mkdir()
    exported = export_scan(
        ds,
        folder / f"{stem}{writer.endings[0]}",
        writer.key,
        progress=lambda done, doing: told((1 - PACKING) * done, doing),
        patches=patches,
    )
    _pack(exported.files, path, lambda done, doing: told(1 - PACKING + PACKING * done, doing))
    return list(exported.notes)


def _pack(files: tuple[Path, ...], path: Path, told: Progress) -> None:
    """Move files into a ZIP, piece by piece; fast packing makes most of a scan small."""
    total, done = sum(file.stat().st_size for file in files), 0
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files:
            with file.open("rb") as source, archive.open(file.name, "w", force_zip64=True) as target:
                while piece := source.read(PIECE):
                    target.write(piece)
                    done += len(piece)
                    told(done / total, _("packing {name}").format(name=file.name))
            file.unlink()
