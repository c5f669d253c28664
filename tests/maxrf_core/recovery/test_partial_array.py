"""What is left of an array is read unchanged, the rest as zeros, and people are told how much is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.recovery.partial_array import LostPieceError, PartialArray

AXIS = st.tuples(st.integers(1, 12), st.integers(1, 5))


def array_of(values: np.ndarray, chunks: tuple, lost: set, reason: Exception, **options) -> PartialArray:
    """Return an array that lies in memory, of which the pieces at some corners cannot be read."""

    def read(place):
        if tuple(part.start for part in place) in lost:
            raise reason
        return values[place]

    return PartialArray("map", values.shape, values.dtype, chunks, read, {}, **options)


@given(st.lists(AXIS, min_size=1, max_size=3), st.data())
def test_the_pieces_that_can_be_read_are_unchanged_and_the_others_zero(axes, data):
    shape, chunks = zip(*axes, strict=True)
    values = np.arange(1, 1 + np.prod(shape)).reshape(shape).astype(">u4")
    pieces = list(array_of(values, chunks, set(), OSError()).pieces())
    corners = [tuple(part.start for part in piece) for piece in pieces]
    lost = set(data.draw(st.lists(st.sampled_from(corners))))
    array = array_of(values, chunks, lost, LostPieceError("cut off"))

    expected = values.copy()
    for piece, corner in zip(pieces, corners, strict=True):
        expected[piece] = 0 if corner in lost else expected[piece]
    assert array.is_readable() == (len(lost) < len(corners))
    found = array.whole()
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.uint32
    assert set(array.lost) == lost
    told = array.describe_damage()
    if not lost:
        assert told == ""
    elif len(lost) == len(corners):
        assert told == "nothing of it is left (cut off)"
    else:
        assert told == f"{len(lost)} of its {len(corners)} pieces are lost (cut off) and read as 0"


@pytest.mark.parametrize("reason", [OSError("wrong"), MemoryError(), KeyError("x")])
def test_whatever_a_damaged_file_raises_is_told_as_damage(reason):
    array = array_of(np.ones((4, 4)), (2, 4), {(2, 0)}, reason)
    array.whole()
    assert array.describe_damage() == "1 of its 2 pieces are lost (damaged) and read as 0"


def test_lost_texts_are_empty_and_single_values_are_one_piece():
    texts = np.array(["Fe", "Kα", "Ca"], object)
    assert array_of(texts, (2,), {(0,)}, OSError()).whole().tolist() == ["", "", "Ca"]
    assert array_of(np.array(7), (), set(), OSError()).whole() == 7
    assert array_of(np.array(7), (), {()}, OSError()).is_readable() is False


def test_an_array_without_values_is_readable_and_lost_attributes_are_told():
    array = array_of(np.zeros((0, 3)), (1, 3), set(), OSError(), all_attributes=False)
    assert array.is_readable()
    assert array.whole().shape == (0, 3)
    assert array.describe_damage() == "attributes of it are lost"
