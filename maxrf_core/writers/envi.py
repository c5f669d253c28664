"""ENVI: counts as plain numbers (.img), pixel by pixel (BIP), and a header in plain text (.hdr).

The fields are those of "ENVI Header Files" in the documentation of NV5 Geospatial. Their units of wavelength
have no energy; keV are written as they are, since a wavelength is another number.
"""

from collections.abc import Iterator

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.language import marked
from maxrf_core.progress import Progress
from maxrf_core.writers.new_files import NewFiles
from maxrf_core.writers.one_line import one_line
from maxrf_core.writers.plain_counts import little_endian, write_counts
from maxrf_core.writers.writer import Writer

CODES = {"u1": 1, "i2": 2, "i4": 3, "f4": 4, "f8": 5, "u2": 12, "u4": 13, "i8": 14, "u8": 15}


def write_envi(ds: DataStack, files: NewFiles, progress: Progress) -> list[str]:
    """Write the cube of a scan and its header; return what could not be kept: nothing."""
    cube = ds.cube()
    dtype = little_endian(cube.dtype, CODES)
    header, image = files.new(".hdr"), files.new(".img")
    height, width, channels = cube.shape
    fields = {
        "samples": width,
        "lines": height,
        "bands": channels,
        "header offset": 0,
        "file type": "ENVI Standard",
        "data type": CODES[dtype.str[1:]],
        "interleave": "bip",
        "byte order": 0,
    }
    lines = ["ENVI", *(f"{field} = {value}" for field, value in fields.items()), *_facts(ds)]
    header.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    write_counts(image, cube, dtype, progress)
    return []


def _facts(ds: DataStack) -> Iterator[str]:
    """Yield the fields that the scan tells."""
    if title := one_line(ds.about.get("title")).replace("{", "(").replace("}", ")"):
        yield f"description = {{{title}}}"
    if (size := pixel_size_of(ds)) is not None:
        yield f"pixel size = {{{size[0]!r}, {size[1]!r}, units=Millimeters}}"
    if ds.axis.unit == "keV":
        yield "wavelength units = keV"
        yield "wavelength = {" + ",\n ".join(map(repr, ds.axis.values.tolist())) + "}"


WRITER = Writer(
    key="envi",
    name="ENVI (.hdr, .img)",
    read_by="ENVI, Spectral Python, GDAL and QGIS",
    keeps=marked("All counts as they are, the energy of each channel in keV, pixel size and title."),
    loses=marked("Times, tube, and all that was made from the scan; it is not compressed."),
    files=(".hdr", ".img"),
    write=write_envi,
)
