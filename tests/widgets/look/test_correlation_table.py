"""The table of correlations leaves out noise, and tells each with its error."""

import numpy as np

from maxrf_core.patches.correlation import Correlations
from widgets.look.correlation_table import table_of


def test_elements_that_are_seen_stand_in_the_table_with_their_errors():
    values = np.array([[1.0, -0.5, np.nan], [-0.5, 1.0, np.nan], [np.nan] * 3])
    found = Correlations(("Fe-K", "Pb-L", "Sn-L"), values, np.full((3, 3), 0.04), np.array([3.0, 2.0, 0.0]))
    words, numbers = table_of(found)
    assert list(words.columns) == ["Fe", "Pb"]
    assert words.loc["Fe", "Pb"] == "-0.50 ± 0.04"
    assert words.loc["Fe", "Fe"] == ""
    assert numbers.loc["Pb", "Fe"] == -0.5
    assert values[0, 0] == 1  # the correlations themselves stay as they are
