"""Patches that are packed into JSON come back exactly, and small."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from maxrf_core.errors import PatchError
from maxrf_core.patches.packed import packed_patches, unpacked_patches
from maxrf_core.patches.patch import Patch


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=20)).filter(np.any))
def test_any_mask_comes_back(mask: np.ndarray):
    [again] = unpacked_patches(json.loads(json.dumps(packed_patches([Patch("sky", "#56b4e9", mask)]))))
    assert (again.name, again.colour, again.drawn) == ("sky", "#56b4e9", ())
    assert np.array_equal(again.mask, mask)


def test_a_drawn_outline_comes_back_to_the_last_digit():
    drawn = Patch.polygon([(0.1, 0.2), (1 / 3, 50.7), (70.123456789, 60)], (80, 90), "wing", "#e69f00")
    [again] = unpacked_patches(json.loads(json.dumps(packed_patches([drawn]))))
    assert np.array_equal(again.mask, drawn.mask)
    assert [ring.tolist() for ring in again.drawn] == [ring.tolist() for ring in drawn.drawn]


def test_a_region_of_a_large_scan_is_small():
    patch = Patch.polygon([(10, 10), (1900, 60), (900, 1400)], (1500, 2000), "sky", "#56b4e9")
    assert len(json.dumps(packed_patches([patch]))) < 20_000


GOOD = packed_patches([Patch("sky", "#56b4e9", np.ones((9, 9), bool))])[0]


@pytest.mark.parametrize(
    "broken",
    [
        3,
        [3],
        [{}],
        [GOOD] * 101,
        [GOOD | {"shape": [9]}],
        [GOOD | {"shape": [9, 900]}],
        [GOOD | {"shape": [10**6, 10**6]}],
        [GOOD | {"mask": "no base64!"}],
        [GOOD | {"mask": "AAAA"}],
        [GOOD | {"name": 3}],
        [GOOD | {"drawn": [[1, 2]]}],
    ],
)
def test_what_is_not_packed_is_refused(broken: object):
    with pytest.raises(PatchError):
        unpacked_patches(broken)


@given(st.binary(max_size=60))
def test_any_bytes_in_the_place_of_a_mask_are_refused_or_fill_it(content: bytes):
    import base64

    try:
        [patch] = unpacked_patches([GOOD | {"mask": base64.b64encode(content).decode()}])
    except PatchError:
        return
    assert patch.mask.shape == (9, 9)
