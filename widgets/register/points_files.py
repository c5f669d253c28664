"""Points and transforms from and to files of this and other programs, and points of a stored registration."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.write import encode
from maxrf_core.registration.exchange.geotiff import tags_of_extent
from maxrf_core.registration.orientation import orientation_of
from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.registration.points_io import KINDS, read_points, write_points
from maxrf_core.registration.register import checksum
from widgets.register.fit import Fit
from widgets.register.photographs import registered, size_of
from widgets.register.points_check import set_loaded_points
from widgets.register.stored_points import load_stored
from widgets.register.transform_files import notes_on_formats, offer_transform_files, show_notes
from widgets.session.choice import choice
from widgets.session.image_cache import one_at_a_time
from widgets.session.language import _, current_locale, marked
from widgets.session.markdown import show_briefly
from widgets.session.offered_files import offer_file
from widgets.session.point_pairs import PointPairs
from widgets.session.scan import Scan

_ENDING = "_points"
POINTS_ENDINGS = ["json", "points", "csv", "txt", "tfm", "zip", "wld", "tfw", "jgw", "pgw", "tif", "tiff"]
MAX_FILE_MB = 10
GEOTIFF = marked("GeoTIFF")
_ABOUT_GEOTIFF = marked("The picture as it is registered on the map, where it lies exactly.")


def exchange_points(
    scan: Scan, photo: Path, pairs: PointPairs, fit: Fit | None, is_open: bool = True
) -> None:
    """Show the controls that load points or a transform, and save them.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
        Changed in place.
    fit : Fit or None
        What follows from the points; None until all are set.
    is_open : bool
        Whether the controls are seen. Else it is not computed how exactly formats hold the transform.
    """
    photo_shape, map_shape, stem = size_of(photo)[::-1], scan.shape, scan.ds.path.stem
    _offer_stored_points(scan, photo, pairs)

    def uploaded() -> None:
        file = st.session_state["points-upload"]
        if file is not None:
            try:
                points = read_points(file.getvalue(), photo_shape=photo_shape, map_shape=map_shape)
                set_loaded_points(scan, photo, pairs, points)
            except MaxrfError as error:
                show_briefly(error)

    st.file_uploader(
        _("Points from a file: JSON, QGIS, BigWarp or Butterfly Registrator; or a transform"),
        type=POINTS_ENDINGS,
        help=_("Transforms of ITK, elastix, IIIF, a world file, or a TIFF with GeoTIFF tags."),
        key="points-upload",
        on_change=uploaded,
        max_upload_size=MAX_FILE_MB,
    )
    src, dst = pairs.placed()
    if not src:
        return

    view = choice().photo_view
    about = {"mirrored": view.mirrored, "turned": 90 * (view.turns % 4), "photo": photo.name}

    def written(kind: str) -> bytes:  # called where there is no session
        text = write_points(
            src,
            dst,
            kind,
            photo_shape=photo_shape,
            map_shape=map_shape,
            photo_name=photo.name,
            map_name=stem,
            about={**about, "photo_sha256": checksum(photo)} if kind == "json" else None,
        )
        return text.encode()

    st.write(_("Save the points for"))
    with st.container(horizontal=True):
        for kind, (title, ending) in KINDS.items():
            offer_file(
                title,
                partial(written, kind),
                f"{stem}_{'points' if kind == 'json' else kind}{ending}",
                "application/json" if kind == "json" else "text/csv",
                key=f"points-save-{kind}",
            )
    if fit is not None:
        _offer_transform(scan, photo, fit, is_open)


def _offer_transform(scan: Scan, photo: Path, fit: Fit, is_open: bool) -> None:
    """Show the buttons that save the transform for other programs, and how exactly each holds it."""
    placed = transform_of_fit(scan, photo, fit)

    def complete(transform: PhotoTransform) -> PhotoTransform:
        return replace(transform, attributes={**transform.attributes, "photo_sha256": checksum(photo)})

    def registered_picture() -> bytes:
        with one_at_a_time():
            made = registered(photo, scan.shape, fit)
            pixels, extent = made.arrays["imvis_reg_highres"], tuple(made.arrays["imvis_extent"].tolist())
            return encode(pixels, "tiff", photo.name, tags_of_extent(pixels.shape, extent))

    st.write(_("Save the transform for"))
    with st.container(horizontal=True):
        stem = f"{photo.stem}_on_{scan.ds.path.stem}"
        offer_transform_files(placed, stem, "transform-save", complete)
        offer_file(
            _(GEOTIFF),
            registered_picture,
            f"{stem}.tif",
            "image/tiff",
            key="transform-save-geotiff",
        )
    if is_open:
        shapes = placed.photo_shape, placed.map_shape
        points = fit.src, fit.dst, fit.used.tobytes(), fit.model, fit.view, shapes
        show_notes({**notes_on_formats((points, current_locale()), placed), GEOTIFF: _(_ABOUT_GEOTIFF)})
    if orientation_of(photo, choice().photo_page) != 1:
        st.caption(
            _(
                "The camera noted a turn (EXIF orientation). The numbers count on the upright photograph; "
                "for programs that show the pixels as they are stored, save a turned copy of it first."
            )
        )


def transform_of_fit(scan: Scan, photo: Path, fit: Fit) -> PhotoTransform:
    """Return the transform of a photograph as it would be stored.

    Parameters
    ----------
    scan : Scan
    photo : Path
    fit : Fit
    """
    src, dst = fit.pairs_used()
    attributes = {
        "mirrored": fit.view.mirrored,
        "turned": 90 * (fit.view.turns % 4),
        "model": fit.model,
        "residuals": fit.quality.residuals.tolist(),
        **({} if fit.quality.click_error is None else {"click_error": fit.quality.click_error}),
        **({"refinement": json.dumps(fit.refinement)} if fit.refinement else {}),
    }
    return PhotoTransform(
        fit.quality.transform,
        fit.model,
        np.array(src),
        np.array(dst),
        size_of(photo)[::-1],
        scan.shape,
        photo.name,
        scan.ds.path.name,
        attributes,
    )


def _offer_stored_points(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Show the choice of stored points, to be checked again and improved."""
    kept = [entry.name for entry in scan.ds.entries() if entry.name.rstrip("_").endswith(_ENDING)]
    if not kept:
        return

    def taken() -> None:
        load_stored(scan, photo, pairs, st.session_state["points-kept"])

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(_("Points saved in this scan"), kept[::-1], key="points-kept", width=260)
        st.button(_("Use these"), icon=":material/history:", on_click=taken)
