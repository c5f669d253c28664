"""Points taken from a file, checked against the pictures; points outside, which are stored if confirmed."""

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
from widgets.register.fit import Fit, fit_to
from widgets.register.photographs import size_of
from widgets.register.verdict import compare_with_maps
from widgets.register.view_settings import turn_look
from widgets.session.choice import choice
from widgets.session.language import _, marked
from widgets.session.markdown import escaped
from widgets.session.point_pairs import MAX_PAIRS, MIN_PAIRS, Point, PointPairs
from widgets.session.scan import Scan

_TAKEN = "points-taken"
TURNED = marked("The points were turned with the photograph.")


@dataclass(frozen=True)
class _Taken:
    """Points that were taken from a file, until they are changed.

    Attributes
    ----------
    photo : str
        Path of the photograph.
    points : tuple
        All pairs.
    notes : sequence of str
        What was found out about them.
    is_upright : bool
        Whether it is known that they count from the corner of the upright photograph.
    """

    photo: str
    points: tuple[tuple[Point | None, ...], tuple[Point | None, ...]]
    notes: Sequence[str] = field(default_factory=tuple)
    is_upright: bool = True


def take_points(scan: Scan, photo: Path, pairs: PointPairs, points: PointsFile) -> None:
    """Take points from a file or an earlier registration into the pixels of these pictures.

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
        Where they are too few or too many for the page.
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
    st.session_state[_TAKEN] = _Taken(str(photo), pairs.all_points(), checked.notes, checked.is_upright)
    st.toast(_("{count} pairs were loaded.").format(count=len(points.src)), icon=":material/check_circle:")


def tell_taken(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Say what was found out about points that were taken, and offer what may have been meant.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
    """
    taken = _taken(photo, pairs)
    for note in taken.notes if taken is not None else ():
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
    """Say which points lie outside their picture; return True if none does, or that is confirmed.

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
    told = describe_outside(src, dst if helped is None else None, _pictures(scan, photo), numbers)
    if told is None:
        return True
    advice = _("Check that the points belong to these pictures.")
    st.warning(f"{escaped(told)} {advice}", icon=":material/warning:")
    return st.checkbox(_("Save it although points lie outside"), key=f"outside-{pairs.revision}")


def _pictures(scan: Scan, photo: Path) -> Pictures:
    return Pictures(size_of(photo)[::-1], scan.shape, orientation=orientation_of(photo))


def _taken(photo: Path, pairs: PointPairs) -> _Taken | None:
    """Return what is known of the points if they are still those that were taken."""
    taken: _Taken | None = st.session_state.get(_TAKEN)
    if taken is None or (taken.photo, taken.points) != (str(photo), pairs.all_points()):
        return None
    return taken


def _fit_as_stored(pairs: PointPairs, pictures: Pictures) -> bool:
    return fits_only_as_stored(*pairs.placed(), pictures, choice().photo_view.mirrored)


def _agree_as_stored(scan: Scan, photo: Path, pairs: PointPairs, pictures: Pictures) -> bool:
    """Return True if photograph and maps show the same only then; asked of points that were taken."""
    taken = _taken(photo, pairs)
    if taken is None or taken.is_upright:
        return False
    src, dst = pairs.placed()

    def agree(points: Sequence[Point]) -> bool:
        try:
            fit = fit_to(tuple(points), tuple(dst), pairs.placed_indices(), scan.shape)
        except RegistrationError:  # no sensible transform follows from them
            return False
        verdict = compare_with_maps(scan, photo, fit)
        return verdict is not None and verdict.kind == "same"

    turned = upright_points(src, pictures.orientation, pictures.photo_shape)
    return not agree(src) and agree([(x, y) for x, y in turned.tolist()])


def _turn(photo: Path, pairs: PointPairs, pictures: Pictures) -> None:
    taken = _taken(photo, pairs)
    src, dst = pairs.placed()
    turned = upright_points(src, pictures.orientation, pictures.photo_shape)
    pairs.set_pairs(turned.tolist(), dst)
    notes = [*(taken.notes if taken is not None else ()), _(TURNED)]
    st.session_state[_TAKEN] = _Taken(str(photo), pairs.all_points(), notes)
