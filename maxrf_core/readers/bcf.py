"""Bruker's .bcf: scans of the M6 Jetstream, M4 Tornado and of electron microscopes, as ESPRIT saves them."""

import os
import struct
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core import file_signatures
from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _
from maxrf_core.readers.bcf_pictures import pictures_in_bcf
from maxrf_core.readers.bcf_stream import (
    PixelIndex,
    PixelStream,
    container_of,
    damaged_bcf,
    maps_in,
    size_of,
    unpack,
)
from maxrf_core.readers.format import Choice, Format, cube_in_words
from maxrf_core.readers.scan import ALL, Scan, missing_pixels, ranges_in
from maxrf_core.transform.scan_picture import ScanPicture

PIECE = 48_000_000  # bytes of counts that are unpacked at a time
MICROMETRE = 1e-3  # in mm; the unit of the steps
XRF_HEADER = {"PrimaryEnergy", "ElevationAngle"}  # what is known of a beam of X-rays, as RosettaSciIO has it


class BcfScan(Scan):
    """One map of a .bcf file.

    All headers of pixels are read and checked when it is opened; counts are unpacked as they are asked for,
    as 32-bit numbers, so that none wraps.

    Parameters
    ----------
    path : path_like
    choice : str, optional
        Number of the map, if there are several; by default the first.

    Raises
    ------
    ScanError
        If the file is damaged, or has no such map.
    """

    dtype = np.dtype(np.uint32)

    def __init__(self, path: str | os.PathLike[str], choice: str | None = None) -> None:
        path = Path(path)
        self.paths, self.name, self.energies_source = (path,), path.stem, path.name
        container = container_of(path)
        known = maps_in(container)
        number = known[0] if choice is None else choice
        if number not in known:
            raise ScanError(
                _("{name} holds no map {choice!r:.20}; it holds {known}.").format(
                    name=path.name, choice=number, known=", ".join(known)
                )
            )
        try:
            self._stream = _stream_of(container, number)
            self._index = PixelIndex(self._stream)
            self._describe(container.header, container.header.spectra_data[int(number)])
        except ScanError:
            raise
        except Exception as error:
            raise damaged_bcf(path) from error
        if len(known) > 1:
            self.cube_attributes = {**self.cube_attributes, "read_from": number}

    def _describe(self, header: Any, spectrum: Any) -> None:
        channels = int(spectrum.data.size)
        self.shape = (*self._index.shape, channels)
        self.energies = float(spectrum.offset) + float(spectrum.scale) * np.arange(channels)
        self.stated_sum = np.asarray(spectrum.data, np.float64)
        about: dict[str, Any] = {"instrument": "Bruker"}
        title = str(header.name).strip()
        if title and title != "Undefined":
            about["title"] = title
        if header.units == "µm" and header.x_res > 0 and header.y_res > 0:
            about["pixel_size_mm"] = np.array([header.x_res, header.y_res], np.float64) * MICROMETRE
        notes: list[str] = []
        if set(spectrum.esma_metadata) == XRF_HEADER:
            about["tube_kV"] = float(spectrum.hv)
        else:
            notes.append(
                Note("The file tells of a beam of electrons; elements are sought as for a beam of X-rays.")
            )
        self.maps, self.cube_attributes, told = missing_pixels(self._index.stops == 0)
        notes += told
        self.about, self.notes = about, tuple(notes)

    @property
    def pictures(self) -> tuple[ScanPicture, ...]:
        """Pictures of the map, and the overview."""
        try:
            return pictures_in_bcf(container_of(self.paths[0]).header, self.shape)
        except ScanError:
            raise
        except Exception as error:
            raise damaged_bcf(self.paths[0]) from error

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block; of rows and columns only those asked for are unpacked, a few rows at a time."""
        down, across, deep = ranges_in(self.shape, rows, columns, channels)
        block = np.empty((len(down), len(across), len(deep)), self.dtype)
        if not block.size:
            return block
        stop = deep[-1] + 1
        length = max(1, PIECE // (len(across) * stop * self.dtype.itemsize))
        for start in range(0, len(down), length):
            part = down[start : start + length]
            packed = [self._row(row, across) for row in part]
            whole = unpack(packed, (len(part), len(across), stop))
            block[start : start + len(part)] = whole[:, :, deep[0] :: deep.step]
        return block

    def _row(self, row: int, across: range) -> tuple[int, bytes]:
        """Return the number of pixels of a row among `across`, and their bytes, with columns from 0."""
        starts, stops = self._index.starts[row], self._index.stops[row]
        chosen = [(number, column) for number, column in enumerate(across) if stops[column]]
        if not chosen:
            return 0, b""
        begin = int(starts[chosen[0][1]])
        data = self._stream.read(begin, int(stops[chosen[-1][1]]))
        if len(data) < stops[chosen[-1][1]] - begin:
            raise damaged_bcf(self.paths[0])
        parts = []
        for number, column in chosen:
            parts.append(struct.pack("<I", number))
            parts.append(data[starts[column] - begin + 4 : stops[column] - begin])
        return len(chosen), b"".join(parts)


def choices_of_bcf(path: Path) -> list[Choice]:
    """Return the maps of a .bcf file, if there are several."""
    container = container_of(path)
    numbers = maps_in(container)
    if len(numbers) < 2:
        return []
    choices = []
    for number in numbers:
        try:
            size = size_of(_stream_of(container, number))
            channels = int(container.header.spectra_data[int(number)].data.size)
        except Exception as error:
            raise damaged_bcf(path) from error
        shape = (*size, channels)
        words = cube_in_words(shape, _("Map {number}").format(number=number))
        choices.append(Choice(number, words, shape, scan=number))
    return choices


def _stream_of(container: Any, number: str) -> PixelStream:
    return PixelStream(
        container.get_file(f"EDSDatabase/SpectrumData{number}"), container.compression == "zlib"
    )


FORMAT: Format = Format(
    name="Bruker .bcf",
    written_by=_("Bruker ESPRIT, for the M6 Jetstream, the M4 Tornado and electron microscopes"),
    reads=_("the counts of each map, energies, pixel size, title, tube voltage, pictures and overview"),
    omits=_("spectra of regions, positions of the stage, quantified maps"),
    tested_with=_("Bruker ESPRIT, from electron microscopes (RosettaSciIO's own test files); none of an M6"),
    files=((".bcf",),),
    open=BcfScan,
    untrusted_check="untrusted.bcf:check_bcf",
    signature=file_signatures.BCF,
    choices=choices_of_bcf,
)
