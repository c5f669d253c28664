"""The rules of NeXus for a default plot, checked with h5py alone.

https://manual.nexusformat.org/datarules.html, "Find the plottable data".
"""

import h5py
import numpy as np


def default_plot(file: h5py.File) -> h5py.Group:
    """Follow the attributes `default` from the root to the NXdata group, as every reader of NeXus does."""
    assert file.attrs["NX_class"] == "NXroot"
    entry = file[file.attrs["default"]]
    assert entry.attrs["NX_class"] == "NXentry"
    group = entry[entry.attrs["default"]]
    assert group.attrs["NX_class"] == "NXdata"
    return group


def check_plot(file: h5py.File) -> dict[str, tuple[np.ndarray | None, str]]:
    """Check that the default plot is a stack of spectra; return values and unit of each axis by its name."""
    group = default_plot(file)
    assert all(isinstance(group.get(name, getlink=True), h5py.HardLink) for name in group)
    signal = group[group.attrs["signal"]]
    assert signal.attrs["interpretation"] == group.attrs["interpretation"] == "spectrum"
    assert signal.attrs["units"] == "counts"
    names = group.attrs["axes"].tolist()
    assert len(names) == len(signal.shape) == 3
    axes: dict[str, tuple[np.ndarray | None, str]] = {}
    for name, length in zip(names, signal.shape, strict=True):
        if name == ".":  # has no values
            axes[name] = None, ""
        else:
            assert group[name].shape == (length,)
            axes[name] = group[name][()], group[name].attrs["units"]
    assert set(group) == {group.attrs["signal"], *names} - {"."}
    return axes
