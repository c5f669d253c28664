"""Where does a photograph come from that is to be registered, and what does it look like on the map?

An upload is written to a private folder, so that it outlives a change of page without staying in memory;
what is decoded from it is remembered for a few photographs at a time.
"""

from pathlib import Path

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.models import find_model
from maxrf_core.picture import read_picture, to_display
from maxrf_core.registration import Registration, checksum, register, scale_of
from maxrf_core.untrusted import check_untrusted
from maxrf_core.warping import warp
from widgets import library
from widgets.fitting import Fit
from widgets.point_picker import Picture, of_photo
from widgets.points import Point
from widgets.scan import Scan
from widgets.state import choice
from widgets.text import escaped, show_briefly

TYPES = ["png", "jpg", "jpeg", "tif", "tiff"]
PREVIEW_PIXELS = 3_000_000  # a preview larger than this is made at the map's scale


def choose_photo(scan: Scan) -> Path | None:
    """Show where the photograph can be taken from; give its path once there is one."""
    now, demo = choice(), library.demo_photo()
    if now.photo is None and scan.identifier == library.DEMO and demo is not None:
        now.photo = str(demo)

    def uploaded() -> None:
        file = st.session_state["photo-upload"]
        if file is None:
            return
        try:
            path = library.keep_file(file.name, file.getbuffer())
            try:
                check_untrusted(path)
                read_picture(path)
            except MaxrfError:
                library.discard(path)
                raise
        except MaxrfError as error:
            show_briefly(error)
        else:
            now.photo = str(path)
            now.pairs.replace(src=[None] * len(now.pairs))  # those on the map still hold

    chosen = now.photo is not None and Path(now.photo).is_file()
    name = escaped(Path(now.photo or "").name)
    with st.expander(f"Photograph: {name}", icon=":material/image:") if chosen else st.container():
        st.file_uploader(
            "Photograph of the artwork: a PNG, JPEG or TIFF file",
            type=TYPES,
            key="photo-upload",
            on_change=uploaded,
        )
    return Path(now.photo) if chosen and now.photo else None


def picture_of(path: Path) -> Picture:
    """Give the photograph as points are set in it."""
    return _picture(_version(path))


def preview(path: Path, shape: tuple[int, int], fit: Fit) -> np.ndarray:
    """Warp the photograph for a look: (rows, columns, 4) uint8, clear where the photograph does not reach.

    Raises
    ------
    RegistrationError
        Where the result makes no sense.
    """
    return _preview(_version(path), shape, *fit.pairs_used(), fit.model)


def registered(path: Path, shape: tuple[int, int], fit: Fit, name: str = "imvis") -> Registration:
    """Warp the photograph at both scales, with all that is to be kept beside it."""
    return register(
        _decoded(_version(path)),
        shape,
        fit.src,
        fit.dst,
        name=name,
        model=fit.model,
        method=fit.method,
        pixel_size=fit.quality.pixel_size,
        photo_name=path.name,
        photo_sha256=checksum(path),
    )


def _version(path: Path) -> tuple[str, int]:
    return str(path), path.stat().st_mtime_ns


@st.cache_resource(max_entries=2, show_spinner="Reading the photograph …")
def _decoded(version: tuple[str, int]) -> np.ndarray:
    return read_picture(Path(version[0]))


@st.cache_resource(max_entries=2, show_spinner="Reading the photograph …")
def _picture(version: tuple[str, int]) -> Picture:
    return of_photo(to_display(_decoded(version)))


@st.cache_resource(max_entries=6, show_spinner="Laying the photograph over the map …")
def _preview(
    version: tuple[str, int],
    shape: tuple[int, int],
    src: tuple[Point, ...],
    dst: tuple[Point, ...],
    model: str,
) -> np.ndarray:
    scale = scale_of(find_model(model).fit(src, dst), shape)
    fine = scale > 1 and scale**2 * shape[0] * shape[1] < PREVIEW_PIXELS
    return warp(to_display(_decoded(version)), np.empty(shape), src, dst, keep_scale=fine, model=model)[0]
