"""Element maps without spectra, from one file or several of one size, as a scan without channels."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from maxrf_core.errors import MaxrfError, ScanError, unreadable
from maxrf_core.language import Note, _
from maxrf_core.names import ending_of, stem_of
from maxrf_core.readers.map_file import MAX_MAPS, MapFile
from maxrf_core.readers.scan import ALL, Scan

SHELL = re.compile(r"[^0-9A-Za-z][KLM][ab]?[0-9]?(?![0-9A-Za-z])")  # belongs to the name before it
EDGE = re.compile(r"[^0-9A-Za-z]")  # where what several names have in common may end


class MapsScan(Scan):
    """Element maps without spectra: a scan whose `shape` has 0 channels.

    Parameters
    ----------
    files : sequence of MapFile
        In the order of their maps.
    name : str, optional
        By default that of the first file.

    Attributes
    ----------
    map_names : tuple of str
        What each map is called: as its file tells, else after the file.

    Raises
    ------
    ScanError
        If the maps differ in size, or are too many.
    """

    def __init__(self, files: Sequence[MapFile], name: str | None = None) -> None:
        first = files[0]
        for other in files:
            if other.shape != first.shape:
                raise ScanError(
                    _(
                        "{one} has {width} × {height} pixels, and {other} has {wide} × {high}: the maps of "
                        "one datastack have one size. Convert them apart, or leave one out."
                    ).format(
                        one=first.path.name,
                        width=first.shape[1],
                        height=first.shape[0],
                        other=other.path.name,
                        wide=other.shape[1],
                        high=other.shape[0],
                    )
                )
        self._places = [(file, number) for file in files for number in range(len(file.names))]
        if len(self._places) > MAX_MAPS:
            words = _("These are {count} maps, and one datastack can hold {limit}; choose fewer.")
            raise ScanError(words.format(count=len(self._places), limit=MAX_MAPS))
        self.map_names = names_of(files)
        self.paths = tuple(file.path for file in files)
        self.name = name or stem_of(first.path)
        self.shape = (*first.shape, 0)
        self.dtype = np.result_type(*(file.dtype for file in files))
        self.about = {key: value for file in reversed(files) for key, value in file.about.items()}
        self.notes = tuple(dict.fromkeys(note for file in files for note in file.notes))

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Return a block without channels."""
        height, width, _channels = self.shape
        return np.empty((len(range(height)[rows]), len(range(width)[columns]), 0), self.dtype)

    def read_map(self, number: int) -> np.ndarray:
        """Read one map: (height, width) in `dtype`.

        Raises
        ------
        ScanError
            If its file cannot be read any more.
        """
        file, place = self._places[number]
        return np.asarray(file.read(place)).astype(self.dtype, copy=False)


def open_maps(*paths: str | os.PathLike[str]) -> MapsScan:
    """Open files of element maps, or all of a folder, as one scan without spectra.

    Parameters
    ----------
    *paths : path_like
        Files that each hold one map or several, or one folder. Of a folder, what holds no maps, or maps of
        another size than most, is left out, with a note.

    Raises
    ------
    ScanError
        If a file holds no maps, there are none, or they differ in size.
    """
    given = [Path(path) for path in paths]
    if len(given) == 1 and given[0].is_dir():
        return open_fitting_maps(map_files_in(given[0]), given[0].name)
    return MapsScan([_map_file(file) for file in given])


def open_fitting_maps(
    paths: Iterable[Path], name: str, check: Callable[[Path], object] | None = None
) -> MapsScan:
    """Open the files that hold maps of one size, as those of a folder; the others are told in its notes.

    Parameters
    ----------
    paths : iterable of Path
        Of several sizes the one of most maps is taken.
    name : str
        Of the scan, and in messages.
    check : callable, optional
        Called with each path before it is opened; what it refuses by a `MaxrfError` is left out.

    Raises
    ------
    ScanError
        If no file holds maps.
    """
    found, notes, errors = list[MapFile](), list[str](), list[MaxrfError]()
    for path in paths:
        try:
            if check is not None:
                check(path)
            found.append(_map_file(path))
        except MaxrfError as error:
            errors.append(error)
            notes.append(Note("Left out: {reason}", reason=str(error)))
    if not found:
        if errors:
            raise ScanError(str(errors[0])) from errors[0]
        raise ScanError(
            _("{name} holds no element maps: no file in it ends in {endings}.").format(
                name=name, endings=", ".join(map_endings())
            )
        )
    sizes = Counter[tuple[int, int]]()
    for file in found:
        sizes[file.shape] += len(file.names)
    shape = max(sizes, key=lambda size: sizes[size])
    words = "{name} is left out: it has {width} × {height} pixels, and most maps have another size."
    notes += [
        Note(words, name=file.path.name, width=file.shape[1], height=file.shape[0])
        for file in found
        if file.shape != shape
    ]
    scan = MapsScan([file for file in found if file.shape == shape], name)
    scan.notes = (*scan.notes, *notes)
    return scan


