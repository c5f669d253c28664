"""Mutual information is greatest where two pictures show the same, whatever their tones."""

import numpy as np
import pytest

from benchmarks.mutual_information import BINS, normalised_information


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(1).integers(0, BINS, (80, 90))


def test_a_picture_shares_all_of_its_information_with_itself_and_with_its_negative(picture: np.ndarray):
    for same in (picture, BINS - 1 - picture):
        assert normalised_information(picture, same.astype(np.float32)) == pytest.approx(2, abs=1e-2)


def test_it_shares_none_with_noise_and_less_when_it_is_shifted(picture: np.ndarray):
    noise = np.random.default_rng(2).integers(0, BINS, picture.shape).astype(np.float32)
    assert normalised_information(picture, noise) == pytest.approx(1, abs=0.05)
    half = np.where(np.arange(90) < 45, picture, noise).astype(np.float32)
    assert 1.1 < normalised_information(picture, half) < 1.9


def test_what_the_photograph_does_not_reach_is_left_out(picture: np.ndarray):
    laid = picture.astype(np.float32)
    laid[:40] = -99
    assert normalised_information(picture, laid) == pytest.approx(2, abs=1e-2)
