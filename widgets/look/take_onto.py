"""Maps on the own pixels of a registered photograph, as files for other programs."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from maxrf_core.datastack.contents import size_text
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import MaxrfError
from maxrf_core.export.onto_photograph import (
    KINDS,
    PNG_8,
    PNG_16,
    TIFF,
    maps_onto_photograph,
    needed_room,
)
from maxrf_core.names import file_stem
from maxrf_core.progress import Progress
from maxrf_core.registration.frame_graph import MAP
from maxrf_core.registration.frames import FramePath
from maxrf_core.registration.path_record import error_in_words
from maxrf_core.transform.onto_grid import AREA, LINEAR, METHODS, NEAREST, OntoGrid
from widgets.charts.band_controls import band_name
from widgets.elements.examination import Examination, elements_are_coming, known_examination
from widgets.look.take import take
from widgets.session.choice import choice
from widgets.session.language import _, marked, translated
from widgets.session.markdown import show_warning
from widgets.session.scan import Scan, Version
from widgets.viewer.frame_graph import frame_graph, other_photos
from widgets.viewer.registered_photos import in_words, registered_photos

KIND_TITLES = {TIFF: marked("TIFF, as numbers"), PNG_16: marked("PNG, 16 bits"), PNG_8: marked("PNG, 8 bits")}
METHOD_TITLES = {
    AREA: marked("Interpolated; means where the photograph is coarser"),
    LINEAR: marked("Interpolated"),
    NEAREST: marked("Each pixel of the map as it is"),
}
COLOURS = 8  # bytes to a pixel of a photograph, at most: three colours and opacity of 16 bits
Band = tuple[float, float]


@dataclass(frozen=True)
class _Wanted:
    """What is laid on the photograph, and how."""

    photo: str
    names: tuple[str, ...]
    bands: tuple[Band, ...]
    method: str
    kinds: tuple[str, ...]
    pictures: tuple[str, ...] = ()


def offer_onto(scan: Scan, photo: str) -> None:
    """Show the popover in which a photograph's maps are chosen and made."""
    with st.popover(_("Maps onto the photograph"), icon=":material/photo_library:", type="tertiary"):
        take_onto(scan, known_examination(scan), photo)


def take_onto(scan: Scan, examination: Examination | None, photo: str | None = None) -> None:
    """Show which maps are laid on a registered photograph, and the button that makes their files.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
        Of the scan, for element maps.
    photo : str, optional
        Name of the registered photograph; by default it can be chosen. Nothing is shown if there is none.
    """
    photos = registered_photos(scan)
    if not photos:
        return
    if photo is None:
        st.markdown(_("**Maps onto the photograph**"), help=_about())
        photo = st.selectbox(_("Photograph"), photos, format_func=partial(in_words, scan), key="onto-photo")
    try:
        route = _route(scan.version, scan.ds, photo)
    except MaxrfError as error:
        show_warning(error)
        return
    wanted = _choose(scan, examination, photo)
    has_maps = (wanted.names or wanted.bands) and wanted.kinds
    if not has_maps and not wanted.pictures:
        st.caption(_("Choose a map and a kind of file."))
        return
    try:
        renderer = _renderer(scan.version, scan.ds, photo, wanted.method)
    except MaxrfError as error:
        show_warning(error)
        return
    st.caption(_size_in_words(renderer, wanted) + " " + error_in_words(route))
    stem = file_stem(scan.ds.path.stem, "on", Path(route.end.title).stem)
    take(
        _("Make the maps (ZIP)"),
        _("Made on the computer where this program runs, then downloaded."),
        f"{stem}.zip",
        "application/zip",
        (scan.version, wanted),
        partial(_write, scan.ds, examination, wanted),
        key="onto-make",
    )


def _about() -> str:
    return _(
        "Each map with the photograph's own pixels, to be laid over it in any program: a file a map, and "
        "about.json with the transform, its expected error and the photograph's checksum."
    )


def _choose(scan: Scan, examination: Examination | None, photo: str) -> _Wanted:
    """Show the choice of maps, files and resampling."""
    now, names, bands = choice(), list[str](), list[Band]()
    offered = _names(scan, examination)
    if offered:
        names = st.multiselect(_("Maps"), offered, offered, key="onto-maps")
    elif elements_are_coming(scan):
        st.caption(_("Element maps can be chosen here when their elements have been found on Look."))
    if scan.has_spectra and now.lo is not None and now.hi is not None:
        words = _("The band {band}").format(band=band_name(scan, now.lo, now.hi))
        if not offered:
            st.write(words)
        if not offered or st.checkbox(words, key="onto-band"):
            bands.append((now.lo, now.hi))
    others = other_photos(scan, photo)
    pictures = list[str]()
    if others:
        words = _("Other photographs")
        pictures = st.multiselect(words, others, format_func=partial(in_words, scan), key="onto-pictures")
    kinds = st.pills(
        _("Files"),
        KINDS,
        selection_mode="multi",
        default=[TIFF],
        format_func=lambda kind: translated(KIND_TITLES[kind]),
        key="onto-files",
    )
    method = st.selectbox(
        _("Between the map's pixels"),
        METHODS,
        index=METHODS.index(AREA),
        format_func=lambda each: translated(METHOD_TITLES[each]),
        key="onto-method",
    )
    if not kinds:
        names, bands = [], []
    return _Wanted(photo, tuple(names), tuple(bands), method, tuple(kinds) or (TIFF,), tuple(pictures))


def _names(scan: Scan, examination: Examination | None) -> list[str]:
    if examination is not None:
        return [finding.family for finding in examination.findings]
    return [] if scan.has_spectra else list(scan.map_names)


def _size_in_words(renderer: OntoGrid, wanted: _Wanted) -> str:
    height, width = renderer.grid_shape
    count = len(wanted.names) + len(wanted.bands)
    size = needed_room(renderer, count, wanted.kinds).files
    size += height * width * COLOURS * len(wanted.pictures)
    words = _("{count} × {width} × {height} pixels, at most {size}.")
    return words.format(count=count + len(wanted.pictures), width=width, height=height, size=size_text(size))


def _write(
    ds: DataStack, examination: Examination | None, wanted: _Wanted, path: Path, told: Progress
) -> list[str]:
    maps_onto_photograph(
        ds,
        wanted.photo,
        path,
        names=wanted.names,
        bands=wanted.bands,
        method=wanted.method,
        kinds=wanted.kinds,
        pictures=wanted.pictures,
        elements=examination,
        progress=told,
    )
    return []


@st.cache_resource(max_entries=20, show_spinner=False)
def _route(version: Version, _ds: DataStack, photo: str) -> FramePath:
    """Return the path from the maps to a photograph; its errors are computed once."""
    return frame_graph(version, _ds).path(MAP, photo)


@st.cache_resource(max_entries=20, show_spinner=False)
def _renderer(version: Version, _ds: DataStack, photo: str, method: str) -> OntoGrid:
    route = _route(version, _ds, photo)
    return OntoGrid(route.transform.inverse(), _ds.shape, route.end.shape, method)
