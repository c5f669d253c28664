"""Formats of scans: every module of this folder that declares a `FORMAT` is read, listed and documented."""

import os
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from maxrf_core.errors import ScanError, unreadable
from maxrf_core.language import _
from maxrf_core.names import ending_of, stem_of
from maxrf_core.other_formats import advice_of
from maxrf_core.readers.format import PLUS, Choice, Format, keys_in
from maxrf_core.readers.maps_scan import MapsScan, map_endings, map_files_in, open_fitting_maps, open_maps
from maxrf_core.readers.scan import ALL, ArrayScan, Scan
from maxrf_core.readers.summed_scan import SummedScan

__all__ = [
    "ALL",
    "FORMATS",
    "MAP_FORMATS",
    "PLUS",
    "RAW_FORMATS",
    "ArrayScan",
    "Choice",
    "Format",
    "MapsScan",
    "Scan",
    "candidates",
    "choices_of",
    "format_of",
    "holds_maps",
    "is_scan",
    "map_endings",
    "map_files_in",
    "open_fitting_maps",
    "open_maps",
    "open_scan",
    "place_in_scan",
    "scan_files",
    "scan_in_folder",
    "scan_name",
]


def _declared() -> tuple[Format, ...]:
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return tuple(module.FORMAT for module in modules if hasattr(module, "FORMAT"))


FORMATS: tuple[Format, ...] = _declared()
MAP_FORMATS = tuple(form for form in FORMATS if form.map_file is not None)  # of element maps without spectra
RAW_FORMATS = tuple(form for form in FORMATS if not form.is_datastack and form.map_file is None)


def candidates(path: Path) -> list[Format]:
    """Return the formats that a file may have by its ending or its first bytes; it is not opened by them.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Format
        Those whose ending fits come first, then those that know more about their files. A format whose
        ending does not fit is left out if one whose ending fits has the same first bytes.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(16)
    except OSError:
        start = b""
    found = [form for form in FORMATS if form.map_file is None and form.is_candidate(path, start)]
    named = {form.signature for form in found if form.signature and form.has_ending(path)}
    kept = [form for form in found if form.has_ending(path) or form.signature not in named]
    return sorted(kept, key=lambda form: (not form.has_ending(path), form.is_general))


def format_of(path: Path) -> Format | None:
    """Return the format of a file; None if it is of no known format."""
    return next((form for form in candidates(path) if form.sniff(path)), None)


def is_scan(path: Path) -> bool:
    """Return True if a file is to be listed as a scan that can be converted.

    Its ending is that of a first file; if most files with this ending are something else, it is opened.
    """
    named = [form for form in RAW_FORMATS if ending_of(path) in form.files[0]]
    if not named or not all(form.has_common_ending for form in named):
        return bool(named)
    form = format_of(path)
    return form in named and (form.scan_in_folder is None or form.scan_in_folder(path.parent) == path)


def holds_maps(path: Path) -> bool:
    """Return True for a folder, or a file that can hold maps by its ending and is of no other format."""
    if path.is_dir():
        return scan_in_folder(path) is None
    return any(form.has_ending(path) for form in MAP_FORMATS) and format_of(path) is None


def scan_in_folder(folder: Path) -> Path | None:
    """Return the first file of the scan that all files of a folder make together; None if they make none."""
    for form in FORMATS:
        found = None if form.scan_in_folder is None else form.scan_in_folder(folder)
        if found is not None:
            return found
    return None


def scan_name(path: Path) -> str:
    """Return the name of the scan that a file belongs to: that of its folder if each file is a pixel."""
    if path.is_dir():
        return path.absolute().name
    form = format_of(path)
    return path.absolute().parent.name if form is not None and form.scan_in_folder else stem_of(path)


def choices_of(path: Path) -> list[Choice]:
    """Return the cubes that can be read from a file, the best guess first; empty if there is no choice.

    Raises
    ------
    ScanError, DatastackError
        If the file cannot be read.
    """
    if path.is_dir():
        path = scan_in_folder(path) or path
    form = format_of(path)
    return [] if form is None else form.choices(path)


def scan_files(path: Path) -> tuple[Path, ...]:
    """Return the files of the scan that a file belongs to, the one that it is listed under first.

    Parameters
    ----------
    path : Path

    Returns
    -------
    tuple of Path
        The path alone if it is of no known format. A missing file stands under the name that it should have.
    """
    form = format_of(path)
    return (path,) if form is None else form.parts(path)


def place_in_scan(path: Path) -> int:
    """Return the place of a file among those of its scan, by its ending alone.

    Examples
    --------
    >>> place_in_scan(Path("scan.rpl")), place_in_scan(Path("scan.raw"))
    (0, 1)
    """
    places = [
        place for form in FORMATS for place, endings in enumerate(form.files) if ending_of(path) in endings
    ]
    return max(places, default=0)


def open_scan(*paths: str | os.PathLike[str], choice: str | None = None) -> Scan:
    """Open a scan of any known format; only its description is read.

    Parameters
    ----------
    *paths : path_like
        The scan's file or files, or files or one folder of element maps. One of several, such as ``.raw`` and
        ``.rpl``, is enough: the other one is found beside it.
    choice : str, optional
        Key of one of `choices_of` the file, or keys of several detectors, joined by ``" + "``, which are
        summed; by default the first.

    Returns
    -------
    Scan
        Its counts are read later, block by block.

    Raises
    ------
    ScanError
        If a file is missing, of no known format, or contradicts itself, or there is no such choice.
    """
    if not paths:
        raise ScanError(_("No file was given. What can be read: {known}.").format(known=_known()))
    files = [Path(path) for path in paths]
    files = [(scan_in_folder(file) or file) if file.is_dir() else file for file in files]
    for file in files:
        _check_readable(file)
    if all(map(holds_maps, files)):
        if choice is not None:
            raise ScanError(_("Of element maps all are read: there is nothing to choose."))
        return open_maps(*files)
    for file in files:
        form = format_of(file)
        if form is not None:
            return form.open(*files) if choice is None else _open_choice(form, files, file, choice)
    for file in files:
        found = candidates(file)
        if found:
            return found[-1].open(*files)  # the most general one says best what the file holds
    told = advice_of(files[0].name)
    if told:
        raise ScanError(told)
    raise ScanError(
        _("{name} is no scan of a known format. What can be read: {known}.").format(
            name=files[0].name, known=_known()
        )
    )


def _open_choice(form: Format, files: list[Path], file: Path, choice: str) -> Scan:
    choices = form.choices(file)
    if not choices:
        raise ScanError(_("{name} holds one scan: there is nothing to choose.").format(name=file.name))
    keys = keys_in(file, choice, choices)
    scans = [form.open(*files, choice=key) for key in keys]
    return scans[0] if len(scans) == 1 else SummedScan(scans, PLUS.join(keys))


def _check_readable(path: Path) -> None:
    if path.is_dir():
        return
    try:
        with open(path, "rb"):
            pass
    except FileNotFoundError as error:
        raise ScanError(
            _("There is no file {name}; check its name and folder.").format(name=path.name)
        ) from error
    except OSError as error:
        raise unreadable(path.name or str(path), error) from error


def _known() -> str:
    return "; ".join(f"{form.name} ({form.in_words()})" for form in FORMATS)
