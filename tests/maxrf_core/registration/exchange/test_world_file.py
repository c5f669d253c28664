"""World files place the centres of a photograph's pixels in QGIS's plane of the map, to the half pixel."""

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.exchange.world_file import format_world_file, world_ending
from maxrf_core.registration.points_io import read_points
from tests.maxrf_core.registration.exchange.placed import MAP, PHOTO, SIZES, eight_times


def test_the_first_photograph_pixel_lies_a_sixteenth_of_a_map_pixel_inside_the_corner():
    text, departure = format_world_file(eight_times())
    lines = np.array(text.split(), float)
    np.testing.assert_allclose(lines, [0.125, 0, 0, -0.125, 0.0625, -0.0625], atol=1e-12)
    assert departure == 0


def test_a_world_file_by_hand_is_read_to_the_half_pixel():
    text = "0.125\n0\n0\n-0.125\n10.5\n-20.5\n"  # the first pixel's centre on that of map pixel 10, 20
    found = read_points(text, **SIZES)
    np.testing.assert_allclose(found.src, 8 * (found.dst - [10, 20]), atol=1e-9)
    assert (found.kind, found.about["model"], found.about["mirrored"]) == ("world-file", "affine", False)
    assert found.dst.min() >= 0
    assert (found.dst.max(axis=0) <= [MAP[1], MAP[0]]).all()
    assert (found.src.max(axis=0) <= [PHOTO[1], PHOTO[0]]).all()


def test_a_mirroring_world_file_is_read_as_mirrored():
    found = read_points("-0.125\n0\n0\n-0.125\n79.9375\n-0.0625\n", **SIZES)
    assert found.about["mirrored"]
    np.testing.assert_allclose(found.dst[:, 0], 79.9375 - 0.5 - found.src[:, 0] / 8)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0.1\n0\n0\n-0.1\n4316373.4\n3385976.1\n", "beside the element map"),  # a place on the earth
        ("0.1\n0\n0\n0.1\n0\n0\n", "beside the element map"),  # y runs down in it
        ("0.1\n0.1\n0.1\n0.1\n0\n0\n", "a line of the photograph"),
    ],
)
def test_a_world_file_that_leads_elsewhere_is_refused_with_the_reason(text, reason):
    with pytest.raises(RegistrationError, match=f"World file.*{reason}"):
        read_points(text, **SIZES)
    with pytest.raises(RegistrationError, match="World file"):
        read_points(text)


def test_the_ending_is_that_of_the_photograph():
    assert [world_ending(name) for name in ("a.TIF", "a.jpeg", "a.png", "a")] == [
        ".tfw",
        ".jgw",
        ".pgw",
        ".wld",
    ]
