"""Automatic alignment: a proposal of four points, and the refinement of rough ones.

Both compare the photograph with maps by what shows in both (`maxrf_core.autoalign.refine`,
`maxrf_core.autoalign.propose`). What they find is shown first; the visitor takes it or not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import streamlit as st

from maxrf_core.autoalign.map_selection import comparison_maps, select_bands
from maxrf_core.autoalign.propose import Proposal, propose
from maxrf_core.autoalign.refine import CLICK_ERROR, Refinement, refine
from maxrf_core.errors import MaxrfError
from maxrf_core.progress import Progress
from widgets.charts.band_controls import band_name
from widgets.register.fit import BENDING_MODEL, Fit, fit_points
from widgets.register.other_place import (
    follow_place,
    remember_proposal,
    remember_refinement,
)
from widgets.register.photographs import pixels_of, size_of
from widgets.register.view_settings import turn_look
from widgets.session.choice import Help, choice
from widgets.session.image_cache import one_at_a_time
from widgets.session.language import _, marked, translated
from widgets.session.markdown import escaped, show_error
from widgets.session.point_pairs import Point, PointPairs, is_placed
from widgets.session.scan import Scan, chosen_band

Found = TypeVar("Found")
_PROPOSED, _REFINED, _UNBENT = "help-proposed", "help-refined", "help-unbent"
_VIEWS = {
    "before": marked("Before: as they were set"),
    "after": marked("After: refined"),
    "bent": marked("After: with the bend"),
}


def apply_proposal(pairs: PointPairs) -> None:
    """Apply a new proposal: set its points, with its bend, and turn the photograph as it lies on the map.

    Where undo or redo has exchanged a bend for other points, the kind of transform follows. Call it before
    the page shows anything.
    """
    unbent: _Unbent | None = st.session_state.get(_UNBENT)
    if unbent is not None and pairs.all_points() in (unbent.points, unbent.bent):
        choice().model = unbent.model if pairs.all_points() == unbent.points else BENDING_MODEL
    found: Proposal | None = st.session_state.pop(_PROPOSED, None)
    if found is None:
        follow_place(pairs)
        return
    record = {}
    if found.is_found:
        if unbent is not None and pairs.all_points() == unbent.bent:
            choice().model = unbent.model
        if found.bend is None:
            pairs.set_pairs(found.src.tolist(), found.dst.tolist())
        else:
            found = found.bent
            _set_bent(pairs, found)
        turn_look("photo", found.view)
        record["proposed"] = found.record
    choice().help = Help("proposed", found.sentence, found.sure, pairs.all_points(), record)


def offer_proposal(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Show the button that searches the maps for the photograph, and the choice of maps.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
        Until a point is set, the button stands out.
    """
    is_wanted = st.button(
        _("Propose four points"),
        icon=":material/auto_fix_high:",
        type="secondary" if any(map(is_placed, (*pairs.src, *pairs.dst))) else "primary",
        help=_(
            "The program searches the maps for the photograph, turned and in any size. That works where "
            "both show the same lines or areas. The four points are a proposal: check each before you "
            "rely on it."
        ),
    )
    with st.popover(_("Maps to search"), icon=":material/layers:", type="tertiary"):
        bands = _choose_bands(scan, "propose")
        bends = _allow_bend("propose")
    if is_wanted:
        found = _found(
            scan,
            bands,
            _("Searching the maps for the photograph"),
            lambda maps, progress: propose(pixels_of(photo), maps, bend=bends, progress=progress),
        )
        if found is not None:
            st.session_state[_PROPOSED] = found
            width, height = size_of(photo)
            remember_proposal(photo, (height, width), scan.shape, found)
            st.rerun()


def say_proposal() -> None:
    """Write what the last proposal says of itself, while its points are unchanged."""
    helped = choice().valid_help()
    if helped is not None and helped.step in ("proposed", "chosen"):
        if helped.is_sure:
            st.success(escaped(translated(helped.sentence)), icon=":material/check_circle:")
        else:
            st.warning(escaped(translated(helped.sentence)), icon=":material/help:")


def offer_refinement(
    scan: Scan, photo: Path, pairs: PointPairs, fit: Fit, messages: st.delta_generator.DeltaGenerator
) -> tuple[Fit, bool]:
    """Show the button that refines the points; then before and after, to be accepted or not.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
        Changed if the refined points are accepted.
    fit : Fit
        To the points as they are.
    messages : container
        Where the result is shown.

    Returns
    -------
    fit : Fit
        The one to be shown: before or after.
    decided : bool
        True unless the visitor still has to decide.
    """
    with st.popover(_("Refine the points"), icon=":material/auto_fix_high:", type="tertiary"):
        st.caption(
            _(
                "The points on the map are moved to where photograph and maps agree best; those in the "
                "photograph stay. If the agreement does not become clearly better, nothing is moved."
            )
        )
        bands = _choose_bands(scan, "refine")
        off = st.number_input(
            _("Largest error of the points (map pixels)"),
            1.0, 60.0, CLICK_ERROR, 1.0, key="refine-error", width=300,
        )  # fmt: skip
        bends = _allow_bend("refine")
        if st.button(_("Refine"), icon=":material/center_focus_strong:"):
            found = _found(
                scan,
                bands,
                _("Comparing photograph and maps"),
                lambda maps, progress: refine(
                    pixels_of(photo),
                    maps,
                    *fit.pairs_used(),
                    click_error=off,
                    mirrored=fit.view.mirrored,
                    bend=bends,
                    progress=progress,
                ),
            )
            st.session_state[_REFINED] = found and _Refined(found, pairs.revision, str(photo))
            if found is not None:  # in a small window what it says is above what is seen of this column
                st.toast(escaped(translated(found.sentence)), icon=":material/info:")
            if remember_refinement(photo, scan.shape, pairs, _numbers_used(fit), found):
                st.rerun()  # the pictures above show both places
    refined: _Refined | None = st.session_state.get(_REFINED)
    if refined is None or (refined.revision, refined.photo) != (pairs.revision, str(photo)):
        return fit, True
    result = refined.result
    if not result.accepted:
        messages.info(escaped(translated(result.sentence)), icon=":material/info:")
        return fit, True
    with messages:
        return _decide(scan, pairs, fit, result)


