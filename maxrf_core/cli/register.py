"""The command ``register``, with points from a file, a proposal or a refinement."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.autoalign.advice import Advice, advise
from maxrf_core.autoalign.map_selection import comparison_maps
from maxrf_core.autoalign.points_check import (
    CheckedPoints,
    Pictures,
    agrees_only_as_stored,
    check_pictures,
    describe_outside,
    fits_only_as_stored,
)
from maxrf_core.autoalign.propose import propose
from maxrf_core.autoalign.refine import CLICK_ERROR, refine
from maxrf_core.autoalign.verdict import judge_agreement, smaller_maps
from maxrf_core.cli.arguments import number
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_pictures import find_picture, map_corners
from maxrf_core.errors import RegistrationError
from maxrf_core.imaging.read import read_with_notes
from maxrf_core.language import _
from maxrf_core.progress import show_on_terminal
from maxrf_core.registration.orientation import orientation_of, upright_points
from maxrf_core.registration.photo_transform import photo_transform
from maxrf_core.registration.points_io import PointsFile, read_points
from maxrf_core.registration.ransac import inliers
from maxrf_core.registration.register import LEAST_SQUARES, MAGSAC, Registration, checksum, register
from maxrf_core.registration.stored import with_view
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.models import MODELS

MODEL, BENDING_MODEL = "homography", "thin-plate-spline"


def add_register_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``register``."""
    parser.add_argument("path", type=Path)
    parser.add_argument("photo", type=Path, nargs="?", help="a picture; or --picture")
    parser.add_argument(
        "--picture", metavar="NAME",
        help="instead of a photograph a picture that the instrument took and the datastack holds, by its "
        "name or title; the points are then where its file says that the scan lies, unless others are given",
    )  # fmt: skip
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--points", type=Path,
        help="JSON, points of QGIS, BigWarp or Butterfly Registrator, a transform (ITK, elastix, world file, "
        "GeoTIFF, IIIF), or those kept in a datastack",
    )  # fmt: skip
    start.add_argument(
        "--like", metavar="NAME",
        help="the points of a photograph of the same size that is registered in this datastack already, such "
        "as imvis_reg: a second photograph that was taken without moving anything",
    )  # fmt: skip
    start.add_argument(
        "--propose", action="store_true", help="find the photograph on the maps; nothing is stored if unsure"
    )
    parser.add_argument(
        "--refine", action="store_true", help="move the points until photograph and maps agree best"
    )
    parser.add_argument(
        "--no-bend", action="store_true",
        help="with --refine or --propose: keep a homography though the panel is warped; otherwise a smooth "
        "bend is then stored as more points, with the model thin-plate-spline",
    )  # fmt: skip
    parser.add_argument(
        "--band", type=number, nargs=2, action="append", default=[], metavar=("LO", "HI"),
        help="a map to agree with, in keV (a channel number until calibrated); may be given several times "
        "(default: maps of the elements that stand out)",
    )  # fmt: skip
    parser.add_argument(
        "--click-error", type=number, default=CLICK_ERROR, metavar="PIXELS",
        help="how far the points may be off on the map (default %(default)g)",
    )  # fmt: skip
    parser.add_argument(
        "--name",
        default="imvis",
        help="first part of the arrays' names: imvis, imuv, imir, imxr … (%(default)s)",
    )
    parser.add_argument(
        "--model", choices=MODELS,
        help=f"kind of transform (default: that of the file or registration that the points come from, else "
        f"{MODEL}, or what --refine finds)",
    )  # fmt: skip
    parser.add_argument(
        "--mirrored", action="store_true",
        help="the map shows the photograph's mirror image, as that of a verso or an X-ray film may; points "
        "stay in the photograph's own pixels (a points file of this program tells by itself)",
    )  # fmt: skip
    parser.add_argument(
        "--points-on", choices=("upright", "stored"),
        help="whether the points count from the corner of the upright photograph, or of its pixels as they "
        "are stored without the turn that a camera noted (EXIF orientation); by default it is found out",
    )  # fmt: skip
    parser.add_argument(
        "--allow-outside", action="store_true",
        help="register although points lie outside the photograph or the map",
    )  # fmt: skip
    parser.add_argument(
        "--robust", action="store_true", help="leave out pairs that do not agree with the others"
    )
    parser.add_argument(
        "--pixel-size", type=number, metavar="MM", help="millimetres of a map pixel, to tell lengths in"
    )
    parser.add_argument(
        "--page", type=int, metavar="N",
        help="page of a TIFF photograph, from 1 (default: the largest picture)",
    )  # fmt: skip
    parser.set_defaults(run=_register)


