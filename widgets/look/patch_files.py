"""Patches from and for other programs: GeoJSON, and ROIs of ImageJ."""

from functools import partial

import streamlit as st

from maxrf_core.errors import MaxrfError, PatchError
from maxrf_core.patches.exchange import GEOJSON, MAX_BYTES, ROIS, format_patches, patches_of
from maxrf_core.patches.patch import MAX_PATCHES, with_own_names
from widgets.charts.downloads import file_stem
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.markdown import show_briefly
from widgets.session.offered_files import offer_file
from widgets.session.scan import Scan

_UPLOAD = "look-patch-upload"
KINDS = {GEOJSON: ("GeoJSON", "application/geo+json"), ROIS: ("ImageJ", "application/zip")}


def show_patch_files(scan: Scan, now: Choice) -> None:
    """Offer the patches as files, and take patches from files."""
    patches, shape = now.patches or (), scan.shape

    def uploaded() -> None:
        file = st.session_state[_UPLOAD]
        if file is not None:
            take_patches(now, file.getvalue(), file.name, shape)

    with st.expander(_("Patches as files"), icon=":material/swap_vert:"):
        if patches:
            with st.container(horizontal=True):
                for ending, (title, mime) in KINDS.items():
                    name = file_stem(scan.ds.path.stem, _("patches")) + ending
                    make = partial(format_patches, patches, shape, ending)
                    offer_file(title, make, name, mime, key=f"look-patches{ending}")
        st.file_uploader(
            _("Patches from a file: GeoJSON or ROIs of ImageJ"),
            type=["geojson", "json", "roi", "zip"],
            key=_UPLOAD,
            on_change=uploaded,
            max_upload_size=MAX_BYTES // 1_000_000,
        )


def take_patches(now: Choice, content: bytes, name: str, shape: tuple[int, int]) -> None:
    """Add the patches of a file to those of the session; what is wrong with the file is shown."""
    others = now.patches or ()
    try:
        found = with_own_names(patches_of(content, name, shape), others)
        if len(others) + len(found) > MAX_PATCHES:
            words = _("A scan keeps at most {limit} patches: delete some.")
            raise PatchError(words.format(limit=MAX_PATCHES))
    except MaxrfError as error:
        show_briefly(error)
    else:
        now.patches = (*others, *found)
