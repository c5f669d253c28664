"""Stacks of EDF files: one for each row of a scan, in which each row of numbers is the spectrum of a pixel.

So PyMca, XIA's electronics and beamlines of the ESRF store fluorescence scans.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.names import ending_of
from maxrf_core.readers.axes import MIN_USUAL, energies_of
from maxrf_core.readers.edf import read_edf, read_edf_header, read_first_image
from maxrf_core.readers.edf_file import EdfFile
from maxrf_core.readers.format import Choice, Format, check_choice, cube_in_words
from maxrf_core.readers.grid_of_names import like_named
from maxrf_core.readers.scan import ALL, Scan, ranges_in
from maxrf_core.readers.summed_scan import dtype_of_sum
from maxrf_core.readers.tar_members import TAR, members_of_tar

ENDINGS = (".edf", ".edf.gz")
MIN_ROWS = 2
MAX_FILES = 100_000  # in one .tar file
REMEMBERED = 8  # folders that were looked at
SUM = "sum"
DETECTOR = re.compile(r"xia([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class _Rows:
    """The files of a stack.

    Attributes
    ----------
    detectors : dict of str to tuple of EdfFile
        For each detector the files of the rows in order; one without a name if there is only one.
    columns, channels : int
    dtype : numpy.dtype
    energies : ndarray, shape (channels,), or None
    """

    detectors: dict[str, tuple[EdfFile, ...]]
    columns: int
    channels: int
    dtype: np.dtype
    energies: np.ndarray | None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files on the disk, of all detectors."""
        return tuple(dict.fromkeys(file.path for files in self.detectors.values() for file in files))

    @property
    def first(self) -> Path:
        """The file that the stack is listed under."""
        return min(files[0].name_path for files in self.detectors.values())

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        return len(next(iter(self.detectors.values()))), self.columns, self.channels


class EdfStackScan(Scan):
    """A stack of EDF files.

    Parameters
    ----------
    *paths : path_like
        A file of the stack, or several; or a .tar file of all.
    choice : str, optional
        A detector such as ``"xia01"``; by default the sum of all.

    Raises
    ------
    ScanError
        If the files make no stack, or there is no such detector.
    """

    def __init__(self, *paths: str | os.PathLike[str], choice: str | None = None) -> None:
        path = Path(paths[0]).absolute()
        is_tar = ending_of(path) == TAR
        stack = edf_stack_in_tar(path) if is_tar else _stack_of(path.parent)
        if stack is None or path not in stack.paths:
            raise ScanError(
                _("{name} is no row of a scan: {folder} holds no EDF file for each row.").format(
                    name=path.name, folder=path.parent.name
                )
            )
        known = [SUM, *stack.detectors]
        key = SUM if choice is None else check_choice(path, choice, known)
        self._detectors = list(stack.detectors.values()) if key == SUM else [stack.detectors[key]]
        self.paths = tuple(dict.fromkeys(file.path for files in self._detectors for file in files))
        self.name, self.shape = path.stem if is_tar else path.parent.name, stack.shape
        self.natural_block = (1, *stack.shape[1:])
        self.dtype = stack.dtype
        if len(self._detectors) > 1:
            self.dtype = dtype_of_sum([stack.dtype])
            self.cube_attributes = {"read_from": SUM}
        elif len(stack.detectors) > 1:
            self.cube_attributes = {"read_from": key}
        self.energies, self.energies_source = stack.energies, stack.first.name

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block, file by file."""
        down, across, deep = ranges_in(self.shape, rows, columns, channels)
        block = np.zeros((len(down), len(across), len(deep)), self.dtype)
        for files in self._detectors:
            for target, row in zip(block, down, strict=True):
                target += self._row(files[row])[columns, channels].astype(self.dtype)
        return block

    def _row(self, file: EdfFile) -> np.ndarray:
        found = read_first_image(file)
        if found.shape != self.shape[1:]:
            raise ScanError(
                _("{name} holds {columns} spectra of {channels} channels, unlike other rows.").format(
                    name=file.name_path.name, columns=found.shape[0], channels=found.shape[1]
                )
            )
        return found


def _stack_of(folder: Path) -> _Rows | None:
    """Return the stack that the EDF files of a folder make; None if they make none."""
    try:
        return _stack_in(folder, folder.stat().st_mtime_ns)
    except (OSError, ScanError):
        return None


@lru_cache(REMEMBERED)
def _stack_in(folder: Path, changed: int) -> _Rows | None:
    return _stack({each.name: EdfFile(each) for each in folder.iterdir() if ending_of(each) in ENDINGS})


def edf_stack_in_tar(path: Path) -> _Rows | None:
    """Return the stack that the EDF files in a .tar file make; None if they make none."""
    try:
        status = path.stat()
        return _stack_in_tar(path, status.st_size, status.st_mtime_ns)
    except (OSError, ScanError):
        return None


@lru_cache(REMEMBERED)
def _stack_in_tar(path: Path, size: int, changed: int) -> _Rows | None:
    places = members_of_tar(path, lambda name: ending_of(Path(name)) in ENDINGS, MAX_FILES)
    return _stack({name: EdfFile(path, name, *place) for name, place in places.items()})


def _stack(files: Mapping[str, EdfFile]) -> _Rows | None:
    """Return the stack that files of the same name but for their numbers make; None if they make none."""
    names = like_named(list(files))
    detectors = _by_detector(files, names)
    if detectors is None:
        return None
    first = files[names[0]]
    found = read_edf(first)
    header = read_edf_header(first)
    columns, channels = found.shape
    is_usual = channels >= MIN_USUAL and not channels & (channels - 1)
    if len(found.names) != 1 or not (is_usual or any(key.startswith(("mca", "xia")) for key in header)):
        return None
    return _Rows(detectors, columns, channels, found.dtype, _energies(header, channels))


def _by_detector(files: Mapping[str, EdfFile], names: Sequence[str]) -> dict[str, tuple[EdfFile, ...]] | None:
    """Return the files of each detector in the order of their rows; None if their numbers tell no rows."""
    rows: dict[str, list[tuple[int, EdfFile]]] = {}
    numbers = [list(map(int, re.findall("[0-9]+", DETECTOR.sub("", name)))) for name in names]
    varying = [
        place for place in range(len(numbers[0]) if names else 0) if len({n[place] for n in numbers}) > 1
    ]
    if len(varying) != 1:
        return None
    for name, found in zip(names, numbers, strict=True):
        detector = DETECTOR.search(name)
        rows.setdefault(detector[0].lower() if detector else "", []).append((found[varying[0]], files[name]))
    for each in rows.values():
        each.sort(key=lambda pair: pair[0])
    counted = [[row for row, _file in each] for each in rows.values()]
    first = counted[0]
    if len(first) < MIN_ROWS or any(each != first for each in counted) or len(set(first)) < len(first):
        return None
    return {key: tuple(file for _row, file in each) for key, each in sorted(rows.items())}


def _energies(header: dict[str, str], channels: int) -> np.ndarray | None:
    """Return the energies that PyMca's keys ``MCA a``, ``MCA b`` and ``MCA c`` tell."""
    try:
        a, b, c = (float(header.get(f"mca {letter}", 0)) for letter in "abc")
        start = float(header.get("mca start ch", 0))
    except ValueError:
        return None
    if not b:
        return None
    numbers = start + np.arange(channels)
    return energies_of(a + b * numbers + c * numbers**2, "", channels, "")[0]