def _register(chosen: argparse.Namespace) -> None:
    ds = DataStack(chosen.path)
    source = _source(chosen, ds)
    photo = source.pixels
    maps = _maps(chosen, ds)
    src, dst, view, record = _points(chosen, ds, source, maps)
    has_bend = bool(record and any("bend" in record.get(step, {}) for step in ("proposed", "refined")))
    result = register(
        photo,
        ds.shape[:2],
        src,
        dst,
        name=chosen.name,
        model=BENDING_MODEL if has_bend else chosen.model or MODEL,
        method=MAGSAC if chosen.robust else LEAST_SQUARES,
        view=view,
        refinement=record,
        pixel_size=chosen.pixel_size,
        photo_name=source.name,
        photo_sha256=source.sha256,
        photo_page=chosen.page,
    )
    verdict = None
    if maps:
        verdict = judge_agreement(
            photo,
            smaller_maps(maps),
            result.transform,
            ds.shape[:2],
            click_error=chosen.click_error,
            progress=show_on_terminal,
        )
    stored = ds.append(result.arrays, with_view(result.attributes, ds.row_displacement))
    if ds.row_displacement:
        print(f"note: registered on maps whose odd rows are shifted back by {ds.row_displacement:.2f} pixels")
    _print_registration(result, stored, advise(result.quality, verdict, record))


@dataclass(frozen=True, eq=False)
class _Source:
    """The picture to be registered: a file, or one of the instrument in the datastack."""

    pixels: np.ndarray
    name: str
    sha256: str | None = None
    orientation: int = 1
    corners: np.ndarray | None = None


def _source(chosen: argparse.Namespace, ds: DataStack) -> _Source:
    """Read the picture that was asked for, and check that there will be points."""
    if (chosen.photo is None) == (chosen.picture is None):
        raise RegistrationError(_("Name either a photograph or, with --picture, one in the datastack."))
    has_points = chosen.propose or chosen.points is not None or chosen.like is not None
    if chosen.picture is not None:
        picture = find_picture(ds, chosen.picture)
        if picture.corners is None and not has_points:
            raise RegistrationError(
                _("The file does not tell where the scan lies in {title}; add --points or --propose.").format(
                    title=picture.title
                )
            )
        return _Source(ds.read(picture.name), picture.title, corners=picture.corners)
    if not has_points:
        raise RegistrationError(
            _(
                "Add --points with a file of points, --like with a registered photograph of the same size, "
                "or --propose to have them found."
            )
        )
    photo, notes = read_with_notes(chosen.photo, page=chosen.page)
    for note in notes:
        print(f"note: {note}")
    orientation = orientation_of(chosen.photo, chosen.page)
    return _Source(photo, chosen.photo.name, checksum(chosen.photo), orientation)


def _maps(chosen: argparse.Namespace, ds: DataStack) -> list[np.ndarray]:
    """Return the maps to compare the photograph with; empty if points are given and no peak stands out."""
    try:
        return comparison_maps(ds, chosen.band, show_on_terminal)
    except RegistrationError:
        if chosen.refine or chosen.propose:
            raise
        return []


def _points(
    chosen: argparse.Namespace, ds: DataStack, source: _Source, maps: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, View, dict[str, Any] | None]:
    """Read or propose the points, refine them on request, and return them with a record."""
    record: dict[str, Any] = {}
    photo = source.pixels
    if chosen.propose:
        if chosen.mirrored:
            raise RegistrationError(
                _("--propose finds out whether the photograph is mirrored; omit --mirrored.")
            )
        proposal = propose(photo, maps, bend=_may_bend(chosen), progress=show_on_terminal)
        if not proposal.sure:
            raise RegistrationError(_("{sentence} Nothing was stored.").format(sentence=proposal.sentence))
        if not chosen.refine:  # which looks for the bend itself
            proposal = proposal.bent
        print(proposal.sentence)
        src, dst, view = proposal.src, proposal.dst, proposal.view
        record["proposed"] = proposal.record
    elif chosen.points is None and chosen.like is None and source.corners is not None:
        src, dst, view = source.corners, np.array(map_corners(ds.shape)), View(0, chosen.mirrored)
        record["stated"] = {"by": "the place of the scan in this picture, as its file states it"}
    else:
        src, dst, view = _read(chosen, ds, source, maps)
    if chosen.refine:
        src, dst, record["refined"] = _refined(chosen, photo, maps, src, dst, view.mirrored)
    if record:
        record["bands"] = chosen.band or "of the elements that stand out"
    return src, dst, view, record or None


