"""ENVI: a cube of plain numbers, and a header in plain text (.hdr) that describes it.

The fields are those of "ENVI Header Files" in the documentation of NV5 Geospatial.
"""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _
from maxrf_core.readers.axes import KEV, MM, energies_of, pixel_size
from maxrf_core.readers.format import Format
from maxrf_core.readers.plain_array import PlainArray
from maxrf_core.readers.scan import ALL, Scan

HEADER = ".hdr"
ENDINGS = (".img", ".raw", ".dat", ".bil", ".bip", ".bsq")
MAX_HEADER_BYTES = 4_000_000
AXES = {"bsq": "cyx", "bil": "ycx", "bip": "yxc"}
DTYPES = {1: "u1", 2: "i2", 3: "i4", 4: "f4", 5: "f8", 12: "u2", 13: "u4", 14: "i8", 15: "u8"}
UNITS = {"millimeters": "mm", "micrometers": "um", "microns": "um", "meters": "m", "centimeters": "cm"}


class EnviScan(Scan):
    """A pair of an ENVI header and its binary file.

    Parameters
    ----------
    *paths : path_like
        Both files in any order, or one of them: the other one is found by its name.

    Raises
    ------
    ScanError
        If one is missing, the header makes no sense, or the binary file is shorter than it says.
    """

    def __init__(self, *paths: str | os.PathLike[str]) -> None:
        named = [Path(path) for path in paths]
        header, binary = pair_of(named[0])
        for path in named[1:]:
            header, binary = (path, binary) if path.suffix.lower() == HEADER else (header, path)
        for path in (header, binary):
            if not path.is_file():
                raise ScanError(
                    _("{name} needs {path_name} beside it, and there is none.").format(
                        name=named[0].name, path_name=path.name
                    )
                )
        self.paths, self.name = (binary, header), header.with_suffix("").stem
        fields = _Header(header.name, _fields_of(header))
        self._array = fields.array(binary)
        self.shape, self.dtype = self._array.shape, self._array.dtype.newbyteorder("=")
        self.natural_block = self._array.natural_block
        size = binary.stat().st_size
        if size < self._array.expected_bytes:
            raise ScanError(
                _(
                    "{name} is cut off: it has {size:,} bytes, and {header} asks for {expected:,}. "
                    "Copy it again."
                ).format(
                    name=binary.name,
                    size=size,
                    header=header.name,
                    expected=self._array.expected_bytes,
                )
            )
        self.energies, notes = fields.energies(self.shape[2])
        self.energies_source = header.name
        self.about, self.notes = fields.about(), tuple(notes)

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block; only a small part of the file is mapped at a time."""
        return self._array.read(rows, columns, channels)


@dataclass(frozen=True)
class _Header:
    """Fields of a header by their names in small letters."""

    name: str
    fields: dict[str, str]

    def array(self, path: Path) -> PlainArray:
        """Return the cube that the header describes."""
        shape = (self._number("lines"), self._number("samples"), self._number("bands"))
        code, order = self._number("data type"), self._number("byte order", 0)
        interleave = self.fields.get("interleave", "bsq").strip().lower()
        offset = self._number("header offset", 0)
        if min(shape) < 1 or offset < 0 or order not in (0, 1) or interleave not in AXES:
            raise self._senseless()
        if code not in DTYPES:
            raise ScanError(
                _("{name} has the data type {code}, which are no counts.").format(name=self.name, code=code)
            )
        return PlainArray(path, np.dtype("<>"[order] + DTYPES[code]), shape, AXES[interleave], offset)

    def energies(self, channels: int) -> tuple[np.ndarray | None, list[str]]:
        """Return the energies in keV and what is to be said about them.

        They are taken from ``wavelength`` only if ``wavelength units`` are of energy.
        """
        unit = self.fields.get("wavelength units", "").strip()
        if "wavelength" not in self.fields:
            return None, []
        if unit.lower() not in KEV:
            said = unit or _("no unit")
            return None, [
                Note(
                    "The header's wavelengths are in {unit}, not in keV or eV: they are no energies.",
                    unit=said[:40],
                )
            ]
        values = _numbers(self.fields["wavelength"])
        return energies_of(values, unit, channels, self.name)

    def about(self) -> dict[str, Any]:
        """Return what the header tells of the scan: its description, and the size of a pixel."""
        about: dict[str, Any] = {}
        text = re.sub(r"\s+", " ", self.fields.get("description", "")).strip()
        if text:
            about["title"] = text[:500]
        return {**about, **self._pixel_size()}

    def _pixel_size(self) -> dict[str, Any]:
        parts = [part.strip() for part in self.fields.get("pixel size", "").split(",")]
        units = [part.split("=")[1].strip().lower() for part in parts if part.lower().startswith("units=")]
        factor = MM.get(UNITS.get(units[0], units[0])) if units else None
        steps = _numbers(",".join(parts[:2]))
        if factor is None or len(steps) < 2 or not (np.isfinite(steps).all() and min(steps) > 0):
            return {}
        return pixel_size(*(float(step) * factor for step in steps[:2]))

    def _number(self, field: str, default: int | None = None) -> int:
        text = self.fields.get(field)
        if text is None and default is not None:
            return default
        if text is None:
            raise ScanError(
                _("{name} does not say its “{field}”, which an ENVI header has to.").format(
                    name=self.name, field=field
                )
            )
        if not re.fullmatch(r"[0-9]{1,18}", text.strip()):
            raise self._senseless()
        return int(text)

    def _senseless(self) -> ScanError:
        return ScanError(
            _("{name} makes no sense as an ENVI header; export the scan again.").format(name=self.name)
        )


def _numbers(text: str) -> np.ndarray:
    """Return numbers with commas between; none if one of them is no number."""
    try:
        return np.array([float(part) for part in text.split(",") if part.strip()], np.float64)
    except ValueError:
        return np.empty(0)


def _fields_of(path: Path) -> dict[str, str]:
    """Return the fields of a header: ``name = value``, or ``name = {values on several lines}``."""
    if path.stat().st_size > MAX_HEADER_BYTES:
        raise ScanError(_("{name} is no ENVI header: it is far too large for one.").format(name=path.name))
    text = path.read_bytes().decode("utf-8", errors="replace")
    if not _is_header(text):
        raise ScanError(_("{name} is no ENVI header: its first line is not “ENVI”.").format(name=path.name))
    fields: dict[str, str] = {}
    for found in re.finditer(r"^[ \t]*([^=;\r\n]+?)[ \t]*=[ \t]*(\{[^{}]*\}|[^\r\n]*)", text, re.MULTILINE):
        fields[re.sub(r"\s+", " ", found[1]).lower()] = found[2].strip().strip("{}").strip()
    return fields


def _is_header(start: str) -> bool:
    return bool(re.match(r"\ufeff?ENVI\s", start))


def is_envi(path: Path) -> bool:
    """Return True if the header of the scan that a file belongs to is one of ENVI."""
    try:
        with open(pair_of(path)[0], "rb") as file:
            return _is_header(file.read(16).decode("utf-8", errors="replace"))
    except OSError:
        return False


def pair_of(path: Path) -> tuple[Path, Path]:
    """Return the header and the binary file of the scan that one of them belongs to.

    Their names are ``scan.hdr`` and ``scan.img`` (or another ending, or none), or ``scan.img.hdr`` and
    ``scan.img``; upper and lower case do not matter.
    """
    around: list[Path] = []
    with suppress(OSError):  # there is no such folder
        around = sorted(path.parent.iterdir())
    if path.suffix.lower() == HEADER:
        stem = path.stem.lower()
        wanted = [stem, *(stem + ending for ending in ENDINGS)]
        return path, _first(around, wanted, path.with_suffix(ENDINGS[0]))
    wanted = [path.name.lower() + HEADER, path.stem.lower() + HEADER]
    return _first(around, wanted, path.with_suffix(HEADER)), path


def _first(around: list[Path], wanted: list[str], default: Path) -> Path:
    """Return the file that has the earliest of the wanted names."""
    named = {other.name.lower(): other for other in reversed(around)}
    return next((named[name] for name in wanted if name in named and named[name].is_file()), default)


FORMAT: Format = Format(
    name="ENVI",
    written_by=_("ENVI, Spectral Python and programs for imaging spectroscopy"),
    reads=_("the counts in any interleave, byte order and data type; energies, pixel size and description"),
    omits=_("compressed files, complex numbers, map projections; wavelengths are no energies"),
    tested_with="Spectral Python",
    files=((HEADER,), ENDINGS),
    open=EnviScan,
    untrusted_check=None,
    sniff=is_envi,
    parts=pair_of,
    has_common_ending=True,
)
