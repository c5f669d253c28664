"""Poor scenes are poor as they say, and their truth stays."""

import numpy as np
import pytest

from benchmarks.poor_scenes import POOR, poor_scenes
from maxrf_core.autoalign.robust_fit import landmarks_of


@pytest.mark.parametrize("kind", POOR)
def test_a_poor_scene_is_as_its_name_says(kind):
    scene = poor_scenes()[f"{kind}, demo: Fe"](2)
    values = scene.maps[0]
    places = landmarks_of(scene.shape)
    np.testing.assert_allclose(scene.truth.apply(scene.truth.inverse().apply(places)), places, atol=1e-6)
    if "NaN" in kind or "zeros" in kind:
        gone = (np.isnan(values) if "NaN" in kind else values == 0).all(axis=1).mean()
        assert 0.4 < gone < 0.6 if "half" in kind else 0 < gone < 0.05
    if kind == "coarse photograph":
        step = np.hypot(*np.diff(scene.truth.apply([[50, 50], [51, 50]]), axis=0)[0])
        assert 1.3 < step < 2.5
    if "counts" in kind:
        assert 1.5 < values.mean() < 5.5
