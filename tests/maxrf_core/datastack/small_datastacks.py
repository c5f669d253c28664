"""Small datastacks of each kind, and reading them without the project's code."""

import hashlib
from pathlib import Path

import h5py
import numpy as np
import pytest
import zarr
from zarr.storage import ZipStore

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration

COUNTS = np.random.default_rng(5).poisson(3, (20, 17, 90)).astype(np.uint16)
CALIBRATION = Calibration(0.1, -0.3)
KINDS = ["hdf5", "zarr2", "zarr3"]


def make(kind: str, path: Path) -> Path:
    """Make a small calibrated datastack: ours, or in the layout of maxrf4u."""
    if kind == "hdf5":
        return convert(ArrayScan(COUNTS), path, calibration=CALIBRATION)
    with ZipStore(path, mode="w") as store:
        group = zarr.open_group(store, mode="w", zarr_format=int(kind[-1]))
        group.create_array("maxrf_cube", data=COUNTS.astype(np.float32), chunks=(7, 8, 40))
        group.create_array("maxrf_energies", data=CALIBRATION.energies(90))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def plainly(path: Path, name: str) -> np.ndarray:
    """Read an array without the project's code."""
    if h5py.is_hdf5(path):
        with h5py.File(path) as file:
            return file[name].asstr()[()] if h5py.check_string_dtype(file[name].dtype) else file[name][()]
    with ZipStore(path, mode="r") as store:
        return zarr.open_group(store, mode="r")[name][...]


@pytest.fixture(name="path", params=KINDS)
def each_kind(request, tmp_path) -> Path:
    return make(request.param, tmp_path / "scan.datastack")


@pytest.fixture(name="ours")
def our_kind(tmp_path) -> Path:
    return make("hdf5", tmp_path / "scan.datastack")
