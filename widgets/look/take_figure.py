"""A figure of what is on the bench for a report, and the lines of Python that make its picture."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from maxrf_core import DataStack
from maxrf_core.figures.make_figure import make_figure
from maxrf_core.figures.overlay import NOTHING_DRAWN, Overlay
from maxrf_core.figures.recipe import MAX_TITLE, Recipe
from maxrf_core.figures.show_code import code_of
from maxrf_core.figures.view_layers import Fit, shown_looks
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.patches.patch import Patch, are_same_patches
from widgets.charts.downloads import download_buttons, file_stem
from widgets.charts.map_stack import Layer, MapLayer
from widgets.elements.examination import Examination
from widgets.look.picture import PICTURE, is_beside
from widgets.look.views import view_of
from widgets.session.choice import Choice
from widgets.session.image_cache import one_at_a_time
from widgets.session.language import _
from widgets.session.scan import Scan

KINDS = ("png", "tiff", "pdf", "svg")
DPI = (300, 600)
WIDTHS = (50, 400)  # mm
_TITLE, _WIDTH, _DPI = "look-figure-title", "look-figure-width", "look-figure-dpi"


def take_figure(scan: Scan, examination: Examination | None, layers: Sequence[Layer], now: Choice) -> None:
    """Show what a figure is made with, buttons that download it, and the lines of Python for its picture.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
        Of the scan, for element maps.
    layers : sequence of Layer
        On the bench.
    now : Choice
    """
    view = view_of(now.view or scan.ds.path.stem[:40], scan, now, PICTURE)
    if not shown_looks(view):
        st.caption(_("Lay an element, a band or the photograph on the bench to make a figure of it."))
        return
    recipe = _choose_recipe(scan, view, fit_of(examination), now)
    known = {each.key: each.data.values for each in layers if isinstance(each, MapLayer)}
    names = [each.title for each in layers if isinstance(each, MapLayer)]
    download_buttons(
        file_stem(scan.ds.path.stem, "figure", now.view or "-".join(names)),
        KINDS,
        partial(made_figure, scan.ds, recipe, known),
        key="look-figure",
    )
    _show_code(scan, recipe, now)


def overlay_of(now: Choice) -> Overlay:
    """Return what is drawn over the picture of the bench: the shown patches, the newest pixel, the line."""
    pixel = now.pixels[-1] if now.pixels else None
    return Overlay.of(now.shown_patches, pixel, now.ruler, now.shown_numbers)


def _choose_recipe(scan: Scan, view: BenchView, fit: Fit, now: Choice) -> Recipe:
    """Show title, width and dots to an inch; return the recipe of the figure."""
    st.markdown(_("**Figure**, with colour bars, scale bar and caption"))
    title = st.text_input(_("Title of the figure"), key=_TITLE, max_chars=MAX_TITLE, placeholder=_("none"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        width = st.number_input(_("Width (mm)"), *WIDTHS, 160, 10, key=_WIDTH, width=130)
        dpi = st.segmented_control(
            _("Dots per inch"), DPI, default=DPI[0], required=True, key=_DPI, width="content"
        )
    return Recipe(
        view,
        width_mm=float(width),
        dpi=int(dpi or DPI[0]),
        title=title or "",
        row_displacement=scan.ds.row_displacement,
        families=fit.families,
        tube_anode=fit.anode,
        tube_kV=fit.kv,
        beside=is_beside() and len(shown_looks(view)) > 1,
        overlay=overlay_of(now),
    )


def made_figure(ds: DataStack, recipe: Recipe, known: dict[str, np.ndarray], kind: str) -> bytes:
    """Return a figure as a kind of file; called in a thread without a session."""
    with one_at_a_time():
        return make_figure(ds, replace(recipe, format=kind), known)


def fit_of(examination: Examination | None) -> Fit:
    """Return how the element maps of a page are fitted."""
    if examination is None:
        return Fit()
    tube = examination.analysis.instrument.tube
    return Fit(tuple(examination.maps.names), tube.anode, tube.kv)


def _show_code(scan: Scan, recipe: Recipe, now: Choice) -> None:
    with st.expander(_("Show the code"), icon=":material/code:"):
        kept = kept_patches(now.kept_patches or (), now.shown_patches)
        if recipe.beside or recipe.overlay != NOTHING_DRAWN:
            st.caption(_("These lines make this figure."))
        else:
            st.caption(_("These lines make the picture, without what is set around it."))
        if len(kept) < len(now.shown_patches):
            st.caption(_("Patches that are not kept in the scan are left out."))
        st.code(code_of(scan.ds.path, recipe, kept), language="python", wrap_lines=True)


def kept_patches(kept: Sequence[Patch], shown: Sequence[Patch]) -> list[str]:
    """Return the names of the shown patches that are kept just so."""
    return [patch.name for patch in shown if any(are_same_patches([patch], [each]) for each in kept)]
