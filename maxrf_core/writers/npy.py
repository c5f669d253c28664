"""NumPy: the cube in one .npy file, which `numpy.load` can map into memory, and the energies in another."""

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.language import Note, marked
from maxrf_core.progress import Progress
from maxrf_core.writers.new_files import NewFiles
from maxrf_core.writers.plain_counts import little_endian, write_counts
from maxrf_core.writers.writer import Writer


def write_npy(ds: DataStack, files: NewFiles, progress: Progress) -> list[str]:
    """Write the cube of a scan and its energies; return what could not be kept."""
    cube, axis = ds.cube(), ds.axis
    dtype = little_endian(cube.dtype, (cube.dtype.str[1:],))
    path = files.new(".npy")
    notes: list[str] = []
    if axis.unit == "keV":
        with files.new("_energies.npy").open("wb") as file:
            np.save(file, axis.values)
    else:
        notes.append(Note("The scan has no energies yet, so there is no file of them."))
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": cube.shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        offset = file.tell()
    write_counts(path, cube, dtype, progress, offset)
    return notes


WRITER = Writer(
    key="npy",
    name="NumPy (.npy)",
    read_by="Python (NumPy)",
    keeps=marked(
        "All counts as they are (rows, columns, channels), and the energies in keV in a second file."
    ),
    loses=marked("Pixel size, title, times and all that was made from the scan; it is not compressed."),
    files=(".npy", "_energies.npy"),
    write=write_npy,
)
