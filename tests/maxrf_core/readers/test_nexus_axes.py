"""Axes of an NXdata group are found as the group names them, and as older files do."""

import h5py
import numpy as np

from maxrf_core.readers.nexus_axes import axes_of


def test_axes_of_the_group_or_of_the_signal(tmp_path):
    with h5py.File(tmp_path / "axes.nxs", "w") as file:
        group = file.create_group("scan")
        group["counts"], group["x"], group["e"] = np.zeros((2, 3)), np.arange(3), np.arange(5)
        group.attrs["axes"] = [".", "x"]
        assert [axis and axis.name for axis in axes_of(group, group["counts"])] == [None, "/scan/x"]
        group.attrs["axes"] = ["e", "x"]  # of another length
        assert axes_of(group, group["counts"])[0] is None
        del group.attrs["axes"]
        group["counts"].attrs["axes"] = "y:x"
        assert [axis and axis.name for axis in axes_of(group, group["counts"])] == [None, "/scan/x"]
