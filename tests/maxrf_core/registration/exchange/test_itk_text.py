"""ITK's text files lead from the map to the photograph, in pixels from the centre of the first one."""

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.exchange.itk_text import format_itk
from maxrf_core.registration.points_io import read_points
from tests.maxrf_core.registration.exchange.placed import SIZES, eight_times, in_perspective

HEADER = "#Insight Transform File V1.0\n#Transform 0\n"
BSPLINE = "Transform: BSplineTransform_double_2_2\n"


def test_a_map_pixel_is_eight_photograph_pixels_and_its_centre_lies_between_them():
    lines = format_itk(eight_times())[0].splitlines()
    assert "Transform: AffineTransform_double_2_2" in lines
    params = next(line for line in lines if line.startswith("Parameters"))
    np.testing.assert_allclose(
        [float(word) for word in params.split()[1:]], [8, 0, 0, 8, 3.5, 3.5], atol=1e-9
    )


@pytest.mark.parametrize(
    ("kind", "params", "fixed", "place"),
    [
        ("TranslationTransform", "100 50", "", (110, 70)),
        ("AffineTransform", "2 0 0 4 100 50", "10 0", (110, 130)),  # 2 (10 − 10) + 10 + 100, 4 · 20 + 50
        ("Similarity2DTransform", "2 0 5 6", "0 0", (25, 46)),
        ("Euler2DTransform", "0 5 6", "1 1", (15, 26)),
        ("MatrixOffsetTransformBase", "2 0 0 2 3.5 3.5", "0 0", (23.5, 43.5)),
    ],
)
def test_a_linear_transform_of_itk_is_read_with_its_centre(kind, params, fixed, place):
    text = f"{HEADER}Transform: {kind}_double_2_2\nParameters: {params}\nFixedParameters: {fixed}\n"
    found = read_points(text, **SIZES)
    linear = np.linalg.lstsq(np.hstack([found.dst, np.ones((4, 1))]), found.src, rcond=None)[0]
    np.testing.assert_allclose([10, 20, 1] @ linear, place)
    assert found.about["model"] == "affine"


def test_a_bent_photograph_is_written_as_a_b_spline_and_read_as_pairs():
    src = np.vstack(
        [in_perspective(np.array([[0.0, 0], [600, 20], [560, 470], [10, 440]])).src, [[300, 250]]]
    )
    dst = np.vstack([eight_times().dst, [[40, 32]]])
    placed = eight_times().of_points(src, dst, "thin-plate-spline", (480, 640), (60, 80))
    text, departure = format_itk(placed)
    found = read_points(text)
    assert found.about["model"] == "thin-plate-spline"
    far = np.hypot(*(placed.to_photo.apply(found.dst) - found.src).T).max()
    assert far <= departure < 0.1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Transform: AffineTransform_double_3_3\nParameters: 1\n", "no transform of the plane"),
        (
            "Transform: CompositeTransform_double_2_2\nTransform: Euler2DTransform_double_2_2\n",
            "one transform",
        ),
        ("Transform: DisplacementFieldTransform_double_2_2\nParameters: 1\n", "is not read here"),
        (
            "Transform: AffineTransform_double_2_2\nParameters: 1 2 3\nFixedParameters: 0 0\n",
            "another number",
        ),
        ("Transform: AffineTransform_double_2_2\nParameters: 1 0 0 1 nan 0\n", "not finite"),
        ("Transform: AffineTransform_double_2_2\nParameters: 1 0 zero 1 0 0\n", "is no number"),
        (
            "Transform: BSplineTransform_double_2_2\nParameters: 1\nFixedParameters: 1e9 4 0 0 1 1 1 0 0 1\n",
            "number",
        ),
        (
            "Transform: BSplineTransform_double_2_2\nParameters: 1\nFixedParameters: 4\n",
            "grid of its B-spline",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(text, reason):
    with pytest.raises(RegistrationError, match=rf"ITK\): .*{reason}"):
        read_points(HEADER + text, **SIZES)
