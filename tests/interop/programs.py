"""What other programs see in a datastack. Runs on a Python of its own, on which they are installed.

    python tests/interop/programs.py PROGRAM FILE…

Prints a line of JSON for each file: `path` of what is plotted or read, its `shape`, the `spectrum` of the
pixel x = 2, y = 3, and for the axes y, x and energy the first two `values` and the `units`.
"""

import json
import sys
from typing import Any


def silx(file: str) -> dict[str, Any]:
    """Take the default plot, as `silx view` does when it opens a file."""
    from silx.io import nxdata, open

    with open(file) as opened:
        plot = nxdata.get_default(opened)
        assert plot.is_valid
        assert plot.interpretation == "spectrum"
        return {
            "path": plot.signal.name,
            "shape": plot.signal.shape,
            "spectrum": plot.signal[3, 2].tolist(),
            "values": [None if axis is None else axis[:2].tolist() for axis in plot.axes],
            "units": [None if axis is None else axis.attrs["units"] for axis in plot.axes],
        }


def hyperspy(file: str) -> dict[str, Any]:
    """Load everything that is there, as a person does who knows no options."""
    import hyperspy.api

    loaded = hyperspy.api.load(file, file_format="NeXus")
    signal = loaded[0]
    assert signal.axes_manager.signal_dimension == 1
    axes = [*reversed(signal.axes_manager.navigation_axes), *signal.axes_manager.signal_axes]
    return {
        "path": signal.metadata.General.title,
        "shape": signal.data.shape,
        "spectrum": signal.inav[2, 3].data.tolist(),
        "values": [axis.axis[:2].tolist() for axis in axes],
        "units": [str(axis.units or "") for axis in axes],
    }


def hyperspy_default(file: str) -> dict[str, Any]:
    """Load the default plot without reading its counts."""
    import hyperspy.api

    signal = hyperspy.api.load(file, file_format="NeXus", use_default=True, lazy=True)
    return {"path": signal.metadata.General.title, "shape": signal.data.shape}


def pymca(file: str) -> dict[str, Any]:
    """Let PyMca find the spectra and the group they are in, and read them as a stack with its axes."""
    import h5py
    from PyMca5.PyMcaCore import NexusTools
    from PyMca5.PyMcaIO.HDF5Stack1D import HDF5Stack1D

    with h5py.File(file) as opened:
        counts, *_older = NexusTools.getMcaList(opened, "/")
        group = NexusTools.getMeasurementGroup(opened, counts)
        entry = NexusTools.getEntryName(counts, h5file=opened)
        axes = [group[name] for name in group.attrs["axes"] if name in group]
        units = [axis.attrs["units"] for axis in axes]
        paths = [axis.name.removeprefix(entry) for axis in axes]
    stack = HDF5Stack1D([file], {"y": counts.removeprefix(entry), "x": paths})
    first = [[float(start), float(start + step)] for start, step in map(stack.info.get, ("yScale", "xScale"))]
    return {
        "path": counts,
        "shape": stack.data.shape,
        "spectrum": stack.data[3, 2].tolist(),
        "values": [*first, stack.x[0][:2].tolist()],
        "units": units,
    }


PROGRAMS = {each.__name__: each for each in (silx, hyperspy, hyperspy_default, pymca)}

if __name__ == "__main__":
    for path in sys.argv[2:]:
        print("seen", json.dumps(PROGRAMS[sys.argv[1]](path)), flush=True)
