"""The fit of a transform to the points: choice of the model, quality, and corrections."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from maxrf_core.autoalign.advice import advise
from maxrf_core.autoalign.verdict import Verdict
from maxrf_core.errors import RegistrationError
from maxrf_core.registration.local_error import ExpectedError, expected_error, refinement_error
from maxrf_core.registration.point_order import CorrectedOrder, correct_order, is_reversed, same_order
from maxrf_core.registration.quality import Quality, assess
from maxrf_core.registration.ransac import MIN_PAIRS, inliers
from maxrf_core.registration.register import LEAST_SQUARES, MAGSAC
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.models import MODELS, deformation_grid, find_model, similarity
from maxrf_core.transform.plane_transform import view_of
from widgets.register.view_settings import turn_look
from widgets.session.choice import choice
from widgets.session.language import _, marked
from widgets.session.markdown import escaped, show_warning
from widgets.session.point_pairs import Point, PointPairs, is_placed
from widgets.session.scan import pixel_length

_SHOW = {"warning": st.warning, "good": st.success}
_ICONS = {"warning": ":material/warning:", "good": ":material/check_circle:"}
_FOLDED = marked("The points do not lie in the same order in both pictures: the photograph would fold.")
_MIRRORED = {  # by whether it is shown mirrored
    False: marked(
        "The points lie the other way round on the map: the photograph is probably mirrored, as X-ray films "
        "and versos often are."
    ),
    True: marked(
        "The points lie the other way round on the map: the photograph is not mirrored, though it is shown "
        "mirrored."
    ),
}
MAX_ARROW = 0.08  # drawn length of the longest arrow, relative to the map's width
BENDING_MODEL = "thin-plate-spline"
FACTORS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, eq=False)
class Fit:
    """A transform that was fitted to the pairs that are set.

    Attributes
    ----------
    model, method : str
        As `maxrf_core.registration.register` takes them.
    src, dst : tuple of (x, y)
        All pairs that are set.
    numbers : list of int
        The index of each of them among all pairs.
    used : ndarray, (n,), bool
        Which of them it was fitted to.
    quality : Quality
    view : View
        How the photograph was looked at.
    refinement : mapping, optional
        How the program found the points, to be stored.
    """

    model: str
    method: str
    src: tuple[Point, ...]
    dst: tuple[Point, ...]
    numbers: list[int]
    used: np.ndarray
    quality: Quality
    view: View = field(default_factory=View)
    refinement: Mapping[str, Any] | None = None

    def pairs_used(self) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """Return the pairs that it was fitted to, in the photograph and on the map."""
        kept = np.flatnonzero(self.used)
        return tuple(self.src[index] for index in kept), tuple(self.dst[index] for index in kept)

    def expected_error(self, place: Point) -> ExpectedError | None:
        """Return the expected error at a place of the map, None if nothing is known about it."""
        notes = {
            "residuals": self.quality.residuals,
            "model": self.model,
            "mirrored": self.view.mirrored,
            "click_error": self.quality.click_error,
            "refinement": json.dumps(self.refinement),
        }
        return expected_error(np.stack(self.pairs_used(), axis=1), notes, place)


def error_in_words(fit: Fit | None, place: Point | None) -> str:
    """Return the expected error at a place of the map, in map pixels; "" if comparing pictures told none."""
    error = fit.expected_error(place) if fit is not None and is_placed(place) else None
    return f"{error.length:.2g}" if error is not None and error.basis in ("places", "pictures") else ""


def fit_pairs(pairs: PointPairs, map_shape: tuple[int, int]) -> Fit | None:
    """Fit the chosen model to the pairs; None where they are not complete yet.

    Raises
    ------
    RegistrationError
        If no sensible transform follows from them.
    """
    if not pairs.complete:
        return None
    src, dst = map(tuple, pairs.placed())
    helped = choice().valid_help()
    return fit_points(src, dst, pairs.placed_indices(), map_shape, helped.record if helped else None)


def fit_points(
    src: tuple[Point, ...],
    dst: tuple[Point, ...],
    numbers: list[int],
    map_shape: tuple[int, int],
    refinement: Mapping[str, Any] | None = None,
    bends: bool = False,
) -> Fit:
    """Fit the chosen model to points, or one that bends if `bends`; see `Fit` for what is given.

    Raises
    ------
    RegistrationError
        If no sensible transform follows from them.
    """
    now = choice()
    model = BENDING_MODEL if bends else now.model
    used = np.ones(len(src), bool)
    method = (
        MAGSAC
        if now.left_out_wrong and len(src) >= MIN_PAIRS and find_model(model).n_params
        else LEAST_SQUARES
    )
    if method == MAGSAC:
        used = inliers(src, dst, mirrored=now.photo_view.mirrored)
    quality = assess(
        np.array(src)[used],
        np.array(dst)[used],
        map_shape,
        model=model,
        pixel_size=pixel_length(now),
        mirrored=now.photo_view.mirrored,
    )
    return Fit(model, method, src, dst, numbers, used, quality, now.photo_view, refinement)


def residual_arrows(fit: Fit, count: int, map_width: int) -> tuple[np.ndarray, int] | None:
    """Return the residuals as arrows, long enough to be seen, and their enlargement.

    Parameters
    ----------
    fit : Fit
    count : int
        Number of all pairs.
    map_width : int

    Returns
    -------
    (ndarray, (count, 2), int) or None
        In map pixels, NaN for pairs that were left out; None if all residuals are negligible.
    """
    longest = float(fit.quality.residuals.max())
    if longest < 1e-3:
        return None
    factor = max((each for each in FACTORS if each * longest <= MAX_ARROW * map_width), default=1)
    arrows = np.full((count, 2), np.nan)
    arrows[np.array(fit.numbers)[fit.used]] = fit.quality.vectors * factor
    return arrows, factor


def grid_lines(fit: Fit, photo_size: tuple[int, int]) -> list[np.ndarray]:
    """Return the lines of a square grid on the photograph as they run on the map, in map pixels.

    Parameters
    ----------
    fit : Fit
    photo_size : (width, height)
    """
    return deformation_grid(fit.quality.transform, photo_size[::-1])


def choose_model(pairs: PointPairs) -> None:
    """Show the choice of transforms, and when each is right."""
    now = choice()

    def chosen() -> None:
        now.model = st.session_state["fit-model"]

    def switched() -> None:
        now.left_out_wrong = st.session_state["fit-robust"]

    st.session_state["fit-model"] = now.model
    st.selectbox(
        _("Kind of transform"),
        list(MODELS),
        key="fit-model",
        format_func=lambda name: _(MODELS[name].title),
        on_change=chosen,
        width=420,
    )
    model = MODELS[now.model]
    st.caption(f"{_(model.when)} " + _("It needs {count} pairs or more.").format(count=model.min_pairs))
    if model.n_params:
        st.session_state["fit-robust"] = now.left_out_wrong
        st.toggle(
            _("Leave out pairs that do not agree with the others (RANSAC)"),
            key="fit-robust",
            on_change=switched,
            disabled=len(pairs.placed()[0]) < MIN_PAIRS,
            help=_("With {count} pairs or more the program can find those that are wrong.").format(
                count=MIN_PAIRS
            ),
        )


def offer_corrections(pairs: PointPairs, photo_size: tuple[int, int], map_shape: tuple[int, int]) -> bool:
    """Show a warning if the points lie in another order on the map, with buttons that correct it.

    Where all triangles of points are reversed, the photograph is probably mirrored, and that is offered.

    Parameters
    ----------
    pairs : PointPairs
    photo_size : (width, height)
    map_shape : (height, width)

    Returns
    -------
    bool
        True if they are in the same order as the photograph is shown.
    """
    src, dst = pairs.placed()
    seen = choice().photo_view.points_to_shown(src, *photo_size)
    if len(src) < 3 or same_order(seen, dst):
        return True
    corrected, mirrored = None, is_reversed(seen, dst)
    try:
        corrected = correct_order(seen, dst)
    except RegistrationError as error:
        if not mirrored:
            show_warning(error)
            return False
    trouble = _MIRRORED[choice().photo_view.mirrored] if mirrored else _FOLDED
    st.warning(_(trouble), icon=":material/warning:")
    with st.container(horizontal=True):
        if mirrored:
            _offer_mirroring(src, dst, map_shape)
        if corrected is not None and len(src) == len(pairs):
            _offer_order(pairs, corrected, mirrored)
    return False


def _offer_mirroring(src: list[Point], dst: list[Point], map_shape: tuple[int, int]) -> None:
    view = choice().photo_view
    other = View(view.turns, not view.mirrored)
    with suppress(RegistrationError):
        other = view_of(similarity(src, dst, other.mirrored), map_shape)
    st.button(
        _("The photograph is not mirrored") if view.mirrored else _("The photograph is mirrored"),
        type="primary",
        icon=":material/flip:",
        on_click=turn_look,
        args=("photo", other),
        help=_("It is then shown, and registered, in this way; the points stay where they are in it."),
    )


def _offer_order(pairs: PointPairs, corrected: CorrectedOrder, mirrored: bool) -> None:
    """Show the button for the other order; for a mirrored photograph only if it exchanges two points."""
    exchanged = np.flatnonzero(corrected.order != np.arange(len(corrected.order))) + 1
    if mirrored and len(exchanged) > 2:
        return
    title = _("Put the points in order")
    if mirrored:
        title = _("Exchange points {one} and {other} on the map").format(one=exchanged[0], other=exchanged[1])
    st.button(
        title,
        icon=":material/swap_vert:",
        on_click=pairs.set_pairs,
        args=(pairs.placed()[0], corrected.dst.tolist()),
        help=corrected.message,
    )


def show_quality(fit: Fit, verdict: Verdict | None) -> None:
    """Show how well the photograph fits, and what would make it better.

    Parameters
    ----------
    fit : Fit
    verdict : Verdict or None
        What photograph and maps show in common; None where they were not compared.
    """
    advices = advise(fit.quality, verdict, fit.refinement)
    for advice in advices:
        if advice.kind in _SHOW:
            _SHOW[advice.kind](escaped(advice.text), icon=_ICONS[advice.kind])
    st.caption("  \n".join(escaped(advice.text) for advice in advices if advice.kind == "note"))
    left_out = [str(fit.numbers[index] + 1) for index in np.flatnonzero(~fit.used)]
    if left_out:
        st.warning(
            _("Left out, as they do not agree with the others: {pairs}.").format(pairs=", ".join(left_out))
        )


def show_pairs(fit: Fit) -> None:
    """Show how far each pair is from the fit, and the field for the size of a map pixel."""
    if refinement_error(fit.refinement) is None:
        st.dataframe(_pairs_as_table(fit), hide_index=True)
    else:
        st.caption(_("All pairs lie exactly on the fit, since they were placed by comparing the pictures."))
        st.dataframe(_errors_as_table(fit), hide_index=True)
    now = choice()
    size = st.number_input(
        _("Size of a map pixel (mm), if you know it"), 0.0, 100.0, pixel_length(now) or 0.0, 0.05, width=260
    )
    if size != (pixel_length(now) or 0.0) and (size or now.pixel_size is not None):
        now.pixel_size = size or None
        st.rerun()


def _errors_as_table(fit: Fit) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Pair"): np.array(fit.numbers)[fit.used] + 1,
            _("Expected error (map pixels)"): [error_in_words(fit, place) for place in fit.pairs_used()[1]],
        }
    )


def _pairs_as_table(fit: Fit) -> pd.DataFrame:
    quality = fit.quality
    numbers = np.array(fit.numbers)[fit.used] + 1
    columns = {
        _("Pair"): numbers,
        _("Deviation (map pixels)"): quality.residuals.round(2),
        _("Deviation in x"): quality.vectors[:, 0].round(2),
        _("Deviation in y"): quality.vectors[:, 1].round(2),
    }
    if np.isfinite(quality.leave_one_out).any():
        columns[_("Deviation if left out")] = quality.leave_one_out.round(2)
    if quality.pixel_size is not None:
        columns[_("Deviation (mm)")] = (quality.residuals * quality.pixel_size).round(3)
    return pd.DataFrame(columns)
