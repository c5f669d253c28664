"""The colours of a difference."""

import numpy as np

from widgets.viewer.difference import DIVERGING


def test_more_and_less_than_expected_have_colours_that_differ_from_equal():
    assert DIVERGING.shape == (256, 3)
    less, equal, more = DIVERGING[[0, 128, 255]].astype(int)
    assert less[2] > less[0] + 100  # blue
    assert more[0] > more[2] + 100  # red
    assert np.ptp(equal) < 10  # nearly white
    assert equal.min() > 230
