"""HEIC pictures of 10 and 12 bits keep their depth; of AVIF files it is said that they do not."""

import io

import numpy as np
import pillow_heif
import pytest

from maxrf_core.errors import PictureError
from maxrf_core.imaging import limits
from maxrf_core.imaging.read import check_picture, read_picture, read_with_notes
from maxrf_core.imaging.read_heif import note_of_deep_avif

RAMP = np.linspace(0, 65535, 64 * 48).reshape(48, 64)
DEEP = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], axis=-1).astype(np.uint16)


def as_deep_heic(pixels: np.ndarray, **nclx) -> bytes:
    """Return a lossless HEIC file of 10 bits."""
    height, width = pixels.shape[:2]
    mode = {2: "I;16", 3: "RGB;16"}[pixels.ndim]
    image = pillow_heif.from_bytes(mode=mode, size=(width, height), data=pixels.tobytes())
    file = io.BytesIO()
    image.save(file, quality=-1, chroma=444, matrix_coefficients=0, **nclx)
    return file.getvalue()


def test_ten_bits_of_colours_are_kept_with_white_at_full_scale():
    pixels, notes = read_with_notes(as_deep_heic(DEEP))
    assert (pixels.dtype, pixels.shape, notes) == (np.uint16, DEEP.shape, [])
    assert np.abs(pixels.astype(int) - DEEP).max() <= 65535 / 1023 + 1
    assert len(np.unique(pixels)) > 900  # with 8 bits there were 256
    assert (pixels.min(), pixels.max()) == (0, 65535)


def test_a_check_takes_it_and_a_damaged_one_is_refused():
    content = as_deep_heic(DEEP)
    check_picture(content)
    with pytest.raises(PictureError, match="damaged"):
        read_picture(content[: len(content) // 2])


def test_high_dynamic_range_is_told():
    notes = read_with_notes(as_deep_heic(DEEP, transfer_characteristics=16), "night.hif")[1]
    assert [str(note) for note in notes] == [
        "night.hif is a picture of high dynamic range (HDR); its brightness is taken as stored."
    ]


def test_one_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", 50_000)
    with pytest.raises(PictureError, match="too large"):
        read_picture(as_deep_heic(DEEP))


@pytest.mark.parametrize(("third", "count"), [(0x0C, 0), (0x4C, 1), (0x6C, 1)])  # 8, 10 and 12 bits
def test_an_avif_file_of_more_bits_says_so(third, count):
    start = b"\0" * 40 + b"av1C" + bytes([0x81, 0x20, third, 0])  # AV1-ISOBMFF, 2.3.3
    assert len(note_of_deep_avif(io.BytesIO(start), "a.avif")) == count
    assert note_of_deep_avif(io.BytesIO(b""), "a.avif") == []
