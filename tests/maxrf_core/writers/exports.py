"""Scans to be exported with cubes of any type."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.hdf5_store import new_file
from maxrf_core.names import CUBE, ENERGIES
from maxrf_core.spectrum.calibration import Calibration

LINE = Calibration(0.0100213, -0.961)
ABOUT = {
    "title": "Panel, left wing",
    "pixel_size_mm": np.array([0.65, 0.3]),
    "live_time_s": 512.25,
    "tube_kV": 50.0,
}

cubes = st.sampled_from(["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"]).flatmap(
    lambda dtype: arrays.arrays(
        np.dtype(dtype),
        arrays.array_shapes(min_dims=3, max_dims=3, max_side=9),
        elements=arrays.from_dtype(np.dtype(dtype), allow_nan=False, allow_infinity=False),
    )
)


def scan_of(
    counts: np.ndarray,
    folder: Path,
    line: Calibration | None = LINE,
    about: Mapping[str, object] = MappingProxyType(ABOUT),
) -> DataStack:
    """Return a datastack whose cube has exactly this type, where a conversion would choose its own."""
    path = folder / "scan.datastack"
    with new_file(path, overwrite=True) as file:
        file.attrs.update(about)
        file.create_dataset(
            CUBE, data=counts, chunks=tuple(min(side, max(4, side // 3)) for side in counts.shape)
        )
        if line is not None:
            file[ENERGIES] = line.energies(counts.shape[2])
            file[ENERGIES].attrs.update(gain=line.gain, offset=line.offset)
    return DataStack(path)