@dataclass(frozen=True, eq=False)
class _Unbent:
    """The points before and after a bend was taken, and the kind of transform before."""

    points: tuple[tuple[Point | None, ...], tuple[Point | None, ...]]
    bent: tuple[tuple[Point | None, ...], tuple[Point | None, ...]]
    model: str


@dataclass(frozen=True, eq=False)
class _Refined:
    """A refinement of the points of one revision, with one photograph."""

    result: Refinement
    revision: int
    photo: str


def _decide(scan: Scan, pairs: PointPairs, fit: Fit, result: Refinement) -> tuple[Fit, bool]:
    """Show the gain; return the fit before or after, whichever the visitor looks at."""
    results = {"after": result} | ({"bent": result.bent} if result.bend is not None else {})
    best = list(results)[-1]
    st.success(escaped(translated(results[best].sentence)), icon=":material/check_circle:")
    view = st.segmented_control(
        _("Show"), ["before", *results], format_func=lambda name: _(_VIEWS[name]), default=best,
        required=True, key="refine-view",
    )  # fmt: skip
    with st.container(horizontal=True):
        if "bent" in results and st.button(_("Use the bend"), type="primary", icon=":material/check:"):
            _remember(pairs, result.bent, lambda: _set_bent(pairs, result.bent))
            st.rerun()
        flat_type: Literal["primary", "secondary"] = "secondary" if "bent" in results else "primary"
        if st.button(_("Use the refined points"), type=flat_type, icon=":material/check:"):
            _accept(pairs, fit, result)
            st.rerun()
        if st.button(_("Keep the points as they were"), icon=":material/close:"):
            st.session_state[_REFINED] = None
            st.rerun()
    if view == "before":
        return fit, False
    chosen = results[view]
    src, dst = (tuple((x, y) for x, y in points.tolist()) for points in (chosen.src, chosen.dst))
    record = {**(fit.refinement or {}), "refined": chosen.record}
    numbers = _numbers_used(fit) if view == "after" else list(range(len(src)))
    return fit_points(src, dst, numbers, scan.shape, record, view == "bent"), False


def _accept(pairs: PointPairs, fit: Fit, result: Refinement) -> None:
    dst = list(pairs.dst)
    for number, (x, y) in zip(_numbers_used(fit), result.dst.tolist(), strict=True):
        dst[number] = (x, y)
    _remember(pairs, result, lambda: pairs.replace(dst=dst))


def _set_bent(pairs: PointPairs, result: Refinement | Proposal) -> None:
    """Replace all points by those of the bend; undo brings the others back."""
    points, model = pairs.all_points(), choice().model
    pairs.set_pairs(result.src.tolist(), result.dst.tolist())
    st.session_state[_UNBENT] = _Unbent(points, pairs.all_points(), model)
    choice().model = BENDING_MODEL


def _remember(pairs: PointPairs, result: Refinement, change: Callable[[], None]) -> None:
    """Change the points, and remember how they came about."""
    now = choice()
    earlier = now.valid_help()
    record = {**(earlier.record if earlier else {}), "refined": result.record}
    change()
    now.help = Help("refined", result.sentence, True, pairs.all_points(), record)
    st.session_state[_REFINED] = None


def _found(
    scan: Scan,
    bands: Sequence[tuple[float, float]],
    words: str,
    search: Callable[[list[np.ndarray], Progress], Found],
) -> Found | None:
    """Search with a progress bar; return None, with an error on the page, if it fails."""
    bar = st.container(key="register-progress").progress(0.0, f"{words} …")

    def show(done: float, doing: str) -> None:
        bar.progress(min(done, 1.0), f"{words}: {doing} …")

    try:
        maps = comparison_maps(scan.ds, bands, show)
        with one_at_a_time():
            return search(maps, show)
    except MaxrfError as error:
        show_error(error)
        return None
    finally:
        bar.empty()


def _choose_bands(scan: Scan, name: str) -> list[tuple[float, float]]:
    """Show the maps that the photograph can be compared with; return the bands of those chosen."""
    if not scan.has_spectra:
        st.caption(_("It is compared with the maps that show most structure."))
        return []
    shown = chosen_band(scan, choice())
    prominent = select_bands(scan.axis, scan.overall_spectrum(), scan.peaks(), scan.tube()) or [shown]
    words = {
        "all": _("Maps of the prominent lines: {bands}").format(
            bands=", ".join(band_name(scan, *band) for band in prominent)
        ),
        "one": _("Only the map that is shown: {band}").format(band=band_name(scan, *shown)),
    }
    which = st.radio(_("Compare with"), list(words), format_func=words.__getitem__, key=f"{name}-maps")
    return prominent if which == "all" else [shown]


def _allow_bend(name: str) -> bool:
    """Show the switch that allows a bend, and return whether it is on."""
    return st.toggle(
        _("Follow a warped panel"),
        True,
        key=f"{name}-bend",
        help=_(
            "A panel that is warped fits no perspective. Where patches of the maps that were held out "
            "show it, a smooth bend is offered: more points, all of which can be moved."
        ),
    )


def _numbers_used(fit: Fit) -> list[int]:
    return [number for number, used in zip(fit.numbers, fit.used, strict=True) if used]
