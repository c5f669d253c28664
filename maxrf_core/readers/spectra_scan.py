"""Scans whose pixels are files with one spectrum each, in a folder or in a .tar file."""

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.errors import ScanError, unreadable
from maxrf_core.language import Note, _, marked
from maxrf_core.readers.axes import origin, pixel_size
from maxrf_core.readers.format import Choice, check_choice, cube_in_words
from maxrf_core.readers.grid_of_names import (
    Grid,
    grid_of_positions,
    grid_of_width,
    grids_of,
    like_named,
    running_grid,
)
from maxrf_core.readers.scan import ALL, Scan, missing_pixels, ranges_in
from maxrf_core.readers.single_spectrum import (
    ENDINGS,
    MAX_BYTES,
    START_BYTES,
    SingleSpectrum,
    parse_spectrum,
    spectrum_header,
)
from maxrf_core.readers.tar_members import members_of_tar

MAX_SPECTRA = 2_000_000
TRIED = 3  # files of which one must be a spectrum for a folder to be listed as a scan
COMPARED = 20  # files whose energies are compared with those of the first
REMEMBERED = 8  # folders whose files' names were looked at


@dataclass(frozen=True, eq=False)
class SpectrumFiles:
    """The like-named files with one spectrum in a folder or a .tar file, sorted by name.

    Attributes
    ----------
    place : Path
        The folder, or the .tar file.
    names : tuple of str
    offsets, sizes : tuple of int
        Bytes in the .tar file; empty for a folder.
    others : int
        Files with spectra whose names are of another kind.
    """

    place: Path
    names: tuple[str, ...]
    offsets: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()
    others: int = 0

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that it is read from."""
        return (self.place,) if self.offsets else tuple(self.place / name for name in self.names)

    def read(self, number: int, size: int = MAX_BYTES + 1) -> bytes:
        """Read the first bytes of a file.

        Raises
        ------
        ScanError
            If it cannot be read.
        """
        path = self.place if self.offsets else self.place / self.names[number]
        try:
            with open(path, "rb") as file:
                if not self.offsets:
                    return file.read(min(size, os.fstat(file.fileno()).st_size))
                file.seek(self.offsets[number])
                return file.read(min(size, self.sizes[number]))
        except OSError as error:
            raise unreadable(self.names[number], error) from error

    def spectrum(self, number: int) -> SingleSpectrum:
        """Read a spectrum."""
        return parse_spectrum(self.read(number), self.names[number])

    def holds(self, name: str) -> bool:
        """Return True if a file of this name is among them."""
        place = bisect_left(self.names, name)
        return place < len(self.names) and self.names[place] == name

    def named_grids(self) -> list[Grid]:
        """Return the grids that the names of the files make."""
        return list(_grids(self.names))


@lru_cache(REMEMBERED)
def _grids(names: tuple[str, ...]) -> tuple[Grid, ...]:
    return tuple(grids_of([name[: name.rindex(".")] for name in names]))


def files_in_folder(folder: Path) -> SpectrumFiles:
    """Return the files with spectra in a folder.

    Raises
    ------
    ScanError
        If it cannot be read.
    """
    try:
        return _files_in_folder(folder, folder.stat().st_mtime_ns)
    except OSError as error:
        raise unreadable(folder.name, error) from error


@lru_cache(REMEMBERED)
def _files_in_folder(folder: Path, changed: int) -> SpectrumFiles:
    names = [each.name for each in folder.iterdir() if _is_spectrum(each.name)]
    kept = _kept(names)
    return SpectrumFiles(folder, tuple(kept), others=len(names) - len(kept))


def files_in_tar(path: Path) -> SpectrumFiles:
    """Return the files with spectra in a .tar file.

    Raises
    ------
    ScanError
        If it is damaged.
    """
    try:
        status = path.stat()
        return _files_in_tar(path, status.st_size, status.st_mtime_ns)
    except (OSError, ValueError) as error:
        raise ScanError(_("{name} is damaged or no .tar file.").format(name=path.name)) from error


@lru_cache(REMEMBERED)
def _files_in_tar(path: Path, size: int, changed: int) -> SpectrumFiles:
    places = members_of_tar(path, lambda name: _is_spectrum(Path(name).name), MAX_SPECTRA)
    kept = _kept(list(places))
    offsets, sizes = (tuple(places[name][part] for name in kept) for part in (0, 1))
    return SpectrumFiles(path, tuple(kept), offsets, sizes, len(places) - len(kept))


def _is_spectrum(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not name.startswith(".")


def _kept(names: Sequence[str]) -> list[str]:
    """Return the like-named files of the most common ending."""
    if len(names) > MAX_SPECTRA:
        raise ValueError("too many files")
    endings = Counter(name[name.rindex(".") :].lower() for name in names)
    if not endings:
        return []
    ((ending, _count),) = endings.most_common(1)
    return like_named([name for name in names if name.lower().endswith(ending)])


@lru_cache(REMEMBERED)
def is_scan_of_spectra(files: SpectrumFiles) -> bool:
    """Return True if the files make a grid, and one of a few that are tried is a spectrum."""
    count = len(files.names)
    if count < 2:
        return False
    for number in range(0, count, -(-count // TRIED)):
        try:
            files.spectrum(number)
            return bool(files.named_grids() or spectrum_header(files.read(number, START_BYTES)).place_mm)
        except ScanError:
            continue
    return False


@lru_cache(REMEMBERED)
def reference_spectrum(files: SpectrumFiles) -> tuple[int, SingleSpectrum]:
    """Return the number and the spectrum of a file whose length most of the files share.

    Raises
    ------
    ScanError
        If most of the files that were tried, spread over all, cannot be read.
    """
    found: list[tuple[int, SingleSpectrum]] = []
    errors: list[ScanError] = []
    for number in range(0, len(files.names), max(1, len(files.names) // COMPARED)):
        try:
            if files.read(number, 1):
                found.append((number, files.spectrum(number)))
        except ScanError as error:
            errors.append(error)
    if len(errors) > len(found):
        words = _("Most of the files in {name} cannot be read as spectra. {reason}")
        raise ScanError(words.format(name=files.place.name, reason=errors[0])) from errors[0]
    if not found:
        raise ScanError(_("{name} holds no files with spectra.").format(name=files.place.name))
    ((length, _count),) = Counter(spectrum.counts.size for _number, spectrum in found).most_common(1)
    return next(each for each in found if each[1].counts.size == length)


class SpectraScan(Scan):
    """A scan of which each pixel is a file.

    The beginnings of all files are read when it is opened, for live times and places; counts are read file
    by file. A pixel without a file, or whose file is empty, holds no counts and is marked in
    ``maps["missing"]``. A file that turns out to be damaged when it is read leaves its pixel empty, too, and
    is listed in `unread`.

    Parameters
    ----------
    files : SpectrumFiles
    name : str
    choice : str, optional
        Key of one of `choices_of_spectra`, or for files with a running number ``"WIDTHxHEIGHT"``.

    Raises
    ------
    ScanError
        If the files make no grid, or most are no spectra.
    """

    dtype = np.dtype(np.float64)

    def __init__(self, files: SpectrumFiles, name: str, choice: str | None = None) -> None:
        if not files.names:
            raise ScanError(_("{name} holds no files with spectra.").format(name=files.place.name))
        self._files, self.name, self.paths = files, name, files.paths
        starts = [self._start(number) for number in range(len(files.names))]
        headers = [spectrum_header(start) for start in starts]
        number, first = reference_spectrum(files)
        grid, self.about = _chosen_grid(files, [header.place_mm for header in headers], choice)
        self.shape = (grid.height, grid.width, first.counts.size)
        self.energies, self.energies_source = first.energies, files.names[number]
        self._numbers = np.full((grid.height, grid.width), -1, np.int32)
        held = np.array([n for n, start in enumerate(starts) if start and grid.rows[n] >= 0], np.int64)
        self._numbers[grid.rows[held], grid.columns[held]] = held
        self.unread: dict[tuple[int, int], str] = {}
        self._unplaced = sum(1 for n, start in enumerate(starts) if start and grid.rows[n] < 0)
        self.maps, self.cube_attributes, notes = missing_pixels(self._numbers < 0)
        self.cube_attributes["read_from"] = grid.key
        seconds = np.append([header.live_time_s for header in headers], np.nan)
        if np.isfinite(seconds).any():
            self.maps["live_time_s"] = seconds[self._numbers].astype(np.float32)
        self.notes = (*first.notes, *notes, *self._notes(first))

    def _start(self, number: int) -> bytes:
        """Return the beginning of a file; a question mark if it cannot be read, which is told later."""
        try:
            return self._files.read(number, START_BYTES)
        except ScanError:
            return b"?"

    def _notes(self, first: SingleSpectrum) -> list[str]:
        """Return notes on files that are left out, or that have other energies."""
        notes: list[str] = []
        if self._files.others:
            words = marked("{count:,} files with names of another kind are left out.")
            notes.append(Note(words, count=self._files.others))
        if self._unplaced:
            words = marked("Files that do not tell their position as others do are left out: {count:,}.")
            notes.append(Note(words, count=self._unplaced))
        held = self._numbers[self._numbers >= 0]
        for number in held[:: max(1, len(held) // COMPARED)]:
            try:
                energies = self._spectrum(int(number)).energies
            except ScanError:  # told once all are read
                continue
            if not _same(energies, first.energies):
                words = marked("{other} has other energies than {name}; those of {name} are taken for all.")
                notes.append(Note(words, other=self._files.names[number], name=self.energies_source))
                break
        return notes

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block, file by file.

        Raises
        ------
        ScanError
            If all files are gone.
        """
        numbers = self._numbers[rows, columns]
        down, across, deep = ranges_in(self.shape, rows, columns, channels)
        block = np.zeros((*numbers.shape, len(deep)), self.dtype)
        for row, column in zip(*np.nonzero(numbers >= 0), strict=True):
            number = int(numbers[row, column])
            try:
                block[row, column] = self._spectrum(number).counts[channels]
            except ScanError:
                if not self._files.place.exists():
                    raise
                self.unread[down[row], across[column]] = self._files.names[number]
        return block

    def _spectrum(self, number: int) -> SingleSpectrum:
        found = self._files.spectrum(number)
        if found.counts.size != self.shape[2]:
            words = _("{name} has {count:,} channels, and other files have {channels:,}.")
            raise ScanError(
                words.format(name=self._files.names[number], count=found.counts.size, channels=self.shape[2])
            )
        return found


