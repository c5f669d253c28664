"""Element maps in the ESRF data format: a header in braces, then numbers; once for each map.

The header is padded to a multiple of 512 bytes; its keys have any case
(https://www.silx.org/doc/fabio/latest/getting_started.html#edf-format).
"""

import math
import re
from pathlib import Path
from typing import BinaryIO

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.readers.edf_file import EdfFile
from maxrf_core.readers.format import Format
from maxrf_core.readers.map_file import (
    MAX_MAPS,
    MapFile,
    cannot_read,
    check_size,
    clean_name,
    map_of,
    plain_map,
)
from maxrf_core.readers.maps_scan import open_maps

BLOCK = 512  # bytes; a header has a multiple of them
MAX_HEADER = 1 << 20
NAME_KEYS = ("title", "image_name", "name", "element")  # PyMca writes Title
TYPES = {
    "signedbyte": "i1",
    "unsignedbyte": "u1",
    "signedshort": "i2",
    "unsignedshort": "u2",
    "signedinteger": "i4",
    "signedlong": "i4",
    "unsignedinteger": "u4",
    "unsignedlong": "u4",
    "signed64": "i8",
    "unsigned64": "u8",
    "float": "f4",
    "floatvalue": "f4",
    "real": "f4",
    "double": "f8",
    "doublevalue": "f8",
}


def read_edf(file: Path | EdfFile) -> MapFile:
    """Read the headers of an EDF file, which may be packed by gzip.

    Raises
    ------
    ScanError
        If it is none, is cut off, or its maps differ in size.
    """
    source = EdfFile(file) if isinstance(file, Path) else file
    path = source.name_path
    images: list[tuple[int, np.dtype, tuple[int, int], str]] = []
    try:
        with source.opened() as (content, size):
            while content.tell() < size and len(images) <= MAX_MAPS:
                image = _image(path, _header(content, path), content.tell())
                images.append(image)
                content.seek(image[0] + math.prod(image[2]) * image[1].itemsize)
                if content.tell() > size:
                    raise cannot_read(path, _("it ends inside a map; copy it again"))
    except OSError as error:
        raise cannot_read(path, error.strerror) from error
    if not images:
        raise cannot_read(path, _("it is empty"))
    height, width = images[0][2]
    check_size(path, width, height, len(images))
    if any(shape != (height, width) for _start, _dtype, shape, _name in images):
        raise cannot_read(path, _("its maps differ in size; export maps of one size"))
    dtype = np.result_type(*(each[1] for each in images)).newbyteorder("=")

    def read(number: int) -> np.ndarray:
        start, stored, _shape, _name = images[number]
        if source.is_plain:
            return plain_map(path, stored, (height, width), start).astype(dtype)
        with source.opened() as (content, _size):
            content.seek(start)
            values = map_of(path, content.read(height * width * stored.itemsize), stored, (height, width))
        return values.astype(dtype, copy=False)

    return MapFile(path, tuple(name for *_others, name in images), (height, width), dtype, read)


def read_first_image(source: EdfFile) -> np.ndarray:
    """Read the first image of an EDF file, opening it once: (height, width).

    Raises
    ------
    ScanError
        If it has none.
    """
    path = source.name_path
    try:
        with source.opened() as (content, _size):
            start, dtype, shape, _name = _image(path, _header(content, path), content.tell())
            content.seek(start)
            return map_of(path, content.read(math.prod(shape) * dtype.itemsize), dtype, shape)
    except OSError as error:
        raise cannot_read(path, error.strerror) from error


def read_edf_header(file: Path | EdfFile) -> dict[str, str]:
    """Return the first header of an EDF file; its keys in small letters.

    Raises
    ------
    ScanError
        If it has none.
    """
    source = EdfFile(file) if isinstance(file, Path) else file
    path = source.name_path
    try:
        with source.opened() as (content, _size):
            return _header(content, path)
    except OSError as error:
        raise cannot_read(path, error.strerror) from error


def _header(file: BinaryIO, path: Path) -> dict[str, str]:
    """Read the header at the file's place, and leave the file behind it; keys in small letters."""
    text = b""
    while not re.search(rb"\}\s*\n$", text):
        block = file.read(BLOCK)
        text += block
        if len(block) < BLOCK or len(text) > MAX_HEADER or not text.lstrip().startswith(b"{"):
            raise cannot_read(path, _("it has no header of an EDF file where one has to be"))
    entries = (entry.partition("=") for entry in text.decode("latin-1").strip().strip("{}").split(";"))
    return {key.strip().lower(): value.strip() for key, _equals, value in entries}


def _image(path: Path, header: dict[str, str], start: int) -> tuple[int, np.dtype, tuple[int, int], str]:
    """Return where an image starts, its type, its shape and its name."""
    kind = TYPES.get(header.get("datatype", "").lower())
    try:
        width, height, deep = (int(header.get(f"dim_{axis}", 1)) for axis in (1, 2, 3))
    except ValueError:
        width = height = deep = 0
    if kind is None or deep != 1 or header.get("compression", "none").lower() not in ("", "none"):
        raise ScanError(
            _(
                "{name} is an EDF file, but no map of plain numbers (type {kind!r:.30}); export the maps "
                "again as EDF without compression, TIFF or CSV."
            ).format(name=path.name, kind=header.get("datatype", ""))
        )
    check_size(path, width, height, 1)
    order = ">" if "high" in header.get("byteorder", "").lower() else "<"
    name = next((header[key] for key in NAME_KEYS if header.get(key)), "")
    return start, np.dtype(order + kind), (height, width), clean_name(name)


FORMAT: Format = Format(
    name="EDF maps",
    written_by=_("PyMca and other programs of synchrotrons (.edf)"),
    reads=_("element maps, several in one file too, and their titles; packed by gzip too"),
    omits=_("maps that are packed one by one, and all of the header but the title"),
    tested_with=_("PyMca and fabio"),
    files=((".edf", ".edf.gz"),),
    open=open_maps,
    untrusted_check=None,
    map_file=read_edf,
)
