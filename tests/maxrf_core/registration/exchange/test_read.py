"""Any content gives points or one sentence."""

import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.errors import MaxrfError
from maxrf_core.registration.exchange.read import detect_transform
from maxrf_core.registration.exchange.write import TRANSFORM_KINDS, write_transform
from maxrf_core.registration.points_io import read_points
from tests.maxrf_core.registration.exchange.placed import SIZES, eight_times

STARTS = (
    "#Insight Transform File V1.0\nTransform: AffineTransform_double_2_2\nParameters: ",
    '(Transform "AffineTransform")\n(TransformParameters ',
    '{"motivation": "georeferencing", "body": {"features": [',
    "1\n2\n3\n4\n5\n",
    "II*\x00",
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(STARTS), st.text(alphabet='0123456789.-e ()[]{}:,"\n', max_size=80))
def test_any_text_gives_points_or_one_sentence(start, text):
    with suppress(MaxrfError):
        found = read_points((start + text).encode(), **SIZES)
        assert found.src.shape == found.dst.shape


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(list(TRANSFORM_KINDS)), st.integers(0, 400), st.binary(max_size=6))
def test_a_damaged_file_gives_points_or_one_sentence(kind, place, damage):
    content = write_transform(eight_times("homography"), kind).content
    with suppress(MaxrfError):
        found = read_points(content[:place] + damage + content[place + len(damage) :], **SIZES)
        assert found.src.shape == found.dst.shape


def test_numbers_alone_are_a_world_file_only_if_they_are_six():
    assert detect_transform("1\n2\n3\n4\n5\n6\n") == "world-file"
    assert detect_transform("1\n2\n3\n4\n5\n6\n7\n") is None
    assert detect_transform("") is None


def test_a_zip_on_the_disk_is_told_from_a_datastack(tmp_path):
    path = tmp_path / "points.zip"
    path.write_bytes(write_transform(eight_times(), "elastix-points").content)
    assert read_points(path).kind == "elastix-points"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.txt", "1")
    with pytest.raises(MaxrfError):
        read_points(path)
