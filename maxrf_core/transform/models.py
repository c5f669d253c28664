"""Kinds of transforms from the photograph to the map: rigid, perspective and elastic."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _, marked
from maxrf_core.transform.homography import MIRROR, Homography, homography, refit_homography
from maxrf_core.transform.piecewise_affine import PiecewiseAffine
from maxrf_core.transform.point_pairs import (
    FOLDED,
    INSIDE_OUT,
    NOT_MIRRORED,
    checked_pairs,
    mirrored_points,
    refuse_one_line,
    similarity_params,
)
from maxrf_core.transform.thin_plate_spline import InverseThinPlateSpline, ThinPlateSpline

Elastic = InverseThinPlateSpline | PiecewiseAffine
Transform = Homography | Elastic

MAX_PAIRS = 500  # of an elastic transform, whose equations grow with their square


class Estimate(Protocol):
    """Fits a transform to matching points."""

    def __call__(self, src: Any, dst: Any, mirrored: bool = False) -> Transform:
        """Return the transform that carries `src` onto `dst`, and mirrors if `mirrored`."""
        ...


@dataclass(frozen=True)
class Model:
    """A kind of transform from the photograph to the map.

    Attributes
    ----------
    name : str
        As in commands and files.
    title : str
        As on screen.
    min_pairs : int
        Pairs of points that it needs.
    n_params : int
        Number of parameters that the points have to fix; 0 if each pair adds its own, so that the transform
        fits all pairs exactly and their residuals say nothing.
    when : str
        When to use it, in one sentence.
    fit : callable
        Fits matching points `src` and `dst`, both (n, 2); `mirrored` says if the map mirrors the photograph.
        Returns the transform, which has `apply`, `inverse` and `scale_at`. Raises RegistrationError, with
        the reason, if the points fix no sensible transform.
    refit : callable
        Fits nearly the same points, (n, 2) float64, starting from an earlier fit, fast and without checks.
    """

    name: str
    title: str
    min_pairs: int
    n_params: int
    when: str
    fit: Estimate
    refit: Callable[[Any, np.ndarray, np.ndarray], Transform]


def similarity(src: Any, dst: Any, mirrored: bool = False) -> Homography:
    """Fit the shift, rotation and scale from `src` to `dst`, by least squares of map distances.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; two or more matching points.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    Homography

    Raises
    ------
    RegistrationError
        If the points are too few, not finite, on one spot, exchanged, or mirrored unexpectedly.

    Examples
    --------
    >>> similarity([[0, 0], [10, 0]], [[5, 5], [5, 25]]).apply([[0, 10]])
    array([[-15.,   5.]])
    """
    source, destination = checked_pairs(src, dst, 2, marked("a similarity transform"), mirrored=mirrored)
    return _similarity(source, destination, mirrored)


def affine(src: Any, dst: Any, mirrored: bool = False) -> Homography:
    """Fit the affine transform from `src` to `dst`, by least squares of map distances.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; three or more matching points.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    Homography

    Raises
    ------
    RegistrationError
        If the points are too few, not finite, on one spot, on one line, exchanged, or mirrored
        unexpectedly.

    Examples
    --------
    >>> np.round(affine([[0, 0], [10, 0], [0, 10]], [[1, 1], [6, 1], [2, 31]]).apply([[10, 10]]), 9)
    array([[ 7., 31.]])
    """
    fitted = _affine(*checked_pairs(src, dst, 3, marked("an affine transform"), refuse_one_line, mirrored))
    if np.linalg.det(fitted.matrix) * _sign(mirrored) <= 0:
        raise RegistrationError(_(NOT_MIRRORED if mirrored else INSIDE_OUT))
    return fitted


def thin_plate_spline(src: Any, dst: Any, mirrored: bool = False) -> InverseThinPlateSpline:
    """Fit the thin-plate spline that maps every point of `src` exactly to its partner in `dst`.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; four to 500 matching points.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    InverseThinPlateSpline

    Raises
    ------
    RegistrationError
        If the points are too few or too many, not finite, on one spot, on one line, exchanged, or
        mirrored unexpectedly, and if the photograph would have to be folded.

    Examples
    --------
    >>> src, dst = [[0, 0], [80, 0], [0, 80], [80, 80], [43, 40]], [[0, 0], [8, 0], [0, 8], [8, 8], [4, 4]]
    >>> np.round(thin_plate_spline(src, dst).apply([[43, 40], [80, 80]]), 6)
    array([[4., 4.],
           [8., 8.]])
    """
    source, destination = _many_pairs(src, dst, marked("a thin-plate spline"), mirrored)
    spline = ThinPlateSpline.fit(destination, source)
    turns = np.linalg.det(spline.jacobian(destination)) * _sign(mirrored)
    if turns.min() <= 0:
        raise RegistrationError(
            _("Point {number} looks wrong. {folded}").format(number=int(turns.argmin()) + 1, folded=_(FOLDED))
        )
    return spline.inverse()


def piecewise_affine(src: Any, dst: Any, mirrored: bool = False) -> PiecewiseAffine:
    """Fit the piecewise affine transform that maps every point of `src` exactly to its partner in `dst`.

    Beyond the outermost points the transform continues as the affine one that fits all points best.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; four to 500 matching points.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    PiecewiseAffine

    Raises
    ------
    RegistrationError
        If the points are too few or too many, not finite, on one spot, on one line, exchanged, or
        mirrored unexpectedly, and if the photograph would have to be folded.

    Examples
    --------
    >>> src, dst = [[0, 0], [80, 0], [0, 80], [80, 80], [43, 40]], [[0, 0], [8, 0], [0, 8], [8, 8], [4, 4]]
    >>> np.round(piecewise_affine(src, dst).apply([[43, 40], [80, 80]]), 6)
    array([[4., 4.],
           [8., 8.]])
    """
    source, destination = _many_pairs(src, dst, marked("a piecewise affine transform"), mirrored)
    fitted = PiecewiseAffine.fit(destination, source)
    folded = fitted.folded_triangles(mirrored)
    if len(folded):
        numbers = sorted({int(corner) + 1 for corner in folded.ravel() if corner < len(source)})
        listed = ", ".join(map(str, numbers))
        raise RegistrationError(
            _("One of the points {listed} looks wrong. {folded}").format(listed=listed, folded=_(FOLDED))
        )
    return fitted.inverse()


def _sign(mirrored: bool) -> int:
    """Return the sign of the determinant of a transform."""
    return -1 if mirrored else 1


def _similarity(source: np.ndarray, destination: np.ndarray, mirrored: bool) -> Homography:
    if mirrored:
        return _similarity(mirrored_points(source), destination, False) @ MIRROR
    turned, shift = similarity_params(source, destination)
    along, across = turned.real, turned.imag
    return Homography(np.array([[along, -across, shift.real], [across, along, shift.imag], [0, 0, 1]]))


def _affine(source: np.ndarray, destination: np.ndarray) -> Homography:
    centre, middle = source.mean(axis=0), destination.mean(axis=0)
    linear = np.linalg.lstsq(source - centre, destination - middle, rcond=None)[0]
    return Homography(np.vstack([np.hstack([linear.T, (middle - centre @ linear)[:, None]]), [0, 0, 1]]))


MODELS = {
    model.name: model
    for model in (
        Model(
            "homography",
            marked("Perspective (homography)"),
            4,
            8,
            marked("For a flat object photographed from any side: right for most drawings and paintings."),
            homography,
            refit_homography,
        ),
        Model(
            "similarity",
            marked("Shift, rotation and scale (similarity)"),
            2,
            4,
            marked(
                "For a picture that has the map's proportions already, such as a scan or a rectified "
                "photograph."
            ),
            similarity,
            lambda near, source, destination: _similarity(
                source, destination, mirrored=bool(np.linalg.det(near.matrix) < 0)
            ),
        ),
        Model(
            "affine",
            marked("Affine"),
            3,
            6,
            marked(
                "For a photograph taken straight on, or stretched along one side; it bears imprecise clicks "
                "better than a perspective does."
            ),
            affine,
            lambda _, source, destination: _affine(source, destination),
        ),
        Model(
            "thin-plate-spline",
            marked("Thin-plate spline"),
            4,
            0,
            marked(
                "For a warped panel or cockled paper: it bends smoothly through every point, so give it "
                "ten or more all over the map, carefully set."
            ),
            thin_plate_spline,
            lambda _, source, destination: ThinPlateSpline.fit(destination, source).inverse(),
        ),
        Model(
            "piecewise-affine",
            marked("Piecewise affine"),
            4,
            0,
            marked(
                "For paper or canvas that is distorted differently from place to place: each point acts only "
                "on the triangles around it, so give it many, out to the corners."
            ),
            piecewise_affine,
            lambda _, source, destination: PiecewiseAffine.fit(destination, source).inverse(),
        ),
    )
}


def find_model(name: str) -> Model:
    """Return a model by its name.

    Parameters
    ----------
    name : str
        homography, similarity, affine, thin-plate-spline or piecewise-affine.

    Returns
    -------
    Model

    Raises
    ------
    RegistrationError
        If there is no such model.

    Examples
    --------
    >>> find_model("affine").min_pairs
    3
    """
    if name not in MODELS:
        raise RegistrationError(
            _("There is no model {name!r:.40}; there are {listed}.").format(
                name=name, listed=", ".join(MODELS)
            )
        )
    return MODELS[name]


def deformation_grid(
    transform: Transform, photo_shape: tuple[int, ...], lines: int = 12, smooth: int = 65
) -> list[np.ndarray]:
    """Return a grid of squares on the photograph, transformed to the map.

    Parameters
    ----------
    transform : Homography, InverseThinPlateSpline or PiecewiseAffine
        From photograph to map.
    photo_shape : (height, width) or more
    lines : int
        Number of squares along the photograph's longer side, one or more.
    smooth : int
        Number of points of a line, two or more.

    Returns
    -------
    list of ndarray, (up to `smooth`, 2), float64
        x, y on the map along each line, the vertical lines first. Points without a finite position on the map
        are left out.

    Examples
    --------
    >>> half = Homography([[0.5, 0, 0], [0, 0.5, 0], [0, 0, 1]])
    >>> [line.tolist() for line in deformation_grid(half, (2, 4), lines=2, smooth=2)[:2]]
    [[[-0.25, -0.25], [-0.25, 0.75]], [[0.75, -0.25], [0.75, 0.75]]]
    """
    height, width = photo_shape[:2]
    side = max(height, width) / lines
    xs, ys = (np.arange(0, length + side / 1e6, side) - 0.5 for length in (width, height))
    along_x, along_y = (np.linspace(-0.5, length - 0.5, smooth) for length in (width, height))
    drawn = [np.stack([np.full(smooth, x), along_y], axis=1) for x in xs]
    drawn += [np.stack([along_x, np.full(smooth, y)], axis=1) for y in ys]
    carried = (transform.apply(line) for line in drawn)
    return [line[np.isfinite(line).all(axis=1)] for line in carried]


def _many_pairs(src: Any, dst: Any, purpose: str, mirrored: bool) -> tuple[np.ndarray, np.ndarray]:
    source, destination = checked_pairs(src, dst, 4, purpose, refuse_one_line, mirrored)
    if len(source) > MAX_PAIRS:
        raise RegistrationError(
            _("{count} pairs of points are too many for {purpose}; use at most {max_pairs}.").format(
                count=len(source), purpose=_(purpose), max_pairs=MAX_PAIRS
            )
        )
    return source, destination
