"""Checks of loaded points against the pictures, and the confirmation of points outside."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from maxrf_core.autoalign.points_check import (
    Pictures,
    check_pictures,
    describe_outside,
    fits_only_as_stored,
)
from maxrf_core.errors import RegistrationError
from maxrf_core.registration.orientation import orientation_of, upright_points
from maxrf_core.registration.points_io import PointsFile
from maxrf_core.registration.register import checksum
from maxrf_core.transform.models import MODELS
from widgets.register.fit import Fit, fit_points
from widgets.register.photographs import size_of
from widgets.register.verdict import compare_with_maps
from widgets.register.view_settings import turn_look
from widgets.session.choice import choice
from widgets.session.language import _, marked
from widgets.session.markdown import escaped
from widgets.session.point_pairs import MAX_PAIRS, MIN_PAIRS, Point, PointPairs
from widgets.session.scan import Scan

_LOADED = "points-loaded"
TURNED = marked("The points were turned with the photograph.")


@dataclass(frozen=True)
class _Loaded:
    """Points that were loaded from a file, until they are changed.

    Attributes
    ----------
    photo : str
        Path of the photograph.
    points : tuple
        All pairs.
    notes : sequence of str
        Sentences about them.
    is_upright : bool
        Whether it is known that they count from the corner of the upright photograph.
    """

    photo: str
    points: tuple[tuple[Point | None, ...], tuple[Point | None, ...]]
    notes: Sequence[str] = field(default_factory=tuple)
    is_upright: bool = True


def set_loaded_points(scan: Scan, photo: Path, pairs: PointPairs, points: PointsFile) -> None:
    """Set points from a file or an earlier registration, converted to the pixels of these pictures.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
        Changed in place.
    points : PointsFile

    Raises
    ------
    RegistrationError
        If they are too few or too many for the page.
    """
    if not MIN_PAIRS <= len(points.src) <= MAX_PAIRS:
        raise RegistrationError(
            _("There are {count} pairs of points; this page takes from {least} to {most}.").format(
                count=len(points.src), least=MIN_PAIRS, most=MAX_PAIRS
            )
        )
    pictures = replace(_pictures(scan, photo), photo_sha256=checksum(photo))
    checked = check_pictures(points, pictures)
    pairs.set_pairs(checked.src.tolist(), checked.dst.tolist())
    if points.view is not None:
        turn_look("photo", points.view)
    if points.about.get("model") in MODELS:
        choice().model = points.about["model"]
    st.session_state[_LOADED] = _Loaded(str(photo), pairs.all_points(), checked.notes, checked.is_upright)
    st.toast(_("{count} pairs were loaded.").format(count=len(points.src)), icon=":material/check_circle:")


def show_notes(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Show the notes about loaded points, and a button that turns points set on the stored pixels.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
    """
    loaded = _loaded(photo, pairs)
    for note in loaded.notes if loaded is not None else ():
        st.info(escaped(note), icon=":material/info:")
    pictures = _pictures(scan, photo)
    if not pairs.complete or pictures.orientation == 1 or choice().valid_help() is not None:
        return
    if not (_fit_as_stored(pairs, pictures) or _agree_as_stored(scan, photo, pairs, pictures)):
        return
    st.warning(
        _(
            "The points fit better if they were set on the photograph's pixels as they are stored, without "
            "the turn that its file notes (EXIF orientation), as some programs show them."
        ),
        icon=":material/screen_rotation:",
    )
    st.button(
        _("Turn the points with the photograph"),
        type="primary",
        icon=":material/screen_rotation:",
        on_click=_turn,
        args=(photo, pairs, pictures),
    )


def confirm_outside(scan: Scan, photo: Path, pairs: PointPairs, fit: Fit) -> bool:
    """Show which points lie outside their picture; return True if none does or it is confirmed.

    Points that the program computed may lie outside.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
    fit : Fit

    Returns
    -------
    bool
    """
    helped = choice().valid_help()
    if helped is not None and helped.step == "proposed":
        return True
    src, dst = fit.pairs_used()
    numbers = [number + 1 for number, used in zip(fit.numbers, fit.used, strict=True) if used]
    outside = describe_outside(src, dst if helped is None else None, _pictures(scan, photo), numbers)
    if outside is None:
        return True
    advice = _("Check that the points belong to these pictures.")
    st.warning(f"{escaped(outside)} {advice}", icon=":material/warning:")
    return st.checkbox(_("Save it although points lie outside"), key=f"outside-{pairs.revision}")


def _pictures(scan: Scan, photo: Path) -> Pictures:
    return Pictures(size_of(photo)[::-1], scan.shape, orientation=orientation_of(photo, choice().photo_page))


def _loaded(photo: Path, pairs: PointPairs) -> _Loaded | None:
    """Return what is known of the points if they are still those that were loaded."""
    loaded: _Loaded | None = st.session_state.get(_LOADED)
    if loaded is None or (loaded.photo, loaded.points) != (str(photo), pairs.all_points()):
        return None
    return loaded


def _fit_as_stored(pairs: PointPairs, pictures: Pictures) -> bool:
    return fits_only_as_stored(*pairs.placed(), pictures, choice().photo_view.mirrored)


def _agree_as_stored(scan: Scan, photo: Path, pairs: PointPairs, pictures: Pictures) -> bool:
    """Return True if photograph and maps agree only then; loaded points only."""
    loaded = _loaded(photo, pairs)
    if loaded is None or loaded.is_upright:
        return False
    src, dst = pairs.placed()

    def agree(points: Sequence[Point]) -> bool:
        try:
            fit = fit_points(tuple(points), tuple(dst), pairs.placed_indices(), scan.shape)
        except RegistrationError:  # no sensible transform follows from them
            return False
        verdict = compare_with_maps(scan, photo, fit)
        return verdict is not None and verdict.kind == "same"

    turned = upright_points(src, pictures.orientation, pictures.photo_shape)
    return not agree(src) and agree([(x, y) for x, y in turned.tolist()])


def _turn(photo: Path, pairs: PointPairs, pictures: Pictures) -> None:
    loaded = _loaded(photo, pairs)
    src, dst = pairs.placed()
    turned = upright_points(src, pictures.orientation, pictures.photo_shape)
    pairs.set_pairs(turned.tolist(), dst)
    notes = [*(loaded.notes if loaded is not None else ()), _(TURNED)]
    st.session_state[_LOADED] = _Loaded(str(photo), pairs.all_points(), notes)
