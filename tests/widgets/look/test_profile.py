"""The line on the picture: taken over from the browser, and its profile with the error."""

import numpy as np

from widgets.charts.map_stack import MapLayer
from widgets.look.profile import layer_profile, length_in_words, line_drawn
from widgets.session.choice import Choice
from widgets.session.map_data import MapData


def test_a_line_without_a_length_changes_nothing():
    now = Choice(ruler=(1.0, 2.0, 3.0, 4.0))
    line_drawn(now, 5, 5, 5, 5)
    assert now.ruler == (1.0, 2.0, 3.0, 4.0)


def test_the_error_of_a_layer_is_told_only_where_it_is_known():
    values = np.ones((9, 9), np.float32)
    data = MapData(values, "ones")
    bare = layer_profile(MapLayer("a", "a", data, ""), (0, 4, 8, 4), 1)
    known = layer_profile(MapLayer("a", "a", data, "", lambda: 2 * values), (0, 4, 8, 4), 1)
    assert np.all(np.isnan(bare.sigma))
    np.testing.assert_allclose(known.sigma, 2)
    np.testing.assert_allclose(known.scaled().values, 1)


def test_millimetres_are_told_only_where_the_scan_tells_them():
    assert "mm" not in length_in_words((0, 0, 3, 4), None)
    assert "2.5 mm" in length_in_words((0, 0, 3, 4), (0.5, 0.5))
