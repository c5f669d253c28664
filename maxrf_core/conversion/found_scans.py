"""Scans among files and in folders: what is there, what can be read of it, and what cannot and why."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.errors import MaxrfError, ScanError, unreadable
from maxrf_core.language import _
from maxrf_core.names import ending_of
from maxrf_core.readers import (
    FORMATS,
    Choice,
    MapsScan,
    Scan,
    choices_of,
    format_of,
    map_files_in,
    open_maps,
    open_scan,
    scan_files,
    scan_in_folder,
    scan_name,
)
from maxrf_core.readers.datastack import is_datastack
from maxrf_core.readers.format import PLUS, keys_in

CHOSEN = ("read_from", "crop", "missing_rows", "missing_columns")  # attributes of a cube that tell a choice


@dataclass(frozen=True, eq=False)
class FoundScan:
    """A scan that was recognised, or a file that looks like one and cannot be read.

    Attributes
    ----------
    files : tuple of Path
        What `open_scan` is called with.
    shown : str
        For people: its path in the folder that was searched, or the name of its first file.
    place : Path
        Folder of its datastack below that of all new ones.
    stem : str
        Name of its datastack without ending.
    format : str
        Name of its format.
    choice : str or None
        Which of several scans of a file it is, or how it is read; None for the first.
    ways : tuple of Choice
        In which it can be read, if there are several and none was chosen.
    shape : tuple of int
        (height, width, channels); (0, 0, 0) if it cannot be read.
    map_count : int
        Number of its maps, if it holds no spectra.
    size : int
        Bytes of its files.
    changed : float
        When the last of its files was changed, in seconds since 1970.
    source : str
        Names of its files, as its datastack states them.
    made_so : dict
        What is read of its file, and the part that is converted, as its datastack states it: see `made_so`.
    about : mapping
        As of a `Scan`.
    error : str
        Why it cannot be read; empty if it can.
    chosen_by : str
        Name of its file where something is chosen of it: `shown` without the name of a scan in it.
    """

    files: tuple[Path, ...]
    shown: str
    place: Path
    stem: str
    format: str = ""
    choice: str | None = None
    ways: tuple[Choice, ...] = ()
    shape: tuple[int, int, int] = (0, 0, 0)
    map_count: int = 0
    size: int = 0
    changed: float = 0.0
    source: str = ""
    made_so: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    chosen_by: str = ""


@dataclass
class FoundFiles:
    """Contents of the folders and files that were searched.

    Attributes
    ----------
    scans : list of FoundScan
    datastacks : list of str
        Files that need no conversion.
    maps : list of (str, MapsScan)
        Folders whose files may be element maps of one size, which only people can tell.
    others : Counter of str
        Number of other files by their endings.
    """

    scans: list[FoundScan] = field(default_factory=list)
    datastacks: list[str] = field(default_factory=list)
    maps: list[tuple[str, MapsScan]] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)


def _whole(scan: Scan) -> Scan:
    return scan


def find_scans(
    groups: Iterable[tuple[Path, ...]],
    *,
    leave_out: Path | None = None,
    chosen: Sequence[str] = (),
    prepare: Callable[[Scan], Scan] = _whole,
) -> FoundFiles:
    """Find the scans among files and in folders with all that is below them.

    Parameters
    ----------
    groups : iterable of tuple of Path
        The file or files of one scan, or a folder: see `maxrf_core.conversion.batch.group_scans`.
    leave_out : Path, optional
        A folder that is not searched, such as that of the new datastacks.
    chosen : sequence of str
        What to read of files that hold several scans or can be read in several ways: ``"FILE=KEY"``, with the
        file as it is shown. By default each scan in its first way.
    prepare : callable, optional
        Returns what is to be converted of a scan, such as a part from `part_of`.

    Returns
    -------
    FoundFiles

    Raises
    ------
    ScanError
        If what was chosen is of no file, or there is no such choice.
    """
    found, asked = FoundFiles(), _Asked(chosen, prepare)
    groups = list(groups)
    several = sum(group[0].is_dir() for group in groups) > 1
    for group in groups:
        folder = group[0]
        if not folder.is_dir():
            found.scans += _scans_of(group, folder.name, Path(), asked)
            continue
        before = len(found.scans)
        _search(folder, Path(folder.absolute().name) if several else Path(), leave_out, asked, found)
        if len(found.scans) == before and map_files_in(folder):  # a folder of maps that was named as such
            found.scans += _scans_of((folder,), folder.absolute().name, Path(), asked)
            found.others -= Counter(ending_of(path) for path in map_files_in(folder))
            found.maps.clear()
    asked.check_all_used()
    return found


class _Asked:
    """Choices of the user: what to read of some files, and which part of each scan."""

    def __init__(self, chosen: Sequence[str], prepare: Callable[[Scan], Scan]) -> None:
        self._unused, self.prepare = list(chosen), prepare

    def of(self, shown: str) -> list[str]:
        """Return the keys that were chosen of a file."""
        start = f"{shown}="
        own = [text for text in self._unused if text.startswith(start)]
        self._unused = [text for text in self._unused if text not in own]
        return [text[len(start) :] for text in own]

    def check_all_used(self) -> None:
        if self._unused:
            raise ScanError(
                _(
                    "No file that is read belongs to --choose {text:.200}; write FILE=KEY, with the file as "
                    "--dry-run shows it."
                ).format(text=self._unused[0])
            )


def _search(top: Path, below: Path, leave_out: Path | None, asked: _Asked, found: FoundFiles) -> None:
    """Add what is in a folder and all below it."""

    def refuse(error: OSError) -> None:
        name = os.path.relpath(error.filename, top) if error.filename else top.name
        place = Path(error.filename or top)
        found.scans.append(
            FoundScan((place,), name, below, place.name, error=str(unreadable(place.name, error)))
        )

    for place_name, folders, names in os.walk(top, onerror=refuse):
        place = Path(place_name)
        kept = [name for name in sorted(folders) if not name.startswith(".")]
        folders[:] = [name for name in kept if leave_out is None or not _is_same(place / name, leave_out)]
        visible = [place / name for name in sorted(names) if not name.startswith(".")]
        _look_at_folder(place, visible, top, below / place.relative_to(top), asked, found)


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:  # there is none yet
        return False


def _look_at_folder(
    place: Path, files: list[Path], top: Path, below: Path, asked: _Asked, found: FoundFiles
) -> None:
    """Add what the files of one folder are."""
    taken: set[Path] = set()
    first = scan_in_folder(place)
    if first is not None:  # each file is a pixel
        taken.update(scan_files(first))
        shown = place.absolute().name if place == top else place.relative_to(top).as_posix()
        found.scans += _scans_of((place,), shown, below.parent, asked)
    before, others = len(found.scans), list[Path]()
    for path in files:
        if path in taken:
            continue
        shown = path.relative_to(top).as_posix()
        if is_own_datastack(path):
            found.datastacks.append(shown)
        elif looks_like_scan(path):
            together = [each for each in scan_files(path) if each.exists()] or [path]
            shown = together[0].relative_to(top).as_posix()
            scans = _scans_of((together[0],), shown, below, asked)
            if any(scan.error for scan in scans) and not _ends_as_scan(path):  # a zip file of anything
                others.append(path)
            else:
                taken.update(together)
                found.scans += scans
        else:
            others.append(path)
    others = [path for path in others if path not in taken]  # such as counts before their header
    found.others.update(map(ending_of, others))
    if first is None and len(found.scans) == before:
        found.maps += _maybe_maps(place, place.relative_to(top).as_posix())


def is_own_datastack(path: Path) -> bool:
    """Return True if a file is a datastack of this program, which needs no conversion."""
    form = format_of(path)
    return form is not None and form.is_datastack and form.sniff is is_datastack


def looks_like_scan(path: Path) -> bool:
    """Return True if a file is a scan, or ends as only scans do."""
    form = format_of(path)
    if form is not None:
        return form.scan_in_folder is None
    return _ends_as_scan(path)


def _ends_as_scan(path: Path) -> bool:
    named = [form for form in FORMATS if form.map_file is None and form.has_ending(path)]
    return any(not form.has_common_ending for form in named)


def _maybe_maps(folder: Path, shown: str) -> Iterator[tuple[str, MapsScan]]:
    """Yield the maps of a folder if there are several files of one size."""
    try:
        if len(map_files_in(folder)) > 1:
            scan = open_maps(folder)
            if len(scan.paths) > 1:
                yield shown, scan
    except MaxrfError:
        return


def _scans_of(files: tuple[Path, ...], shown: str, place: Path, asked: _Asked) -> list[FoundScan]:
    """Return each scan of a file, or those that were chosen of it."""
    plain = FoundScan(files, shown, place, scan_name(files[0]), _format_name(files[0]), chosen_by=shown)
    wanted = asked.of(shown)
    try:
        choices = choices_of(files[0])
        if wanted:
            chosen = [PLUS.join(keys_in(files[0], key, choices)) for key in wanted]
            names = chosen if len(chosen) > 1 else [""]
            return [_opened(plain, key, (), name, asked) for key, name in zip(chosen, names, strict=True)]
        ways: dict[str, list[Choice]] = {}
        for choice in choices:
            ways.setdefault(choice.scan, []).append(choice)
        if len(ways) > 1:
            return [
                _opened(plain, several[0].key, tuple(several[1:] and several), scan, asked)
                for scan, several in ways.items()
            ]
        return [_opened(plain, None, tuple(choices), "", asked)]
    except (MaxrfError, OSError) as error:
        if wanted:
            raise
        return [_refused(plain, error)]


def _format_name(path: Path) -> str:
    form = format_of((scan_in_folder(path) or path) if path.is_dir() else path)
    return _("element maps") if form is None else form.name


def _opened(
    plain: FoundScan, choice: str | None, ways: tuple[Choice, ...], part: str, asked: _Asked
) -> FoundScan:
    """Return what a scan's files tell of it."""
    named = {
        **vars(plain),
        "choice": choice,
        "ways": ways,
        "shown": f"{plain.shown} ({part})" if part else plain.shown,
        "stem": f"{plain.stem}_{in_file_names(part)}" if part else plain.stem,
    }
    try:
        scan = asked.prepare(open_scan(*plain.files, choice=choice))
        status = [path.stat() for path in scan.paths]
    except (MaxrfError, OSError) as error:
        return _refused(FoundScan(**named), error)
    named |= {
        "shape": scan.shape,
        "map_count": len(scan.map_names) if isinstance(scan, MapsScan) else 0,
        "size": sum(each.st_size for each in status),
        "changed": max((each.st_mtime for each in status), default=0.0),
        "source": scan.source,
        "made_so": made_so(scan.cube_attributes),
        "about": dict(scan.about),
    }
    return FoundScan(**named)


def _refused(scan: FoundScan, error: MaxrfError | OSError) -> FoundScan:
    said = unreadable(scan.files[0].name, error) if isinstance(error, OSError) else error
    return FoundScan(**{**vars(scan), "error": " ".join(str(said).split())})


def made_so(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the attributes of a cube tell of the choice and the part that were converted."""
    told = {name: attributes[name] for name in CHOSEN if name in attributes}
    return {name: np.asarray(value).tolist() for name, value in told.items()}


def in_file_names(text: str) -> str:
    """Return a text with nothing in it that a file's name cannot have everywhere.

    Examples
    --------
    >>> in_file_names("entry/data:yxc")
    'entry-data-yxc'
    """
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in text)
    return kept.strip("-.")[:60] or "scan"
