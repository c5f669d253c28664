"""elastix's files lead from the fixed image, the map, to the moving one, the photograph."""

import io
import zipfile

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.exchange.elastix_text import format_elastix, parse_elastix_points
from maxrf_core.registration.points_io import read_points
from tests.maxrf_core.registration.exchange.placed import SIZES, eight_times


def test_the_parameters_tell_the_map_as_the_fixed_image():
    text = format_elastix(eight_times())[0]
    assert '(Transform "AffineTransform")' in text
    assert "(Size 80 60)" in text
    params = next(line for line in text.splitlines() if line.startswith("(TransformParameters"))
    np.testing.assert_allclose(
        [float(word) for word in params[21:-1].split()], [8, 0, 0, 8, 3.5, 3.5], atol=1e-9
    )


def test_landmarks_of_a_spline_are_read_with_the_fixed_image_on_the_map():
    text = (
        '(Transform "SplineKernelTransform")\n(SplineKernelType "ThinPlateSpline") // (Spacing 9 9)\n'
        "(TransformParameters 10 20 600 20 600 400 10 400 300 200)\n"
        "(FixedImageLandmarks 1 2 70 2 70 50 1 50 36 25)\n"
        '(InitialTransformParametersFileName "NoInitialTransform")\n(Spacing 1 1)\n(Origin 0 0)\n'
    )
    found = read_points(text, **SIZES)
    assert found.kind == "elastix"
    assert found.src[0].tolist() == [10, 20]
    assert found.dst[-1].tolist() == [36, 25]
    assert found.about["model"] == "thin-plate-spline"


def test_a_centre_of_rotation_is_heeded():
    turn = "(TransformParameters 1.5707963267948966 5 6)\n(CenterOfRotationPoint 40 30)\n"
    text = f'(Transform "EulerTransform")\n{turn}'
    found = read_points(text, **SIZES)
    np.testing.assert_allclose(found.src[:, 0], 40 + 5 - (found.dst[:, 1] - 30))
    np.testing.assert_allclose(found.src[:, 1], 30 + 6 + (found.dst[:, 0] - 40))
    assert found.about["turned"] == 270


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('(Transform "AffineTransform")\n(Spacing 0.1 0.1)\n', "without a unit of length"),
        (
            '(Transform "AffineTransform")\n(InitialTransformParameterFileName "a.0.txt")\n',
            "continues another",
        ),
        ('(Transform "SplineKernelTransform")\n(TransformParameters 1 2 3)\n', "no pairs of points"),
        ('(Transform "RecursiveBSplineTransform")\n', "RecursiveBSplineTransform is not read here"),
        ("(TransformParameters 1 2)\n", "is not read here"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(text, reason):
    with pytest.raises(RegistrationError, match=rf"elastix\): .*{reason}"):
        read_points(text, **SIZES)


def test_points_of_one_image_are_read_as_point_or_index():
    assert parse_elastix_points("index\n2\n1 2\n3 4\n").tolist() == [[1, 2], [3, 4]]
    for wrong in ("point\n3\n1 2\n", "1 2\n3 4\n", "point\n99999999999999999999\n1 2\n"):
        with pytest.raises(RegistrationError, match="begins with the word point or index"):
            parse_elastix_points(wrong)


def test_a_zip_without_both_images_points_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("fixed_points.txt", "point\n1\n1 2\n")
    with pytest.raises(RegistrationError, match=r"does not hold moving_points\.txt and fixed_points\.txt"):
        read_points(file.getvalue(), **SIZES)
