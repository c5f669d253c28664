"""Transforms of ITK as text (.tfm).

ITK text files hold neither a perspective nor a thin-plate spline: ITK does not register its splines for the
plane with its transform factory. Such transforms are written as a cubic B-spline of the displacement over
the map (BSplineTransform_double_2_2), with a grid that is fine enough; beyond the map ITK moves nothing.
"""

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.exchange.control_pairs import of_transform
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

ITK_HEADER = "#Insight Transform File V1.0"


def format_itk(placed: PhotoTransform) -> tuple[str, float]:
    """Write a transform as an ITK text file.

    Parameters
    ----------
    placed : PhotoTransform

    Returns
    -------
    (str, float)
        The text, and by how many photograph pixels it departs from the transform at most.
    """
    if placed.is_affine:
        kind, params, fixed, departure = "AffineTransform", affine_params(placed), [0.0, 0.0], 0.0
    else:
        kind = "BSplineTransform"
        params, fixed, departure = fitted_displacement(placed)
    lines = [
        ITK_HEADER,
        *(f"# {line}" for line in comments_on(placed, departure)),
        "#Transform 0",
        f"Transform: {kind}_double_2_2",
        f"Parameters: {joined(params)}",
        f"FixedParameters: {joined(fixed)}",
    ]
    return "\n".join([*lines, ""]), departure


def parse_itk(text: str, photo_shape: Shape | None, map_shape: Shape | None) -> ParsedPoints:
    """Read an ITK text file that holds one transform of the plane, from map to photograph.

    Parameters
    ----------
    text : str
    photo_shape, map_shape : (height, width) or more, or None
        Of the pictures at hand.

    Returns
    -------
    ParsedPoints
        Four control pairs of a linear transform, or of a B-spline that is a perspective; of other B-splines
        a grid of pairs.

    Raises
    ------
    RegistrationError
        If it holds another or several transforms.
    """
    lines = [line.partition(":") for line in text.splitlines() if not line.startswith("#")]
    found = [(name.strip(), value.strip()) for name, _colon, value in lines if value.strip()]
    kinds = [value for name, value in found if name == "Transform"]
    if len(kinds) != 1:
        raise RegistrationError(_("it has to hold one transform, not {count}.").format(count=len(kinds)))
    name, *rest = kinds[0].split("_")
    if rest[1:3] != ["2", "2"]:
        raise RegistrationError(_("{kind:.80} is no transform of the plane.").format(kind=kinds[0]))
    about, sizes = dict(found), sizes_in_words(text)
    params, fixed = (read_all(about.get(key, "").split()) for key in ("Parameters", "FixedParameters"))
    if name == "BSplineTransform" and rest[3:] in ([], ["3"]):
        return pairs_of_displacement(Displacement(params, fixed), photo_shape, map_shape, sizes)
    to_photo = linear_transform(name, params, fixed)
    return of_transform(to_photo.inverse(), photo_shape, map_shape, sizes)
