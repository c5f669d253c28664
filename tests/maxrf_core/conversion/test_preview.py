"""The preview of a raw scan shows its strongest peak."""

import numpy as np
import pytest

from maxrf_core.conversion.preview import preview
from maxrf_core.readers import ArrayScan, open_scan


def test_the_preview_shows_the_strongest_peak_but_not_the_zero_peak():
    channels = np.arange(2048)

    def peak(channel, height):
        return height * np.exp(-((channels - channel) ** 2) / (2 * 4**2))

    scene = np.random.default_rng(0).random((30, 40))
    rest = np.random.default_rng(1).random((30, 40))
    mean = peak(48, 5000) + scene[:, :, None] * peak(600, 900) + rest[:, :, None] * peak(900, 300) + 1
    seen = preview(ArrayScan(np.random.default_rng(2).poisson(mean).astype("u2")))
    assert seen.dtype == np.float32
    assert seen.shape == (30, 40)
    assert np.corrcoef(seen.ravel(), scene.ravel())[0, 1] > 0.99


def test_the_preview_of_a_large_scan_is_small_and_keeps_its_proportions():
    counts = np.zeros((900, 300, 16), "u1")
    counts[:450, :, 9] = 100
    seen = preview(ArrayScan(counts))
    assert seen.shape == (300, 100)
    assert seen[:150].min() > seen[150:].max()


def test_the_preview_of_a_real_scan_shows_the_drawing(real_scan):
    truth = np.load(real_scan / "upright_truth.npz")
    sulfur = dict(zip(truth["elements"], truth["maps"], strict=True))["S"]  # whose line is the highest
    for name in ("upright", "turned"):
        seen = preview(open_scan(real_scan / f"{name}.rpl"))
        shown = seen if name == "upright" else seen[::-1, ::-1]
        assert np.corrcoef(shown.ravel(), sulfur.ravel())[0, 1] > 0.6


@pytest.mark.parametrize("channels", [1, 7, 8, 64])
def test_a_scan_with_few_channels_or_no_peak_can_be_previewed(channels):
    assert preview(ArrayScan(np.ones((3, 4, channels), "u2"))).tolist() == [[1.0] * 4] * 3
