"""What other programs see in our files. Runs on a Python of its own, on which they are installed.

    python tests/interop/programs.py PROGRAM FILE…

Prints a line of JSON for each file. Of a datastack: `path` of what is plotted or read, its `shape`, the
`spectrum` of the pixel x = 2, y = 3, and for the axes y, x and energy the first two `values` and the `units`.
Of a transform: to which `places` it leads `PLACES`.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

PLACES = [[0.0, 0.0], [40.25, 30.5], [79.0, 59.0]]


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


def simpleitk(file: str) -> dict[str, Any]:
    """Apply a transform, from the fixed image to the moving one."""
    import SimpleITK

    transform = SimpleITK.ReadTransform(file)
    return {"places": [transform.TransformPoint(place) for place in PLACES]}


def elastix(file: str) -> dict[str, Any]:
    """Have transformix apply transform parameters to points."""
    import itk
    import numpy as np

    params = itk.ParameterObject.New()
    params.ReadParameterFile(file)
    with tempfile.TemporaryDirectory() as folder:
        rows = [f"{x} {y}" for x, y in PLACES]
        (Path(folder) / "points.txt").write_text("\n".join(["point", str(len(rows)), *rows, ""]))
        transformix = itk.TransformixFilter.New(itk.image_from_array(np.zeros((480, 640), np.float32)))
        transformix.SetTransformParameterObject(params)
        transformix.SetFixedPointSetFileName(str(Path(folder) / "points.txt"))
        transformix.SetOutputDirectory(folder)
        transformix.SetLogToConsole(False)
        transformix.Update()
        told = (Path(folder) / "outputpoints.txt").read_text().splitlines()
    outputs = (line.split("OutputPoint = [")[1].split("]")[0].split() for line in told)
    return {"places": [[float(x), float(y)] for x, y in outputs]}


def gdal(file: str) -> dict[str, Any]:
    """Find where the corner, the middle and the far corner of a picture lie, and its control points."""
    import rasterio

    with rasterio.open(file) as opened:
        points, _crs = opened.gcps
        return {
            "shape": opened.shape,
            "places": [opened.transform * (x, y) for x, y in ((0, 0), (opened.width, opened.height))],
            "control_points": [[point.col, point.row, point.x, point.y] for point in points],
            "is_local": "LOCAL_CS" in str(opened.crs or opened.gcps[1]),
        }


PROGRAMS = {
    each.__name__: each for each in (silx, hyperspy, hyperspy_default, pymca, simpleitk, elastix, gdal)
}

if __name__ == "__main__":
    for path in sys.argv[2:]:
        print("seen", json.dumps(PROGRAMS[sys.argv[1]](path)), flush=True)