def _read(
    chosen: argparse.Namespace, ds: DataStack, source: _Source, maps: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, View]:
    """Read the points, and check them against the pictures."""
    photo = source.pixels
    if chosen.like is not None:
        points = _points_like(chosen.like, ds, source)
    else:
        points = read_points(chosen.points, name=chosen.name, photo_shape=photo.shape, map_shape=ds.shape)
    if chosen.model is None and points.about.get("model") in MODELS:
        chosen.model = points.about["model"]
    view = points.view or View()
    view = View(view.turns, view.mirrored or chosen.mirrored)
    pictures = Pictures(photo.shape, ds.shape, source.sha256, source.orientation)
    checked = check_pictures(points, pictures)
    for note in checked.notes:
        print(f"note: {note}")
    src = checked.src
    if not checked.is_upright:
        if chosen.points_on == "stored":
            src = upright_points(src, pictures.orientation, photo.shape)
        elif chosen.points_on is None:
            _refuse_as_upright(pictures, photo, maps, checked, view.mirrored)
    used = np.arange(len(src))
    if chosen.robust:  # excluded pairs may lie anywhere
        used = np.flatnonzero(inliers(src, checked.dst, mirrored=view.mirrored))
    outside = describe_outside(src[used], checked.dst[used], pictures, (used + 1).tolist())
    if outside and not chosen.allow_outside:
        raise RegistrationError(
            _(
                "{outside} Check that the points belong to these pictures, or add --allow-outside. "
                "Nothing was stored."
            ).format(outside=outside)
        )
    return src, checked.dst, view


def _points_like(name: str, ds: DataStack, source: _Source) -> PointsFile:
    """Return the points of a registered photograph, which has to have the same size."""
    placed = photo_transform(ds, name)
    height, width = source.pixels.shape[:2]
    if (height, width) != placed.photo_shape:
        raise RegistrationError(
            _(
                "{photo} has {width}×{height} pixels, but {name} was registered from a photograph of "
                "{other_width}×{other_height}; only one of the same size can have its points."
            ).format(
                photo=source.name,
                width=width,
                height=height,
                name=name,
                other_width=placed.photo_shape[1],
                other_height=placed.photo_shape[0],
            )
        )
    return PointsFile(placed.src, placed.dst, "datastack", about=dict(placed.attributes))


def _refuse_as_upright(
    pictures: Pictures,
    photo: np.ndarray,
    maps: list[np.ndarray],
    checked: CheckedPoints,
    mirrored: bool,
) -> None:
    """Refuse points that fit only if they were set on the photograph's pixels as they are stored."""
    src, dst = checked.src, checked.dst
    if not (
        fits_only_as_stored(src, dst, pictures, mirrored)
        or (maps and agrees_only_as_stored(photo, maps, src, dst, pictures.orientation, mirrored))
    ):
        return
    raise RegistrationError(
        _(
            "The points fit better if they were set on the photograph's pixels as they are stored, "
            "without the turn that its file notes (EXIF orientation). Add --points-on stored to turn "
            "them with it, or --points-on upright to take them as they are. Nothing was stored."
        )
    )


def _refined(
    chosen: argparse.Namespace,
    photo: np.ndarray,
    maps: list[np.ndarray],
    src: Any,
    dst: Any,
    mirrored: bool,
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    src, dst = np.array(src, dtype=np.float64), np.array(dst, dtype=np.float64)
    agreeing = inliers(src, dst, mirrored=mirrored) if chosen.robust else np.ones(len(src), dtype=bool)
    result = refine(
        photo,
        maps,
        src[agreeing],
        dst[agreeing],
        click_error=chosen.click_error,
        mirrored=mirrored,
        bend=_may_bend(chosen),
        progress=show_on_terminal,
    )
    if result.bend is not None:
        bent = result.bent
        print(bent.sentence)
        return bent.src, bent.dst, bent.record
    print(result.sentence)
    if result.accepted:  # also for points left out before: their position in the photograph is right
        dst = result.after.apply(src)
    return src, dst, result.record


def _may_bend(chosen: argparse.Namespace) -> bool:
    """Return True unless a bend is forbidden, or the model that was asked for cannot bend."""
    return not chosen.no_bend and not chosen.robust and chosen.model in (None, BENDING_MODEL)


def _print_registration(result: Registration, stored: dict[str, str], all_advice: list[Advice]) -> None:
    for asked, name in stored.items():
        print(f"{name}  {'×'.join(map(str, result.arrays[asked].shape))}")
    if not result.used.all():
        print(f"left out: pairs {', '.join(str(number + 1) for number in np.flatnonzero(~result.used))}")
    if result.note:
        print(f"note: {result.note}")
    for advice in all_advice:
        print(f"{advice.kind}: {advice.text}")
