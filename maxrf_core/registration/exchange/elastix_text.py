"""Transform parameters and points of elastix and transformix, as text.

elastix knows no perspective: it is written as a B-spline. In the plane elastix gives every thin-plate spline
the kernel r² log r, as `maxrf_core.transform.thin_plate_spline` does. Its parameters are the landmarks in the
moving image, the photograph; those in the fixed image, the map, stand beside them.
"""

import re
from collections.abc import Sequence

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.exchange.control_pairs import of_transform, thinned
from maxrf_core.registration.exchange.displacement import (
    Displacement,
    fitted_displacement,
    pairs_of_displacement,
)
from maxrf_core.registration.exchange.itk_numbers import (
    affine_params,
    comments_on,
    joined,
    linear_transform,
    read_all,
)
from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.registration.points_formats import ParsedPoints, Shape, sizes_in_words

ELASTIX_LINE = re.compile(r"\((\w+)\s+([^()]*)\)")


def format_elastix(placed: PhotoTransform) -> tuple[str, float]:
    """Write a transform as a file of elastix's transform parameters, which transformix applies.

    Parameters
    ----------
    placed : PhotoTransform

    Returns
    -------
    (str, float)
        The text, and by how many photograph pixels it departs from the transform at most.
    """
    height, width = placed.map_shape[:2]
    own, params, departure = _own_lines(placed)
    lines = [
        *(f"// {line}" for line in comments_on(placed, departure)),
        *own,
        f"(NumberOfParameters {len(params)})",
        f"(TransformParameters {joined(params)})",
        '(InitialTransformParameterFileName "NoInitialTransform")',
        '(HowToCombineTransforms "Compose")',
        "(FixedImageDimension 2)",
        "(MovingImageDimension 2)",
        '(FixedInternalImagePixelType "float")',
        '(MovingInternalImagePixelType "float")',
        f"(Size {width} {height})",
        "(Index 0 0)",
        "(Spacing 1 1)",
        "(Origin 0 0)",
        "(Direction 1 0 0 1)",
        '(UseDirectionCosines "true")',
        '(ResampleInterpolator "FinalLinearInterpolator")',
        '(Resampler "DefaultResampler")',
        "(DefaultPixelValue 0)",
        '(ResultImageFormat "tif")',
        '(ResultImagePixelType "float")',
    ]
    return "\n".join([*lines, ""]), departure


def format_elastix_points(points: np.ndarray) -> str:
    """Write the points of one image as elastix and transformix read them.

    They are written as physical points: elastix rounds those called an index to whole pixels.

    Parameters
    ----------
    points : ndarray, (n, 2), float64

    Returns
    -------
    str

    Examples
    --------
    >>> format_elastix_points(np.array([[1.5, 2.0]])).splitlines()
    ['point', '1', '1.5 2.0']
    """
    return "\n".join(["point", str(len(points)), *(joined(row) for row in points), ""])


def parse_elastix_points(text: str) -> np.ndarray:
    """Read the points of one image from a file of elastix.

    Parameters
    ----------
    text : str
        The word ``point`` or ``index``, the number of points, and a line for each; without spacing and
        origin both words mean the same.

    Returns
    -------
    ndarray, (n, 2), float64

    Raises
    ------
    RegistrationError
        If it is no such file, or the number of points is another.
    """
    words = text.split()
    is_kind = len(words) > 1 and words[0] in ("point", "index") and words[1].isdecimal()
    numbers = read_all(words[2:]) if is_kind else []
    if not is_kind or len(words[1]) > 9 or len(numbers) != 2 * int(words[1]):
        raise RegistrationError(
            _("a file of elastix's points begins with the word point or index and their number.")
        )
    return np.array(numbers, dtype=np.float64).reshape(-1, 2)


def parse_elastix(text: str, photo_shape: Shape | None, map_shape: Shape | None) -> ParsedPoints:
    """Read elastix's transform parameters, from map to photograph.

    Parameters
    ----------
    text : str
    photo_shape, map_shape : (height, width) or more, or None
        Of the pictures at hand.

    Returns
    -------
    ParsedPoints
        Control pairs of a linear transform, the landmarks of a spline.

    Raises
    ------
    RegistrationError
        If it holds another transform, continues an earlier one, or the images had a unit of length.
    """
    lines = [line.partition("//")[0] for line in text.splitlines()]
    about = {name: value.replace('"', " ").split() for name, value in ELASTIX_LINE.findall("\n".join(lines))}
    initial = about.get("InitialTransformParameterFileName") or about.get(
        "InitialTransformParametersFileName", ["NoInitialTransform"]
    )
    if initial != ["NoInitialTransform"]:
        raise RegistrationError(
            _("it continues another transform, {name:.80}; combine both into one.").format(
                name=" ".join(initial)
            )
        )
    if set(read_all(about.get("Spacing", []))) - {1.0} or set(read_all(about.get("Origin", []))) - {0.0}:
        raise RegistrationError(
            _("its images have a spacing or an origin; register images without a unit of length.")
        )
    name = " ".join(about.get("Transform", []))
    if name == "BSplineTransform" and about.get("BSplineTransformSplineOrder", ["3"]) == ["3"]:
        keys = ("GridSize", "GridOrigin", "GridSpacing", "GridDirection")
        grid = read_all([word for key in keys for word in about.get(key, [])])
        params = read_all(about.get("TransformParameters", []))
        return pairs_of_displacement(Displacement(params, grid), photo_shape, map_shape, sizes_in_words(text))
    params, sizes = read_all(about.get("TransformParameters", [])), sizes_in_words(text)
    if name == "SplineKernelTransform":
        fixed = read_all(about.get("FixedImageLandmarks", []))
        return thinned(_landmarks(params, fixed, sizes), photo_shape, map_shape)
    to_photo = linear_transform(name, params, read_all(about.get("CenterOfRotationPoint", [])))
    return of_transform(to_photo.inverse(), photo_shape, map_shape, sizes)


def _landmarks(moving: Sequence[float], fixed: Sequence[float], sizes: dict[str, list[int]]) -> ParsedPoints:
    if len(moving) % 2 or not moving or len(moving) != len(fixed):
        raise RegistrationError(_("the landmarks of its spline are no pairs of points."))
    src, dst = (np.array(numbers, dtype=np.float64).reshape(-1, 2) for numbers in (moving, fixed))
    return ParsedPoints(src, dst, 0, sizes)


def _own_lines(placed: PhotoTransform) -> tuple[list[str], list[float], float]:
    """Return the lines of one kind of transform, its parameters, and its largest departure."""
    if placed.is_affine:
        return ['(Transform "AffineTransform")', "(CenterOfRotationPoint 0 0)"], affine_params(placed), 0.0
    if placed.model == "thin-plate-spline":
        spline = [
            '(Transform "SplineKernelTransform")',
            '(SplineKernelType "ThinPlateSpline")',
            "(SplineRelaxationFactor 0)",
            "(SplinePoissonRatio 0.3)",
            f"(FixedImageLandmarks {joined(placed.dst.ravel().tolist())})",
        ]
        return spline, placed.src.ravel().tolist(), 0.0
    params, fixed, departure = fitted_displacement(placed)
    grid = [
        '(Transform "BSplineTransform")',
        "(BSplineTransformSplineOrder 3)",
        '(UseCyclicTransform "false")',
        f"(GridSize {int(fixed[0])} {int(fixed[1])})",
        "(GridIndex 0 0)",
        f"(GridOrigin {joined(fixed[2:4])})",
        f"(GridSpacing {joined(fixed[4:6])})",
        "(GridDirection 1 0 0 1)",
    ]
    return grid, params, departure
