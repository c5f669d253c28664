"""NeXus: the cube as the signal of one NXdata group, with axes in keV and mm, in an HDF5 file (.nxs)."""

from functools import partial
from typing import Any

import h5py
import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.cube.chunk_grid import CHUNK_SHAPE
from maxrf_core.cube.packed_chunks import create_cube, packed_chunks
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.hdf5_store import NewFile, filling
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.language import marked
from maxrf_core.progress import Progress
from maxrf_core.writers.blocks import block_shape, prepared_blocks
from maxrf_core.writers.new_files import NewFiles
from maxrf_core.writers.one_line import one_line
from maxrf_core.writers.plain_counts import little_endian
from maxrf_core.writers.writer import Writer

DTYPES = ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8")
ABOUT = ("live_time_s", "real_time_s", "tube_kV", "tube_anode", "instrument")


def write_nexus(ds: DataStack, files: NewFiles, progress: Progress) -> list[str]:
    """Write the cube of a scan and its axes; return what could not be kept: nothing."""
    with filling(files.new(".nxs")) as file:
        _write(ds, file, progress)
    return []


def _write(ds: DataStack, file: NewFile, progress: Progress) -> None:
    cube = ds.cube()
    dtype = little_endian(cube.dtype, DTYPES)
    file.attrs.update(NX_class="NXroot", default="entry", creator=SOFTWARE)
    entry = file.create_group("entry")
    entry.attrs.update(NX_class="NXentry", default="scan")
    if title := one_line(ds.about.get("title")):
        entry["title"] = title
    entry.attrs.update({name: ds.about[name] for name in ABOUT if name in ds.about})
    data = entry.create_group("scan")
    data.attrs.update(NX_class="NXdata", signal="counts", axes=["y", "x", "energy"])
    data.attrs["interpretation"] = "spectrum"  # where HyperSpy looks; others at the signal
    _write_axes(ds, data)
    itemsize = max(dtype.itemsize, cube.dtype.itemsize)
    tall, broad = block_shape(cube, itemsize, CHUNK_SHAPE[:2])
    height, width, channels = cube.shape
    chunk = (
        min(tall, CHUNK_SHAPE[0], height),
        min(broad, CHUNK_SHAPE[1], width),
        min(CHUNK_SHAPE[2], channels),
    )
    counts = create_cube(data, cube.shape, dtype, chunk, "counts")
    counts.attrs.update(units="counts", interpretation="spectrum")
    prepare = partial(_packed, chunk=chunk, dtype=dtype)
    for block, packed in prepared_blocks(cube, (tall, broad), itemsize, prepare, progress):
        for (y, x, channel), content in packed:
            counts.id.write_direct_chunk(
                (y + block.rows.start, x + block.columns.start, channel), content.data
            )
        file.check()


def _packed(block: np.ndarray, chunk: tuple[int, int, int], dtype: np.dtype) -> list[Any]:
    """Pack all chunks of a block; their places are relative to its corner."""
    tall, broad, _ = chunk
    counts = np.ascontiguousarray(block, dtype=dtype)
    return [
        found
        for y in range(0, counts.shape[0], tall)
        for x in range(0, counts.shape[1], broad)
        for found in packed_chunks(counts[y : y + tall, x : x + broad], (y, x, 0), chunk)
    ]


def _write_axes(ds: DataStack, data: h5py.Group) -> None:
    """Write rows and columns in mm from the centre of the first pixel, or as numbers, and the energies."""
    height, width, _channels = ds.shape
    steps = pixel_size_of(ds)
    for name, length, step in zip("xy", (width, height), steps or (1.0, 1.0), strict=True):
        data[name] = step * np.arange(length)
        data[name].attrs["long_name"] = name if steps is None else f"{name} (mm)"
        data[name].attrs["units"] = "mm" if steps else ""
    data["energy"] = ds.axis.values
    calibrated = ds.axis.unit == "keV"
    data["energy"].attrs["units"] = "keV" if calibrated else ""
    data["energy"].attrs["long_name"] = "Energy (keV)" if calibrated else "Channel"


WRITER = Writer(
    key="nexus",
    name="NeXus (.nxs)",
    read_by="HyperSpy, silx, h5web, PyMca",
    keeps=marked("All counts as they are, compressed, energies in keV, places in mm, title, times and tube."),
    loses=marked("Patches, photographs, views, element maps and maps of live times."),
    files=(".nxs",),
    write=write_nexus,
)