def is_edf_row(path: Path) -> bool:
    """Return True if an EDF file is a row of a stack."""
    path = path.absolute()
    stack = _stack_of(path.parent)
    return stack is not None and path in stack.paths


def rows_beside(path: Path) -> tuple[Path, ...]:
    """Return the files of all rows of the stack that a file belongs to, of all detectors."""
    stack = _stack_of(path.absolute().parent)
    return (path,) if stack is None else stack.paths


def edf_stack_in_folder(folder: Path) -> Path | None:
    """Return the first file of the stack that a folder holds; None if it holds none."""
    stack = _stack_of(folder)
    return None if stack is None else stack.first


def choices_of_edf(path: Path) -> list[Choice]:
    """Return the sum of the detectors, and each; nothing if there is only one."""
    path = path.absolute()
    stack = edf_stack_in_tar(path) if ending_of(path) == TAR else _stack_of(path.parent)
    if stack is None or len(stack.detectors) < 2:
        return []
    words = {SUM: _("sum of {count} detectors").format(count=len(stack.detectors))}
    words |= {name: name for name in stack.detectors}
    return [
        Choice(key, cube_in_words(stack.shape, what), stack.shape, detector="" if key == SUM else key)
        for key, what in words.items()
    ]


FORMAT: Format = Format(
    name="EDF stack",
    written_by=_("PyMca, XIA's electronics and beamlines of the ESRF: one .edf file for each row of a scan"),
    reads=_("the counts, detectors summed, all or some; energies as PyMca writes them; packed by gzip too"),
    omits=_(
        "statistics beside the spectra (live times of xiast files), rows that are compressed inside the file"
    ),
    tested_with=_("fabio, named as XIA's electronics name files; no genuine ones are at hand"),
    files=(ENDINGS,),
    open=EdfStackScan,
    untrusted_check="readers.maps_scan:check_maps",  # a row alone is an image
    sniff=is_edf_row,
    parts=rows_beside,
    choices=choices_of_edf,
    scan_in_folder=edf_stack_in_folder,
    has_common_ending=True,
)
