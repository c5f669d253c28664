"""HDF5 files as other programs write them, for tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np


def write_hdf5(path: Path, arrays: Mapping[str, Any], attributes: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write arrays by their paths, and attributes of groups and arrays."""
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file[name] = values
        for name, given in attributes.items():
            file.require_group(name) if name not in file else None
            file[name].attrs.update(given)
    return path


def counts_of(shape: tuple[int, ...], dtype: str = "u2") -> np.ndarray:
    """Return counts that differ from one another."""
    return np.random.default_rng(len(shape)).integers(0, 120, shape).astype(dtype)
