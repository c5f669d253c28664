"""What texts of ITK and elastix have in common: comments, lists of numbers and linear transforms.

Both map the fixed image (the element map) to the moving one (the photograph), in physical coordinates, since
a program that resamples asks for the place in the photograph of every pixel of the map. Images without
spacing and origin have the centre of their first pixel at (0, 0) and y down, as here.
"""

import math
from collections.abc import Sequence

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.registration.points_formats import in_words
from maxrf_core.transform.homography import Homography
from maxrf_core.written_numbers import read_number

MAX_NUMBERS = 100_000  # in one list of a file
AFFINE_OF = {  # parameters of a linear transform before its translation, by names of ITK and elastix
    "TranslationTransform": 0,
    "Euler2DTransform": 1,
    "EulerTransform": 1,
    "Similarity2DTransform": 2,
    "SimilarityTransform": 2,
    "AffineTransform": 4,
    "MatrixOffsetTransformBase": 4,
}


def comments_on(placed: PhotoTransform, departure: float) -> list[str]:
    """Return what is said of a transform, in lines that the programs skip."""
    lines = [
        f"maxrf4all: {in_words(placed.photo_shape, placed.map_shape)}",
        "from the map (fixed image) to the photograph (moving image); x right, y down, in pixels,",
        "0, 0 at the centre of the top-left pixel; read both images without spacing and origin",
    ]
    if not placed.is_onto_maps:
        lines.append(f"the map stands for {placed.map_name}, the photograph is {placed.photo_name}")
    if departure:
        lines.append(
            f"a spline in place of a {placed.model}, off by at most {departure:.2g} photograph pixel"
        )
    return lines


def affine_params(placed: PhotoTransform) -> list[float]:
    """Return the six parameters of an affine transform from map to photograph: matrix, then translation."""
    matrix = placed.affine_part()[0].inverse().matrix
    return [*matrix[:2, :2].ravel().tolist(), *matrix[:2, 2].tolist()]


def linear_transform(name: str, params: Sequence[float], centre: Sequence[float]) -> Homography:
    """Return a linear transform of ITK or elastix: A (x - centre) + centre + translation."""
    if name not in AFFINE_OF:
        raise RegistrationError(
            _("{kind:.80} is not read here; linear transforms and thin-plate splines are.").format(
                kind=name or "–"
            )
        )
    count = AFFINE_OF[name]
    if len(params) != count + 2 or len(centre) not in (0, 2):
        raise RegistrationError(_("{kind} has another number of parameters.").format(kind=name))
    linear = np.eye(2)
    if count == 4:
        linear = np.array(params[:4]).reshape(2, 2)
    elif count:
        scale, angle = (1.0, params[0]) if count == 1 else params[:2]
        turned = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        linear = scale * np.array(turned)
    middle = np.array(centre or [0.0, 0.0])
    shift = middle + params[count:] - linear @ middle
    return Homography(np.vstack([np.column_stack([linear, shift]), [0, 0, 1]]))


def read_all(words: Sequence[str]) -> list[float]:
    """Read finite numbers; raise a RegistrationError for anything else."""
    if len(words) > MAX_NUMBERS:
        raise RegistrationError(_("it holds more than {count} numbers.").format(count=MAX_NUMBERS))
    try:
        numbers = [read_number(word) for word in words]
    except ValueError as error:
        raise RegistrationError(f"{error}.") from None
    if not all(map(math.isfinite, numbers)):
        raise RegistrationError(_("it holds numbers that are not finite."))
    return numbers


def joined(numbers: Sequence[float]) -> str:
    """Return numbers with all their digits, separated by blanks."""
    return " ".join(repr(float(number)) for number in numbers)
