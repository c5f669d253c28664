"""What the check of a large photograph has decoded is the first picture of it, once."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from maxrf_core.imaging.quick_look import QuickLook, quick_look
from server import quick_looks
from server.settings import uploads
from server.upload_check import PICTURE_ENDINGS
from tests.server.http_client import ANNA, put

SIZE = 8192, 6200  # a little more than 50 million pixels


def test_the_copy_of_a_checked_upload_is_there_once(port: int):
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, (90, 60, 30)).save(buffer, "JPEG")
    status, answer = put(port, "photo.jpg", buffer.getvalue())
    assert status == 200
    path = uploads().find(ANNA, answer["identifier"], *PICTURE_ENDINGS)
    looked, expected = quick_looks.take(path), quick_look(path)
    assert looked is not None
    assert expected is not None
    assert looked.size == SIZE
    assert np.array_equal(looked.pixels, expected.pixels)
    assert quick_looks.take(path) is None


def test_only_the_last_few_are_kept():
    paths = [Path(f"photo-{number}.jpg") for number in range(quick_looks.MAX_KEPT + 2)]
    for path in paths:
        quick_looks.keep(path, QuickLook(np.zeros((2, 3, 3), np.uint8), (20, 30)))
    assert [quick_looks.take(path) is not None for path in paths] == [False] * 2 + [
        True
    ] * quick_looks.MAX_KEPT
