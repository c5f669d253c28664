"""Screenshots fit into the documentation, and every scene is a page of the app."""

import io

import numpy as np
import pytest
from PIL import Image

from tools.screenshots import MAX_BYTES, PROJECT, SCENES, small_png


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_screenshot_keeps_its_size_and_its_rare_colours():
    pixels = np.full((900, 1440, 3), 245, np.uint8)
    pixels[::2, :, 0] = np.arange(1440) % 256
    pixels[100:104, 100:104] = (255, 0, 0)
    small = small_png(png(pixels))
    assert len(small) <= MAX_BYTES
    shown = np.asarray(Image.open(io.BytesIO(small)).convert("RGB")).astype(int)
    assert shown.shape == pixels.shape
    assert np.abs(shown[102, 102] - (255, 0, 0)).max() < 40


def test_a_screenshot_that_cannot_be_made_small_is_refused():
    noise = np.random.default_rng(1).integers(0, 256, (1100, 1400, 3), np.uint8)
    with pytest.raises(ValueError, match="1400×1100 pixels does not fit"):
        small_png(png(noise))


def test_every_scene_is_a_page_of_the_app():
    for address, _ in SCENES.values():
        name = address.partition("?")[0] or "open"
        assert (PROJECT / "pages" / f"{name}.py").exists(), address
