"""Contrast of pictures, equal in a part and in the whole picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maxrf_core.errors import PictureError
from maxrf_core.imaging.tone import CHANNELS, Tone

PICTURES = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))
TONES = st.builds(
    Tone,
    low=st.floats(0, 100),
    high=st.floats(101, 255),
    gamma=st.floats(0.2, 5),
    equalised=st.booleans(),
    inverted=st.booleans(),
    channel=st.sampled_from(CHANNELS),
)


@given(PICTURES)
def test_the_plain_tone_shows_a_picture_as_it_is(picture: np.ndarray):
    assert np.array_equal(Tone().apply(picture, Tone().table(picture)), picture)


@given(PICTURES, TONES)
def test_a_part_looks_as_it_does_in_the_whole(picture: np.ndarray, tone: Tone):
    table = tone.table(picture)
    part = np.s_[1:5, 2:7]
    whole = tone.apply(picture, table)
    assert whole.shape == picture.shape
    if picture[part].size:
        assert np.array_equal(tone.apply(picture[part], table), whole[part])


@given(PICTURES, TONES)
def test_lighter_stays_lighter_or_turns_darker_as_a_whole(picture: np.ndarray, tone: Tone):
    steps = np.diff(tone.table(picture).astype(int))
    assert (steps <= 0).all() if tone.inverted else (steps >= 0).all()


def test_equalising_spreads_what_lies_close_together():
    picture = np.repeat(np.arange(100, 104, dtype=np.uint8), 25).reshape(10, 10)[..., None].repeat(3, axis=2)
    tone = Tone(equalised=True)
    assert np.unique(tone.apply(picture, tone.table(picture))).tolist() == [0, 85, 170, 255]


@pytest.mark.parametrize("wrong", [{"low": 9, "high": 9}, {"gamma": 0}, {"channel": "infrared"}])
def test_an_invalid_tone_raises(wrong: dict):
    with pytest.raises(PictureError):
        Tone(**wrong)


def test_only_pictures_of_a_screen_have_a_tone():
    with pytest.raises(PictureError):
        Tone().apply(np.zeros((4, 4)), np.arange(256, dtype=np.uint8))
