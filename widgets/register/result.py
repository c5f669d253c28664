"""The result of the points: the photograph on the map, the verdict, and saving."""

from pathlib import Path

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.registration.register import image_extent
from widgets.charts.charts import draw_comparison
from widgets.charts.map_layers import MapPicture
from widgets.register.auto_align import offer_refinement, say_proposal
from widgets.register.fit import Fit, choose_model, grid_lines, offer_corrections, show_pairs, show_quality
from widgets.register.photographs import preview, size_of
from widgets.register.points_check import confirm_outside, show_notes
from widgets.register.save import offer_append
from widgets.register.uneven_rows import say_uneven_rows
from widgets.register.verdict import compare_with_maps, confirmed
from widgets.register.window import picture_height
from widgets.session.language import _
from widgets.session.markdown import show_warning
from widgets.session.point_pairs import PointPairs
from widgets.session.scan import Scan

_OVERLAY = "register-overlay"


def has_overlay(fit: Fit | None) -> bool:
    """Return True if the visitor looks at the photograph on the map instead of at both pictures."""
    return fit is not None and bool(st.session_state.get(_OVERLAY))


def toggle_overlay(fit: Fit | None) -> None:
    """Show the button that changes between both pictures and the photograph on the map."""

    def toggled() -> None:
        st.session_state[_OVERLAY] = not has_overlay(fit)

    st.button(
        _("Show both pictures") if has_overlay(fit) else _("Show the overlay"),
        key="register-overlay-button",
        icon=":material/splitscreen_vertical_add:" if has_overlay(fit) else ":material/layers:",
        help=_("The photograph laid over the map, as the points have it"),
        disabled=fit is None,
        on_click=toggled,
        shortcut="O",
    )


def show_result(
    scan: Scan,
    photo: Path,
    pairs: PointPairs,
    fit: Fit | None,
    trouble: MaxrfError | None,
    stage: st.delta_generator.DeltaGenerator,
    picture: MapPicture,
) -> None:
    """Show how the photograph fits and what can be done about it, and offer to save it.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
    fit : Fit or None
        None until all points are set.
    trouble : MaxrfError or None
        Why no transform follows from the points.
    stage : container
        Where the photograph is shown on the map, if the visitor looks at that.
    picture : MapPicture
    """
    show_notes(scan, photo, pairs)
    if not offer_corrections(pairs, size_of(photo), scan.shape) or not pairs.complete:
        say_proposal()
        return
    st.header(_("How it fits"), anchor=False)
    messages = st.container(gap="xsmall")
    quality = st.container(
        gap="xsmall", key="register-quality"
    )  # filled after the photograph is shown on the map
    saving = st.container(gap="xsmall")
    with st.container(horizontal=True, gap="small", key="fit-settings"):
        if fit is not None:
            fit, decided = offer_refinement(scan, photo, pairs, fit, messages)
        with st.popover(_("Kind of transform"), icon=":material/transform:", type="tertiary"):
            choose_model(pairs)
        if fit is not None:
            with st.popover(_("Each pair"), icon=":material/straighten:", type="tertiary"):
                show_pairs(fit)
    if fit is None:
        if trouble is not None:
            show_warning(trouble)
        return
    try:
        warped = preview(photo, scan.shape, fit)
    except MaxrfError as error:
        show_warning(error)
        return
    if has_overlay(fit):
        with stage:
            _draw_overlay(scan, photo, fit, warped, picture)
    with quality:
        verdict = compare_with_maps(scan, photo, fit)
        show_quality(fit, verdict)
        say_uneven_rows(scan)
        say_proposal()
    if decided and all((confirmed(verdict), confirm_outside(scan, photo, pairs, fit))):
        with saving:
            offer_append(scan, photo, fit, quality)


def _draw_overlay(scan: Scan, photo: Path, fit: Fit, warped: np.ndarray, picture: MapPicture) -> None:
    controls, chart = st.columns([1, 4], gap="medium")
    with controls:
        opacity = st.slider(_("Opacity of the photograph"), 0.0, 1.0, 0.5, 0.05, key="register-opacity")
        has_grid = st.toggle(
            _("Grid"),
            key="register-grid",
            help=_("Squares drawn on the photograph, as they come to lie on the map."),
        )
    lines = grid_lines(fit, size_of(photo)) if has_grid else []
    with chart:
        draw_comparison(
            "register-preview",
            warped,
            image_extent(*scan.shape),
            picture,
            opacity=opacity,
            lines=lines,
            height=picture_height(scan.shape),
        )
