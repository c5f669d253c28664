"""Outlines of patches with not too many corners, for drawing."""

import numpy as np

from maxrf_core.patches.outlines import outline_of
from maxrf_core.patches.patch import Patch


def coarse_outline(patch: Patch, max_corners: int) -> list[np.ndarray]:
    """Return the rings of a patch's outline; of many scattered pixels that of blocks that are half full.

    Parameters
    ----------
    patch : Patch
    max_corners : int
        Of all rings together.

    Returns
    -------
    list of ndarray, shape (n, 2), float64
    """
    if patch.drawn and sum(map(len, patch.drawn)) <= max_corners:
        return list(patch.drawn)
    rings, block = outline_of(patch.mask) if patch.drawn else patch.outline, 1
    while sum(map(len, rings)) > max_corners:
        block *= 2
        share = _block_shares(patch.mask, block)
        mask = share >= min(0.5, float(share.max()))
        rings = tuple((ring + 0.5) * block - 0.5 for ring in outline_of(mask))
    return list(rings)


def _block_shares(mask: np.ndarray, block: int) -> np.ndarray:
    """Return the share of each block of pixels that is in a mask."""
    height, width = mask.shape
    padded: np.ndarray = np.pad(mask, ((0, -height % block), (0, -width % block)))
    return padded.reshape(padded.shape[0] // block, block, -1, block).mean(axis=(1, 3))
