"""Edges of pictures, whatever their contrast."""

import numpy as np

from maxrf_core.autoalign.edge_features import edges, normalise_noise
from tests.maxrf_core.autoalign.seen_drawing import draw


def test_edges_are_the_same_in_a_negative_and_whatever_the_scale():
    drawing = draw(2)[:200, :200, None]
    expected = edges(normalise_noise(drawing), 1.5)
    np.testing.assert_allclose(edges(normalise_noise(1 - drawing), 1.5), expected, atol=0.02 * expected.max())
    np.testing.assert_allclose(
        edges(normalise_noise(3000 * drawing + 7), 1.5), expected, atol=0.02 * expected.max()
    )


def test_edges_turn_with_the_picture():
    drawing = draw(2)[:200, :200, None]
    strength, along, across = np.moveaxis(edges(drawing, 1.5), 2, 0)
    turned = edges(np.ascontiguousarray(np.rot90(drawing)), 1.5)
    np.testing.assert_allclose(turned[:, :, 0], np.rot90(strength), atol=1e-4)
    np.testing.assert_allclose(turned[:, :, 1], -np.rot90(along), atol=1e-3)  # twice 90° is 180°
    np.testing.assert_allclose(turned[:, :, 2], -np.rot90(across), atol=1e-3)


def test_channels_of_pure_noise_have_little_weight():
    noise = np.random.default_rng(1).normal(size=(600, 680, 5))
    drawing = draw(2)[:, :, None]
    alone = edges(normalise_noise(drawing), 1.5)[:, :, 0]
    together = edges(normalise_noise(np.dstack([drawing, 9 * noise])), 1.5)[:, :, 0]
    assert np.corrcoef(alone.ravel(), together.ravel())[0, 1] > 0.97
