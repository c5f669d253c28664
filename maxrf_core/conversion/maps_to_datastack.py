"""Conversion of element maps without spectra to a datastack, one map at a time."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.cube.packed_chunks import GZIP_LEVEL
from maxrf_core.datastack.hdf5_store import NewFile, new_file
from maxrf_core.datastack.stored_maps import MAPS
from maxrf_core.language import _
from maxrf_core.progress import Progress
from maxrf_core.readers import MapsScan
from maxrf_core.transform.coordinates import View

CHUNK_SIDE = 256  # pixels


def convert_maps(
    scan: MapsScan,
    path: Path,
    view: View,
    attributes: Mapping[str, Any],
    *,
    describe: Callable[[NewFile], object],
    report: Progress,
    overwrite: bool = False,
    beside: Callable[[], object] | None = None,
) -> Path:
    """Write a datastack that holds element maps and no cube.

    Parameters
    ----------
    scan : MapsScan
    path : Path
        The new datastack, see `maxrf_core.conversion.convert.convert`.
    view : View
        How the maps are mirrored and turned.
    attributes : mapping
        Of the array of maps, such as how they were turned.
    describe : callable
        Writes the root attributes.
    report : callable
        Progress.
    overwrite : bool
    beside : callable, optional
        Called last, just before the datastack appears.

    Returns
    -------
    Path
    """
    height, width, _channels = scan.shape
    across, down = view.shown_size(width, height)
    count = len(scan.map_names)
    with new_file(path, overwrite=overwrite) as file:
        describe(file)
        maps = file.create_dataset(
            MAPS,
            (count, down, across),
            scan.dtype,
            chunks=(1, min(down, CHUNK_SIDE), min(across, CHUNK_SIDE)),
            compression="gzip",
            compression_opts=GZIP_LEVEL,
            shuffle=scan.dtype.itemsize > 1,
        )
        maps.attrs.update({"names": list(scan.map_names), "source": scan.source, **attributes})
        if scan.notes:
            maps.attrs["notes"] = [str(note) for note in scan.notes]
        for number, name in enumerate(scan.map_names):
            report(number / count, _("writing the map {name}").format(name=name))
            maps[number] = np.ascontiguousarray(view.turn(scan.read_map(number)))
            file.check()
        report(1.0, _("saving"))
        if beside is not None:
            file.flush()  # so that what can fail has failed
            beside()
    return path
