"""How is a scan read that consists of raw counts (.raw) and a header in plain text (.rpl)?

The header has one key and one value a line. Where it comes from decides about the rest: keys in any case and
order, ``-`` or ``_`` in them, tabs and spaces mixed, comments behind ``;`` or ``#``, blank lines.
"""

import logging
import mmap
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maxrf_core.energy import Calibration
from maxrf_core.errors import ScanError
from maxrf_core.readers.scan import ALL, Format, Scan

REQUIRED = ("width", "height", "depth", "data-length", "data-type")
LARGEST_HEADER = 1_000_000  # bytes; what is larger is no text header
PIECE = 16_000_000  # bytes of the file in view at a time
KINDS = {"unsigned": "u", "signed": "i", "float": "f"}
BYTE_ORDERS = {"little-endian": "<", "big-endian": ">", "dont-care": "<"}
RECORDS = ("vector", "image", "dont-care")
# keV in one of these units
UNITS = {"kev": 1.0, "ev": 0.001}
# A detector's channel is 0.001 to 0.05 keV wide: between the two lies what tells eV from keV.
LARGEST_GAIN = 0.5

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Header:
    """What an .rpl header says.

    Attributes
    ----------
    shape : tuple of int
        (height, width, channels).
    dtype : numpy.dtype
        Of the numbers in the raw file, with their byte order.
    offset : int
        Bytes in the raw file before the first number.
    by_image : bool
        True where the file holds one image after another (record-by image), False where it holds one spectrum
        after another (record-by vector).
    calibration : Calibration or None
        None where the header does not tell both gain and offset.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype
    offset: int = 0
    by_image: bool = False
    calibration: Calibration | None = None

    @property
    def expected_bytes(self) -> int:
        """The size that the raw file has to have."""
        height, width, channels = self.shape
        return self.offset + height * width * channels * self.dtype.itemsize


def parse_header(text: str, name: str = "the header") -> Header:
    """Make sense of the text of an .rpl file.

    Parameters
    ----------
    text : str
        The file's text.
    name : str
        What to call the file in error messages.

    Raises
    ------
    ScanError
        When a key is missing or a value makes no sense; the sentence names it.

    Notes
    -----
    ``byte-order dont-care`` with numbers of more than one byte means little-endian here.

    Energies need both an origin (``depth-origin`` or ``depthscaleorigin``) and a scale (``depth-scale`` or
    ``depthscaleincrement``): a scale alone would shift all lines by the unknown zero of the detector. The
    unit is what ``depth-units`` or ``depthscaleunits`` says; without it a scale above 0.5 is taken for eV,
    below for keV per channel. A scale of 1 from an origin of 0 without a unit only counts channels.

    Examples
    --------
    >>> header = parse_header('''key value
    ... Width 4
    ... height\\t3   ; rows
    ... depth 2048
    ... data-length 2
    ... data-type unsigned
    ... byte-order big-endian
    ... record-by vector''')
    >>> header.shape, header.dtype.str, header.expected_bytes
    ((3, 4, 2048), '>u2', 49152)
    """
    values = _key_values(text)
    missing = [key for key in REQUIRED if key not in values]
    if missing:
        what = "is no .rpl header" if len(missing) == len(REQUIRED) else "is incomplete"
        raise ScanError(f"{name} {what}: it lacks {', '.join(missing)}.")
    width, height, depth = (_whole(values, key, name, least=1) for key in ("width", "height", "depth"))
    record = _choice(values, "record-by", RECORDS, name, default="vector")
    return Header(
        shape=(height, width, depth),
        dtype=_dtype(values, name),
        offset=_whole(values, "offset", name, least=0) if "offset" in values else 0,
        by_image=record == "image",
        calibration=_calibration(values, name),
    )


def _key_values(text: str) -> dict[str, str]:
    """Give the header's lines as key → value; keys in small letters, joined with ``-``."""
    values = {}
    for line in text.lstrip("\ufeff").splitlines():
        parts = re.split(r"[;#]", line, maxsplit=1)[0].split(maxsplit=1)
        if len(parts) == 2:
            values[parts[0].lower().replace("_", "-")] = parts[1].strip()
    return values


def _whole(values: Mapping[str, str], key: str, name: str, least: int) -> int:
    try:
        number = int(values[key])
    except ValueError:
        number = least - 1
    if number < least:
        raise ScanError(
            f"{name} says {key} is {values[key]:.40}, which has to be a whole number of at least {least}."
        )
    return number


def _choice(values: Mapping[str, str], key: str, choices: tuple[str, ...], name: str, default: str) -> str:
    value = re.sub(r"[\s_-]+", "-", values.get(key, default).lower().replace("'", ""))
    value = {"dontcare": "dont-care"}.get(value, value)
    if value not in choices:
        raise ScanError(
            f"{name} says {key} is {values[key]:.40}, which has to be one of {', '.join(choices)}."
        )
    return value


def _dtype(values: Mapping[str, str], name: str) -> np.dtype:
    kind = _choice(values, "data-type", tuple(KINDS), name, default="")
    order = _choice(values, "byte-order", tuple(BYTE_ORDERS), name, default="dont-care")
    lengths = (4, 8) if kind == "float" else (1, 2, 4, 8)
    length = _whole(values, "data-length", name, least=1)
    if length not in lengths:
        allowed = ", ".join(map(str, lengths))
        raise ScanError(
            f"{name} says data-length is {length}, which for {kind} numbers has to be one of {allowed}."
        )
    return np.dtype(f"{BYTE_ORDERS[order]}{KINDS[kind]}{length}")


