"""Colours of 16 bits from an ICC profile to sRGB, which Pillow converts with 8 bits alone.

Profiles of three primaries and three curves are computed here (ICC.1:2022, annex F.3), as photo editors and
raw converters embed them: Adobe RGB, ProPhoto RGB, Display P3, eciRGB. Profiles with tables are not.
"""

import io
import struct
from collections.abc import Callable

import numpy as np
from PIL import ImageCms

from maxrf_core.imaging.colours import STRIP, profile_notes, srgb_transform
from maxrf_core.large_array import let_go

FULL = 65535
STEPS = 1 << 20  # of the table of sRGB's curve; its steep beginning then keeps 16 bits
TABLES = (b"A2B0", b"A2B1", b"A2B2")  # tags of profiles with tables of colours
CURVES = (b"rTRC", b"gTRC", b"bTRC")
MAX_BLACK = 1e-3  # light of black; of more, programs differ on what becomes of it
FIXED = 65536  # the denominator of s15Fixed16Number (ICC.1:2022, 4.6)
N_PARAMS = (1, 3, 4, 5, 7)  # of each function of a parametric curve (10.18)


def deep_to_srgb(name: str, pixels: np.ndarray, profile: bytes) -> list[str]:
    """Convert RGB or RGBA pixels of 16 bits in place to sRGB.

    Parameters
    ----------
    name : str
        Of the picture, for the note.
    pixels : ndarray, (height, width, 3) or (height, width, 4)
        uint16 up to 65535; any other numbers keep their values.
    profile : bytes
        May be empty.

    Returns
    -------
    list of str
        A sentence if the profile changes colours and could not be applied.
    """
    if not profile or srgb_transform(profile) is None:
        return []
    converted = _converter(profile) if pixels.dtype == np.uint16 and pixels.ndim == 3 else None
    if converted is None:
        return profile_notes(name, profile)
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP, :, :3]
        strip[...] = converted(strip)
        let_go(pixels)
    return []


def _converter(profile: bytes) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return the function that converts (..., 3) uint16; None for a profile of another kind."""
    tags = _tags(profile)
    own, srgb = (
        ImageCms.ImageCmsProfile(source).profile
        for source in (io.BytesIO(profile), ImageCms.createProfile("sRGB"))
    )
    if own.xcolor_space.strip() != "RGB" or any(table in tags for table in TABLES):
        return None
    try:
        linear = np.stack([_curve(tags[name]) for name in CURVES])
        if linear[:, 0].max() > MAX_BLACK:
            return None
        matrix = np.linalg.solve(_primaries(srgb), _primaries(own)).astype(np.float32)
    except (KeyError, TypeError, ValueError, struct.error, np.linalg.LinAlgError):
        return None
    encoded = _srgb_table()

    def converted(strip: np.ndarray) -> np.ndarray:
        light = np.stack([linear[channel][strip[..., channel]] for channel in range(3)], axis=-1)
        mixed = np.clip(light @ matrix.T, 0, 1)
        return encoded[np.rint(mixed * (STEPS - 1)).astype(np.int32)]

    return converted


def _tags(profile: bytes) -> dict[bytes, bytes]:
    """Return the content of each tag (ICC.1:2022, 7.3)."""
    found = {}
    (count,) = struct.unpack_from(">I", profile, 128)
    for number in range(min(count, 100)):
        name, start, size = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        found[name] = profile[start : start + size]
    return found


def _primaries(profile: ImageCms.core.CmsProfile) -> np.ndarray:
    """Return the primaries as the columns of a matrix to XYZ under D50."""
    colorants = profile.red_colorant, profile.green_colorant, profile.blue_colorant
    return np.array([each[0] for each in colorants], np.float64).T  # type: ignore[index]


def _curve(content: bytes) -> np.ndarray:
    """Return the light, from 0 to 1, for each of 65536 values: (65536,) float32 (10.6 and 10.18).

    Raises
    ------
    ValueError, struct.error
        If the curve is of no known kind, or cut off.
    """
    values = np.linspace(0, 1, FULL + 1)
    kind, count = content[:4], int.from_bytes(content[8:12], "big")
    if kind == b"curv" and count == 0:
        light = values
    elif kind == b"curv" and count == 1:
        light = values ** (int.from_bytes(content[12:14], "big") / 256)
    elif kind == b"curv":
        table = np.frombuffer(content[12 : 12 + 2 * count], ">u2") / FULL
        if len(table) != count:
            raise ValueError("the curve is cut off")
        light = np.interp(values, np.linspace(0, 1, count), table)
    elif kind == b"para":
        light = _parametric(values, content)
    else:
        raise ValueError("the curve is of no known kind")
    return np.clip(light, 0, 1).astype(np.float32)


def _parametric(values: np.ndarray, content: bytes) -> np.ndarray:
    """Return one of the functions of a parametric curve (table 68)."""
    (function,) = struct.unpack_from(">H", content, 8)
    if function >= len(N_PARAMS):
        raise ValueError("the curve is of no known kind")
    count = N_PARAMS[function]
    gamma, *rest = (number / FIXED for number in struct.unpack_from(f">{count}i", content, 12))
    a, b, c, d, e, f = (rest + [1.0, 0.0, 0.0, 0.0, 0.0, 0.0][len(rest) :])[:6]
    if function in (1, 2):  # the straight part ends where the curve begins
        d, e, f, c = -b / a if a else 0.0, c, c, 0.0
    power = np.maximum(a * values + b, 0) ** gamma + e
    return np.where(values >= d, power, c * values + f)


def _srgb_table() -> np.ndarray:
    """Return sRGB's value for each of `STEPS` steps of light: (STEPS,) uint16 (IEC 61966-2-1)."""
    light = np.linspace(0, 1, STEPS)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(curve * FULL).astype(np.uint16)
