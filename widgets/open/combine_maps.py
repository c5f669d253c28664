"""Element maps of other programs, without spectra: files of one size become a datastack of maps."""

from functools import partial
from pathlib import Path

import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.readers import MAP_FORMATS, MapsScan, open_fitting_maps
from maxrf_core.untrusted.check import check_untrusted
from server.settings import read_only
from server.upload_check import MAP_ENDINGS
from widgets.open.conversions import begin_conversion, is_being_converted
from widgets.open.convert import choose_name, choose_orientation
from widgets.open.large_upload import large_upload
from widgets.open.prepare import ScanPreview, prepare
from widgets.session import library
from widgets.session.language import _, translated
from widgets.session.markdown import escaped, show_error

_UPLOADED = "maps-uploaded"  # session key: paths of the maps that were uploaded last
_TOP = "."  # the data folder itself
_ROOM = 1_000_000  # bytes of a datastack beside its maps


def combine_maps() -> None:
    """Show all steps from files of element maps to a datastack that is being made."""
    st.write(
        _(
            "If there are only maps of the elements, and no scan with a spectrum for each pixel, several "
            "files of one size become one datastack. Its maps can be laid over one another, compared, and "
            "registered with a photograph."
        )
    )
    paths = _choose_files()
    if not paths:
        return
    if is_being_converted(paths[0]):
        st.info(
            _("The maps are being combined. The sidebar shows how far it is, on every page."),
            icon=":material/swap_horiz:",
        )
        return
    try:
        with st.spinner(_("Opening the maps …")):
            seen = _opened(tuple(paths), tuple(_version(path) for path in paths))
    except MaxrfError as error:
        show_error(error)
        return
    scan = seen.scan
    assert isinstance(scan, MapsScan)
    _say_content(scan)
    preparation = prepare(seen, f"maps-part-{paths[0]}")
    view = choose_orientation(seen.cropped(preparation.crop))
    own = scan.map_names[0] if len(scan.map_names) == 1 else scan.name
    name = choose_name(own, f"maps-name-{paths[0]}")
    if name is None:
        return
    if st.button(_("Combine"), type="primary", icon=":material/layers:"):
        height, width, _channels = scan.shape
        size = len(scan.map_names) * height * width * scan.dtype.itemsize + _ROOM
        target = f"{name}.datastack", size, library.is_private(paths[0])
        begin_conversion(preparation.part(scan), paths[0], target, view, partial(_discard, paths))
        st.rerun()


def _say_content(scan: MapsScan) -> None:
    height, width, _channels = scan.shape
    words = _("{count} maps of {width} × {height} pixels: {names}.")
    names = ", ".join(f"**{escaped(name)}**" for name in scan.map_names)
    st.write(words.format(count=len(scan.map_names), width=width, height=height, names=names))
    if scan.notes:
        st.warning("  \n".join(escaped(translated(note)) for note in scan.notes), icon=":material/warning:")


def _choose_files() -> list[Path]:
    """Show the folders with maps in the data folder, and a place to upload some; return the chosen files."""
    folders, own = library.map_folders(), _("Upload some")
    titles = {folder: _("The data folder itself") if folder == _TOP else folder for folder in folders}
    below = [folder for folder in folders if folder != _TOP]
    offered = [*below, own, *([_TOP] if _TOP in folders else [])]  # what lies on top may be photographs
    picked = (
        st.selectbox(
            _("Folder with maps"),
            offered,
            format_func=lambda folder: titles.get(folder, folder),
            key="maps-folder",
        )
        if folders
        else own
    )
    if picked != own:
        files = folders[picked]
        return st.multiselect(
            _("Files"),
            files,
            default=files,
            format_func=lambda path: path.name,
            key=f"maps-files-{picked}-{len(files)}",
        )
    known = "\n".join(f"- {form.in_words()} ({form.name})" for form in MAP_FORMATS)
    st.write(_("Files of maps, all of one size:") + "\n" + known)
    wanted = _("Choose files that end in {endings}.").format(endings=", ".join(MAP_ENDINGS))
    kinds = [form.files for form in MAP_FORMATS]
    arrived = large_upload("maps-upload", kinds, _("Choose the files"), wanted, several=True)
    if not read_only():
        st.caption(
            _("Folders with maps in {folder} are listed here by themselves.").format(
                folder=library.data_folder_in_words()
            )
        )
    if arrived is not None:
        identifiers = (arrived.identifier, *arrived.others)
        st.session_state[_UPLOADED] = [library.arrived(each, *MAP_ENDINGS) for each in identifiers]
    return [path for path in st.session_state.get(_UPLOADED, []) if path.exists()]


def _discard(paths: list[Path]) -> None:
    for path in paths:
        library.discard(path)


def _version(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


@st.cache_resource(max_entries=2, show_spinner=False)
def _opened(paths: tuple[Path, ...], version: object) -> ScanPreview:
    """Return the maps and a preview of the first one; files of strangers are checked before."""
    check = partial(check_untrusted, as_maps=True) if library.is_public() else None
    private = library.is_private(paths[0])
    name = paths[0].stem if private or len(paths) == 1 else paths[0].parent.name
    return ScanPreview.of(open_fitting_maps(paths, name, check))