def map_files_in(folder: Path) -> list[Path]:
    """Return the files of a folder that can hold element maps, by their endings, in the order of names."""
    try:
        found = [path for path in folder.iterdir() if ending_of(path) in map_endings() and path.is_file()]
    except OSError as error:
        raise unreadable(folder.name, error) from error
    return sorted(path for path in found if not path.name.startswith("."))


def map_endings() -> tuple[str, ...]:
    """Return the endings of all files of element maps."""
    from maxrf_core.readers import MAP_FORMATS  # which are declared with what is here

    return tuple(ending for form in MAP_FORMATS for ending in form.endings)


def _map_file(path: Path) -> MapFile:
    from maxrf_core.readers import MAP_FORMATS

    for form in MAP_FORMATS:
        if form.map_file is not None and ending_of(path) in form.endings:
            return form.map_file(path)
    raise ScanError(
        _("{name} is no file of element maps; what can be read ends in {endings}.").format(
            name=path.name, endings=", ".join(map_endings())
        )
    )


def check_maps(path: Path) -> None:
    """Read each map of a file: a check for files from strangers, which runs in a process of its own.

    Raises
    ------
    MaxrfError
        If one cannot be read.
    """
    scan = open_maps(path)
    for number in range(len(scan.map_names)):
        scan.read_map(number)


def names_of(files: Sequence[MapFile]) -> tuple[str, ...]:
    """Return the names of all maps, each another one.

    A map that its file does not name is called after the file, without what the names of all such files have
    in common; the maps of one file are numbered. Of maps with the same name, the file's name is added.
    """
    stems = own_parts([stem_of(file.path) for file in files if len(file.names) == 1 and not file.names[0]])
    left, names = iter(stems), []
    for file in files:
        if len(file.names) == 1 and not file.names[0]:
            names.append(next(left))
        else:
            numbered = enumerate(file.names, 1)
            names += [name or f"{stem_of(file.path)} {number}" for number, name in numbered]
    count = Counter(names)
    sources = [stem_of(file.path) for file in files for _name in file.names]
    unique: list[str] = []
    for name, source in zip(names, sources, strict=True):
        wanted = f"{name} ({source})" if count[name] > 1 else name
        number = 2
        shown = wanted
        while shown in unique:
            shown, number = f"{wanted} {number}", number + 1
        unique.append(shown)
    return tuple(unique)


def own_parts(stems: Sequence[str]) -> list[str]:
    """Return what differs in names of files: without the beginning and the end that all have in common.

    Examples
    --------
    >>> own_parts(["night-watch_Fe-K_gray8", "night-watch_Ca-K_gray8"])
    ['Fe-K', 'Ca-K']
    >>> own_parts(["map_Fe_gray8", "map_Ca_gray8"])
    ['Fe', 'Ca']
    >>> own_parts(["Fe", "Fe2"]), own_parts(["ink_Fe"])
    (['Fe', 'Fe2'], ['ink_Fe'])
    """
    if len(stems) < 2:
        return list(stems)
    before = _common_beginning(stems)
    after = _common_beginning([stem[len(before) :][::-1] for stem in stems])[::-1]
    if shell := SHELL.match(after):
        after = after[shell.end() :]
    parts = [stem[len(before) : len(stem) - len(after)] for stem in stems]
    return parts if all(parts) else list(stems)


def _common_beginning(names: Sequence[str]) -> str:
    """Return what names begin with in common, up to the last sign that is no letter or digit."""
    first, last = min(names), max(names)
    alike = [one == other for one, other in zip(first, last, strict=False)]
    common = first[: alike.index(False) if False in alike else len(alike)]
    places = [found.end() for found in EDGE.finditer(common)]
    return common[: places[-1]] if places else ""
