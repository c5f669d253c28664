"""Axes of a signal in an NXdata group."""

import re
from typing import Any

import h5py

from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.readers.hdf5_layouts import text_of


def axes_of(group: h5py.Group, signal: h5py.Dataset) -> list[h5py.Dataset | None]:
    """Return the values of each of a signal's axes in an NXdata group, None where there are none."""
    steps, count = LinkSteps(""), len(signal.shape)
    listed: Any = group.attrs.get("axes")
    if listed is None and "axes" in signal.attrs:
        listed = [part for part in re.split(r"[:,\[\]\s]+", text_of(signal.attrs, "axes")) if part]
    names = [listed] if isinstance(listed, str | bytes) else list(listed) if listed is not None else []
    texts = [name.decode(errors="replace") if isinstance(name, bytes) else str(name) for name in names]
    found: list[h5py.Dataset | None] = [None] * count
    for place, name in enumerate(texts[:count]):
        dataset = own_dataset(group, name, steps) if name not in (".", "") else None
        if dataset is not None and dataset.shape == (signal.shape[place],) and dataset.dtype.kind in "uif":
            found[place] = dataset
    return found
