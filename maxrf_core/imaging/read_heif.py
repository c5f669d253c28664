"""Reading of HEIC pictures with more than 8 bits, which Pillow's kind of picture would reduce to 8."""

from typing import Any, BinaryIO

import numpy as np

from maxrf_core.imaging.deep_profile import deep_to_srgb
from maxrf_core.imaging.limits import check_memory
from maxrf_core.language import Note, marked
from maxrf_core.large_array import in_bands, large_array, let_go

BYTE = 8
DECODER_BYTES = (
    12  # for each sample: the decoder's own copy and that of pillow-heif, as measured for 8 bits, twice
)
HIGH_RANGE = (16, 18)  # transfer characteristics PQ and HLG (ITU-T H.273, table 3)
AV1_HEADER, DEEP = b"av1C", 0x40  # box of an AVIF file, and the bit of its third byte that tells of depth
HEADER_BYTES = 4000


def bits_of_heif(image: Any) -> int:
    """Return the bits of a sample of a picture that pillow-heif opened."""
    bits = image.info.get("bit_depth", BYTE)
    return bits if isinstance(bits, int) else BYTE


def read_deep_heif(file: BinaryIO, image: Any, name: str, keep: bool) -> tuple[np.ndarray, list[str]]:
    """Decode a HEIC picture of 10 or 12 bits: uint16, white at full scale.

    Parameters
    ----------
    file : binary file
    image : PIL.Image.Image
        Its header, which is not decoded.
    name : str
        For messages.
    keep : bool
        False if only the check is wanted.

    Returns
    -------
    pixels : ndarray, (height, width), (height, width, 3) or (height, width, 4)
    notes : list of str
        Sentences on colours that are not converted.

    Raises
    ------
    PictureError
        If it takes too much memory.
    """
    from pillow_heif import open_heif  # slow to import

    check_memory(name, image.width * image.height * len(image.getbands()) * DECODER_BYTES)
    file.seek(0)
    opened = open_heif(file, convert_hdr_to_8bit=False)
    decoded = np.asarray(opened)
    if not keep:
        return np.zeros((1, 1), np.uint8), []
    pixels = large_array(decoded.shape, np.uint16)
    bits = bits_of_heif(opened)
    for rows in in_bands(len(pixels), pixels[0].nbytes):
        band = decoded[rows].astype(np.uint16)  # the upper bits; the lower ones are 0
        pixels[rows] = band | band >> bits
        let_go(pixels)
    if (opened.info.get("nclx_profile") or {}).get("transfer_characteristics") in HIGH_RANGE:
        words = marked("{name} is a picture of high dynamic range (HDR); its brightness is taken as stored.")
        return pixels, [Note(words, name=name)]
    return pixels, deep_to_srgb(name, pixels, opened.info.get("icc_profile") or b"")


def note_of_deep_avif(file: BinaryIO, name: str) -> list[str]:
    """Return the note that an AVIF file has more bits than are read; none for other files."""
    file.seek(0)
    start = file.read(HEADER_BYTES)
    place = start.find(AV1_HEADER)
    depth = start[place + len(AV1_HEADER) + 2 : place + len(AV1_HEADER) + 3] if place >= 0 else b""
    if not depth or not depth[0] & DEEP:
        return []
    words = marked(
        "{name} has more than 8 bits, of which the upper 8 are read; for all of them save it as TIFF."
    )
    return [Note(words, name=name)]