def _calibration(values: Mapping[str, str], name: str) -> Calibration | None:
    """Find the energy scale; None where the header does not really tell it."""
    origin = values.get("depth-origin", values.get("depthscaleorigin"))
    scale = values.get("depth-scale", values.get("depthscaleincrement"))
    if origin is None or scale is None:
        return None
    try:
        start, step = float(origin), float(scale)
    except ValueError as error:
        raise ScanError(
            f"{name} gives {origin:.40} and {scale:.40} as its energy scale; both have to be numbers."
        ) from error
    unit = values.get("depth-units", values.get("depthscaleunits", "")).lower()
    if unit in UNITS:
        factor = UNITS[unit]
    elif (start, step) == (0, 1):
        return None
    else:
        factor = UNITS["ev"] if step > LARGEST_GAIN else UNITS["kev"]
    if not (0 < step * factor <= LARGEST_GAIN and np.isfinite(start)):
        _logger.warning("%s: a scale of %s %s a channel cannot be right; energies left out", name, step, unit)
        return None
    return Calibration(step * factor, start * factor, source=name)


class RplScan(Scan):
    """A pair of .raw and .rpl files.

    Parameters
    ----------
    *paths : path_like
        Both files in any order, or one of them: the other one is found by its name, in any case.

    Raises
    ------
    ScanError
        When one is missing, the header makes no sense, or the raw file has not the size that it needs.
    """

    def __init__(self, *paths: str | os.PathLike[str]) -> None:
        self._raw, header_path = _pair([Path(path) for path in paths])
        self.paths = (self._raw, header_path)
        self.name = self._raw.stem
        self.header = parse_header(_header_text(header_path), header_path.name)
        self.shape = self.header.shape
        self.dtype = self.header.dtype.newbyteorder("=")
        self._check_size(self._raw.stat().st_size)
        if self.header.calibration is not None:
            self.energies = self.header.calibration.energies(self.shape[2])
            self.energies_source = self.header.calibration.source

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block; only a small part of the file is held in view at a time."""
        ranges = [
            range(*part.indices(size))
            for part, size in zip((rows, columns, channels), self.shape, strict=True)
        ]
        block = np.empty([len(indices) for indices in ranges], self.dtype)
        axis = 2 if self.header.by_image else 0
        record = self.header.expected_bytes // self.shape[axis]
        length = max(1, PIECE // (record * ranges[axis].step))
        scattered = ranges[1].step > 1 and not self.header.by_image
        for start in range(0, len(ranges[axis]), length):
            part = slice(start, start + length)
            places = [_as_slice(indices) for indices in ranges]
            places[axis] = _as_slice(ranges[axis][part])
            target: list[slice] = [ALL, ALL, ALL]
            target[axis] = part
            block[tuple(target)] = self._view(scattered)[tuple(places)]
        return block

    def _view(self, scattered: bool) -> np.ndarray:
        """Map the raw file into memory, to be read only; dropped as soon as the array is."""
        try:
            with open(self._raw, "rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: it is empty now
            raise ScanError(f"{self._raw.name} cannot be read any more ({_reason(error)}).") from error
        self._check_size(len(mapped))
        if scattered and hasattr(mmap, "MADV_RANDOM"):  # else the system reads ahead, and so the whole file
            mapped.madvise(mmap.MADV_RANDOM)
        height, width, channels = self.shape
        if self.header.by_image:
            images = np.ndarray((channels, height, width), self.header.dtype, mapped, self.header.offset)
            return images.transpose(1, 2, 0)
        return np.ndarray(self.shape, self.header.dtype, mapped, self.header.offset)

    def _check_size(self, size: int) -> None:
        needed, header = self.header.expected_bytes, self.header
        if size == needed:
            return
        height, width, channels = self.shape
        what = f"{needed - size:,} bytes too short" if size < needed else f"{size - needed:,} bytes too long"
        start = f" after {header.offset:,} bytes" if header.offset else ""
        layout = (
            f"{height} rows × {width} columns × {channels} channels × {header.dtype.itemsize} bytes{start}"
        )
        raise ScanError(
            f"{self._raw.name} is {what}: it has {size:,} bytes, but {self.paths[1].name} asks for "
            f"{needed:,} ({layout}). Copy it again, or correct the header."
        )


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "it is empty"


def _as_slice(indices: range) -> slice:
    return slice(indices.start, indices.stop, indices.step)


def _header_text(path: Path) -> str:
    if path.stat().st_size > LARGEST_HEADER:
        raise ScanError(
            f"{path.name} is no .rpl header: it is far too large for one. Are the two files swapped?"
        )
    return path.read_bytes().decode("utf-8", errors="replace")


def _pair(paths: list[Path]) -> tuple[Path, Path]:
    """Give the raw file and its header, looking for the one that was not named."""
    found: dict[str, Path] = {}
    for path in paths:
        ending = path.suffix.lower()
        if ending not in FORMAT.endings or ending in found:
            names = " and ".join(each.name for each in paths)
            raise ScanError(f"A raw scan is one .raw and one .rpl file, which {names} are not.")
        if not path.is_file():
            raise ScanError(f"There is no file {path.name}; check its name and folder.")
        found[ending] = path
    for ending in FORMAT.endings:
        if ending not in found:
            found[ending] = _partner(paths[0], ending)
    return found[".raw"], found[".rpl"]


def _partner(path: Path, ending: str) -> Path:
    same = [
        other
        for other in path.parent.iterdir()
        if other.stem.lower() == path.stem.lower() and other.suffix.lower() == ending and other.is_file()
    ]
    if not same:
        raise ScanError(f"{path.name} needs {path.stem}{ending} beside it, and there is none.")
    return min(same, key=lambda other: (other.stem != path.stem, other.name))


FORMAT: Format = Format(
    name="raw counts with a text header",
    endings=(".raw", ".rpl"),
    recognises=lambda path, start: path.suffix.lower() in (".raw", ".rpl"),
    open=RplScan,
)
