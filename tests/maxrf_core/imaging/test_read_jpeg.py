"""JPEG files are decoded as Pillow decodes them, and a file that is cut off is not filled with grey."""

import numpy as np
import pytest
from PIL import Image

from maxrf_core.imaging.pillow import open_picture
from maxrf_core.imaging.read_jpeg import array_shape, read_jpeg

SMOOTH = np.fromfunction(lambda y, x, c: (2 * x + y + 60 * c) % 256, (96, 120, 3)).astype(np.uint8)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("pixels", [SMOOTH, SMOOTH[..., 0]], ids=["colours", "grey"])
def test_a_file_is_decoded_and_without_its_end_it_raises(tmp_path, pixels, progressive):
    path = tmp_path / "photo.jpg"
    Image.fromarray(pixels).save(path, quality=95, progressive=progressive)
    with open(path, "rb") as file, open_picture(file) as image:
        assert array_shape(image) == pixels.shape
        decoded, looked = read_jpeg(file, image, path.name, keep=True)
        assert looked is None
        assert np.abs(decoded.astype(int) - np.asarray(Image.open(path))).max() <= 2
    path.write_bytes(path.read_bytes()[:-400])
    for keep in (True, False):
        with open(path, "rb") as file, open_picture(file) as image, pytest.raises(OSError, match="truncated"):
            read_jpeg(file, image, path.name, keep)