def _same(energies: np.ndarray | None, others: np.ndarray | None) -> bool:
    if energies is None or others is None:
        return energies is others
    return energies.shape == others.shape and bool(np.allclose(energies, others, rtol=1e-6, atol=1e-6))


def _chosen_grid(
    files: SpectrumFiles, places: Sequence[tuple[float, float] | None], choice: str | None
) -> tuple[Grid, dict[str, Any]]:
    """Return the grid of the files, −1 for those without a place, and the size of a pixel if they tell it."""
    grids, about = _all_grids(files, places)
    if not grids:
        raise ScanError(
            _(
                "The names of the files in {name} do not tell which pixel each belongs to: they need a row "
                "and a column, as in “scan_003_017.mca”, or a running number."
            ).format(name=files.place.name)
        )
    if choice is None:
        return grids[0], about
    size = grid_of_width(len(files.names), choice)
    running = [grid for grid in grids if "x" in grid.key]
    if size is not None and running:
        numbers = running[0].rows * running[0].width + running[0].columns
        if numbers.max() < size[0] * size[1]:
            return running_grid(numbers, *size), about
    keys = [grid.key for grid in grids]
    return grids[keys.index(check_choice(files.place, choice, keys))], about


def _all_grids(
    files: SpectrumFiles, places: Sequence[tuple[float, float] | None]
) -> tuple[list[Grid], dict[str, Any]]:
    told = [number for number, place in enumerate(places) if place is not None]
    positions = [place for place in places if place is not None]
    found = grid_of_positions(positions) if 2 * len(told) > len(places) else None
    if found is None:
        return files.named_grids(), {}
    grid, (step_x, step_y) = found
    rows, columns = np.full((2, len(places)), -1, np.int64)
    rows[told], columns[told] = grid.rows, grid.columns
    grid = replace(grid, rows=rows, columns=columns)
    about = pixel_size(step_x or None, step_y or None) | origin(*np.min(positions, axis=0))
    return [grid, *files.named_grids()], about


def choices_of_spectra(files: SpectrumFiles) -> list[Choice]:
    """Return the grids that the files can make; nothing if there is only one.

    Raises
    ------
    ScanError
        If most files are no spectra.
    """
    reference, spectrum = reference_spectrum(files)
    places: list[tuple[float, float] | None] = [None]
    if spectrum_header(files.read(reference, START_BYTES)).place_mm:
        places = [spectrum_header(files.read(n, START_BYTES)).place_mm for n in range(len(files.names))]
    grids, _about = _all_grids(files, places)
    if len(grids) < 2:
        return []
    channels = spectrum.counts.size
    shapes = [(grid, (grid.height, grid.width, channels)) for grid in grids]
    return [Choice(grid.key, cube_in_words(shape, grid.words), shape) for grid, shape in shapes]
