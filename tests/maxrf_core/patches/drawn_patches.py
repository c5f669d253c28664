"""Patches for the tests of files, and hypothesis strategies for others."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maxrf_core.patches.patch import Patch

SHAPE = (12, 15)
corner = st.tuples(st.floats(-3, 17), st.floats(-3, 14))
any_mask = arrays(bool, SHAPE).filter(np.any)


def of_mask(mask: np.ndarray) -> Patch:
    return Patch("speckles", "#0072b2", mask)


def lasso(corners: list) -> Patch | None:
    """Return the patch inside a lasso, None if no pixel's centre is in it."""
    try:
        return Patch.polygon(corners, SHAPE, "sky", "#56b4e9")
    except ValueError:
        return None


lassos = st.lists(corner, min_size=3, max_size=9).map(lasso).filter(bool)
any_patches = st.lists(st.one_of(any_mask.map(of_mask), lassos), min_size=1, max_size=3)


def told(patches: list[Patch]) -> list:
    return [(patch.name, patch.colour, patch.mask.tolist()) for patch in patches]
