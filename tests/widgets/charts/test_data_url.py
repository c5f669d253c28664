"""A picture in an address is the picture."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from widgets.charts.data_url import data_url

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)


@pytest.mark.parametrize(
    ("kind", "mime", "error"), [("PNG", "png", 0), ("JPEG", "jpeg", 60), ("WEBP", "webp", 60)]
)
def test_a_picture_comes_back_from_its_address(kind: str, mime: str, error: int):
    smooth = np.asarray(Image.fromarray(PIXELS[:4, :6]).resize((30, 20), Image.Resampling.BICUBIC))
    head, content = data_url(Image.fromarray(smooth), kind).split(",")
    assert head == f"data:image/{mime};base64"
    found = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB"))
    assert np.abs(found.astype(int) - smooth).max() <= error


def test_a_coarser_quality_is_shorter():
    image = Image.fromarray(PIXELS)
    assert len(data_url(image, "JPEG", quality=20)) < len(data_url(image, "JPEG", quality=90))
