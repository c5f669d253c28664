"""Small pictures of maps."""

import base64
import io

import numpy as np
from PIL import Image

from widgets.elements.thumbnail import thumbnail


def test_a_thumbnail_is_a_picture_from_black_to_the_last_colour():
    start, data = thumbnail(np.array([[0.0, 5.0, 10.0]]), 10.0, "gray").split(",")
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
    assert start == "data:image/png;base64"
    assert picture[0, [0, 2], 0].tolist() == [0, 255]
