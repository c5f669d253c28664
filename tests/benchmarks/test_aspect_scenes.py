"""Scenes with pixels that are not square keep their truth."""

import numpy as np
import pytest

from benchmarks.aspect_scenes import with_aspect
from benchmarks.scenes import demo


@pytest.mark.parametrize(("aspect", "shape"), [(0.7, (210, 280)), (1.4, (300, 200))])
def test_the_truth_follows_the_pixels(aspect: float, shape: tuple[int, int]):
    scene = demo(0, "Fe")
    narrow = with_aspect(scene, aspect)
    assert narrow.shape == shape
    outer = np.array([[-0.5, -0.5], [279.5, 299.5]])
    corner = narrow.truth.apply(scene.truth.inverse().apply(outer))
    np.testing.assert_allclose(corner, [[-0.5, -0.5], [shape[1] - 0.5, shape[0] - 0.5]], atol=1e-6)
