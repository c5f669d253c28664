"""Edges of a map are found whatever its values mean."""

import numpy as np

from widgets.session.map_data import MapData
from widgets.viewer.compared import edges_of_map


def test_a_step_is_an_edge_in_counts_and_in_differences_below_zero():
    step = np.repeat([[0.0] * 10 + [100.0] * 10], 20, axis=0)
    for values, is_counts in ((step, True), (step - 200, False)):
        layer = edges_of_map(MapData(values), 10, is_counts)
        columns = np.flatnonzero(np.asarray(layer.draw(layer.whole)).any(axis=0))
        assert set(columns.tolist()) <= {8, 9, 10, 11}
        assert columns.size
