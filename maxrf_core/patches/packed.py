"""Patches as compact JSON: their masks as compressed bits, and their outlines as drawn."""

import base64
import binascii
import zlib
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from maxrf_core.errors import PatchError
from maxrf_core.language import _
from maxrf_core.patches.patch import MAX_PATCHES, Patch, as_rings

MAX_MASK_PIXELS = 1_000_000_000

_packed: WeakKeyDictionary[Patch, dict[str, Any]] = WeakKeyDictionary()  # a patch never changes


def packed_patches(patches: Iterable[Patch]) -> list[dict[str, Any]]:
    """Return patches as what JSON holds.

    Parameters
    ----------
    patches : iterable of Patch

    Returns
    -------
    list of dict
        Of each ``name``, ``colour``, ``shape`` (height, width), ``mask`` (its bits, row by row, compressed by
        zlib, in base64) and ``drawn`` (rings of corners x, y).

    Examples
    --------
    >>> sky = Patch("sky", "#56b4e9", np.eye(3, dtype=bool))
    >>> [again] = unpacked_patches(packed_patches([sky]))
    >>> again.name, again.mask.astype(int).tolist()
    ('sky', [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    """
    found = []
    for patch in patches:
        if patch not in _packed:
            _packed[patch] = _pack(patch)
        found.append(_packed[patch])
    return found


def unpacked_patches(packed: Any) -> list[Patch]:
    """Return the patches that were packed.

    Parameters
    ----------
    packed : list of dict
        From `packed_patches`.

    Raises
    ------
    PatchError
        If they were not.
    """
    try:
        if len(packed) > MAX_PATCHES:
            raise ValueError("too many patches")
        return [_unpack(each) for each in packed]
    except (KeyError, TypeError, ValueError, AttributeError, zlib.error, binascii.Error) as error:
        raise PatchError(_("What is to be read are no saved patches.")) from error


def _pack(patch: Patch) -> dict[str, Any]:
    bits = zlib.compress(np.packbits(patch.mask).tobytes())
    return {
        "name": patch.name,
        "colour": patch.colour,
        "shape": list(patch.mask.shape),
        "mask": base64.b64encode(bits).decode("ascii"),
        "drawn": [ring.tolist() for ring in patch.drawn],
    }


def _unpack(packed: dict[str, Any]) -> Patch:
    height, width = (int(length) for length in packed["shape"])
    count = height * width
    if min(height, width) < 1 or count > MAX_MASK_PIXELS:
        raise ValueError("no shape of a scan")
    size = (count + 7) // 8
    bits = zlib.decompressobj().decompress(base64.b64decode(packed["mask"], validate=True), size)
    if len(bits) != size:
        raise ValueError("not as many bits as pixels")
    mask = np.unpackbits(np.frombuffer(bits, np.uint8), count=count).reshape(height, width).astype(bool)
    rings = packed["drawn"]
    return Patch(packed["name"], packed["colour"], mask, as_rings(rings) if rings else ())
