"""Sizes that no genuine scan has are refused before anything is read; genuine ones are taken."""

import h5py
import numpy as np
import pytest

from maxrf_core.untrusted.limits import check_array
from tests.maxrf_core.datastack.small_datastacks import our_kind  # noqa: F401
from tests.maxrf_core.untrusted.refusals import refused


@pytest.mark.parametrize("ratio", [1, 25, 1032])
def test_a_filled_cube_of_any_size_is_accepted(ratio):
    shape = (3000, 2400, 4096)  # 29 GB, or 59 as 16-bit counts
    check_array("scan.datastack", "maxrf_cube", shape, 1, 3000 * 2400 * 4096 // ratio, (64, 64, 64))
    check_array("scan.datastack", "maxrf_cube", shape, 4, 4 * 3000 * 2400 * 4096 // ratio, (512, 512, 128))


@pytest.mark.parametrize(
    ("name", "shape", "chunks", "reason"),
    [
        ("maxrf_cube_", (1_000_000, 1_000_000, 4096), (64, 64, 64), "would be 8,190 TB|at most"),
        ("maxrf_cube_", (3000, 2400, 4096), (64, 64, 64), "only .* are stored"),
        ("maxrf_cube_", (100_000, 20_000, 1), (64, 64, 1), "would be|pixels"),
        ("maxrf_cube_", (600, 600, 1000), (600, 600, 1000), "a chunk of"),
        ("maxrf_cube_", (600, 600, 1000), (1, 1, 2), "chunks"),
        ("photo", (40_000, 40_000, 3), (64, 64, 3), "only .* are stored"),
        ("photo", (2**40,), (1024,), "at most"),
        ("empty", (0, 2**40, 2**40), None, "at most"),
        ("wide", (100, 100, 40_000), None, "40,000 channels"),
    ],
)
def test_implausible_sizes_are_refused_before_anything_is_read(ours, name, shape, chunks, reason):
    with h5py.File(ours, "r+") as file:
        file.create_dataset(name, shape, np.uint16, chunks=chunks, compression="gzip" if chunks else None)
    refused(ours, reason)
