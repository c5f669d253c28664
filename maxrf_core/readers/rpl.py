"""Raw scans: counts as plain numbers (.raw) and a header in plain text (.rpl)."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _, marked
from maxrf_core.readers.format import Format
from maxrf_core.readers.plain_array import PlainArray
from maxrf_core.readers.rpl_header import parse_header
from maxrf_core.readers.scan import ALL, Scan

HEADER, COUNTS = ".rpl", ".raw"
MAX_HEADER_BYTES = 1_000_000  # a larger file is no text header


class RplScan(Scan):
    """A pair of .raw and .rpl files.

    A raw file that is too short, as after an interrupted scan, is read as far as it is complete: whole rows,
    or whole channels if the file holds one image after another. `notes` and `cube_attributes` say so.

    Parameters
    ----------
    *paths : path_like
        Both files in any order, or one of them: the other one is found by its name, in any case.

    Raises
    ------
    ScanError
        If one is missing, the header makes no sense, or the raw file is longer than the header says or holds
        no whole row or channel.
    """

    def __init__(self, *paths: str | os.PathLike[str]) -> None:
        self._raw, header_path = _pair([Path(path) for path in paths])
        self.paths = (self._raw, header_path)
        self.name = self._raw.stem
        self.header = parse_header(_header_text(header_path), header_path.name)
        self.about, self.notes = self.header.about, self.header.notes
        self._crop_to_size(self._raw.stat().st_size)
        self.shape = self.header.shape
        self.dtype = self.header.dtype.newbyteorder("=")
        axes = "cyx" if self.header.by_image else "yxc"
        self._array = PlainArray(self._raw, self.header.dtype, self.shape, axes, self.header.offset)
        self.natural_block = self._array.natural_block
        if self.header.calibration is not None:
            self.energies = self.header.calibration.energies(self.shape[2])
            self.energies_source = self.header.calibration.source

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block; only a small part of the file is mapped at a time."""
        return self._array.read(rows, columns, channels)

    def _crop_to_size(self, size: int) -> None:
        """Crop the header's shape to a raw file that is too short; raise if it is too long or empty."""
        header, needed = self.header, self.header.expected_bytes
        if size == needed:
            return
        if size > needed:
            raise ScanError(
                self._of_wrong_size(size, _("{size:,} bytes too long").format(size=size - needed))
            )
        axis, things = (2, marked("channels")) if header.by_image else (0, marked("rows"))
        planned = header.shape[axis]
        whole = max(0, size - header.offset) // ((needed - header.offset) // planned)
        if not whole:
            raise ScanError(
                self._of_wrong_size(size, _("{missing:,} bytes too short").format(missing=needed - size))
            )
        height, width, channels = header.shape
        shape = (height, width, whole) if header.by_image else (whole, width, channels)
        self.header = replace(header, shape=shape)
        self.cube_attributes = {f"{things}_missing": planned - whole, f"{things}_planned": planned}
        self.notes = (
            *self.notes,
            Note(
                "{name} is {short:,} bytes too short, as an interrupted scan is: it holds {whole} "
                "whole {things} of {planned}, and the other {missing} are missing. If the scan was "
                "not interrupted, copy the file again, or correct {header}.",
                name=self._raw.name,
                short=needed - size,
                whole=whole,
                things=Note(things),
                planned=planned,
                missing=planned - whole,
                header=self.paths[1].name,
            ),
        )

    def _of_wrong_size(self, size: int, what: str) -> str:
        height, width, channels = self.header.shape
        start = _(" after {offset:,} bytes").format(offset=self.header.offset) if self.header.offset else ""
        itemsize = self.header.dtype.itemsize
        layout = _("{height} rows × {width} columns × {channels} channels × {itemsize} bytes{start}").format(
            height=height, width=width, channels=channels, itemsize=itemsize, start=start
        )
        return _(
            "{name} is {what}: it has {size:,} bytes, but {header} asks for {expected_bytes:,} "
            "({layout}). Copy it again, or correct the header."
        ).format(
            name=self._raw.name,
            what=what,
            size=size,
            header=self.paths[1].name,
            expected_bytes=self.header.expected_bytes,
            layout=layout,
        )


def _header_text(path: Path) -> str:
    if path.stat().st_size > MAX_HEADER_BYTES:
        raise ScanError(
            _("{name} is no .rpl header: it is far too large for one. Are the two files swapped?").format(
                name=path.name
            )
        )
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _pair(paths: list[Path]) -> tuple[Path, Path]:
    """Return the raw file and its header; the one that was not named is found beside the other."""
    for path in paths:
        if not path.is_file():
            raise ScanError(_("There is no file {name}; check its name and folder.").format(name=path.name))
    named = {path.suffix.lower(): path for path in paths}
    if len(named) < len(paths) or not named.keys() <= {HEADER, COUNTS}:
        names = " and ".join(path.name for path in paths)
        raise ScanError(
            _("A raw scan is one .raw and one .rpl file, which {names} are not.").format(names=names)
        )
    first = paths[0]
    header, raw = (named.get(ending, _partner(first, ending)) for ending in (HEADER, COUNTS))
    for path in (header, raw):
        if not path.is_file():
            raise ScanError(
                _("{name} needs {path_name} beside it, and there is none.").format(
                    name=first.name, path_name=path.name
                )
            )
    return raw, header


def pair_of(path: Path) -> tuple[Path, Path]:
    """Return the header and the raw file of the scan that one of them belongs to, in any case."""
    return _partner(path, HEADER), _partner(path, COUNTS)


def _partner(path: Path, ending: str) -> Path:
    """Return the path itself, or the file of its name with this ending, which need not exist."""
    if path.suffix.lower() == ending:
        return path
    same = []
    with suppress(OSError):  # there is no such folder
        same = [
            other
            for other in path.parent.iterdir()
            if other.stem.lower() == path.stem.lower() and other.suffix.lower() == ending and other.is_file()
        ]
    named = path.with_suffix(ending)
    return min(same, key=lambda other: (other.stem != path.stem, other.name), default=named)


FORMAT: Format = Format(
    name="Ripple",
    written_by=_("Bruker ESPRIT and other programs that export raw counts (.raw) with a text header (.rpl)"),
    reads=_("the counts, also of interrupted scans; energies, pixel size, times, tube voltage and title"),
    omits=_("more than one scan in a .raw file"),
    tested_with=_(
        "a Bruker-style header from XRF-Explorer's tests, and headers as other programs write them"
    ),
    files=((HEADER,), (COUNTS,)),
    open=RplScan,
    untrusted_check=None,
    parts=pair_of,
)
