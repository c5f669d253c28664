"""Names of arrays and files, and the versions of an array."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from maxrf_core.errors import ArrayNotFoundError, DatastackError
from maxrf_core.language import _

CUBE, ENERGIES = "maxrf_cube", "maxrf_energies"
MAX_SPECTRUM, SUM_SPECTRUM = "maxrf_maxspectrum", "maxrf_sumspectrum"
MISSING = "missing"  # (height, width), 1 where a pixel was never measured
PIXELS = "pixels"  # attribute of a mean spectrum: of how many pixels it is the mean
DATASTACK_EXT = ".datastack"
PACKED_EXT = ".gz"  # the ending of a packed file is its own one with this
REGISTERED = "_reg"  # ends the name of a registered photograph, such as imvis_reg
MAX_NAME_LENGTH = 100
RESERVED_CHARACTERS = '/\\<>:"|?*'
RESERVED_NAMES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10)),
}

Attributes = Mapping[str, Any]
Choose = Callable[[Sequence[str]], Mapping[str, str]]  # all names → the stored and new names of those to keep


def ending_of(path: PurePath) -> str:
    """Return the ending of a file's name in small letters, of a packed file that of its content, too.

    Examples
    --------
    >>> ending_of(PurePath("Fe.EDF")), ending_of(PurePath("row_1.edf.gz")), ending_of(PurePath("notes.gz"))
    ('.edf', '.edf.gz', '.gz')
    """
    ending = path.suffix.lower()
    return PurePath(path.stem).suffix.lower() + ending if ending == PACKED_EXT else ending


def stem_of(path: PurePath) -> str:
    """Return a file's name without its `ending_of`.

    Examples
    --------
    >>> stem_of(PurePath("row_1.edf.gz"))
    'row_1'
    """
    return path.name[: len(path.name) - len(ending_of(path))]


class Layers:
    """Names of layers as maxrf4u's notebooks write them: ``ds.MAXRF_CUBE`` or ``L.MAXRF_CUBE``."""

    MAXRF_CUBE = CUBE
    MAXRF_MAXSPECTRUM = MAX_SPECTRUM
    MAXRF_SUMSPECTRUM = SUM_SPECTRUM
    MAXRF_ENERGIES = ENERGIES
    HOTMAX_PIXELS = "hotmax_pixels"
    HOTMAX_SPECTRA = "hotmax_spectra"
    HOTMAX_BASELINES = "hotmax_baselines"
    HOTMAX_NOISELINES = "hotmax_noiselines"
    MAPS_IMVIS = "maps_imvis"
    LAYERS = (
        "MAXRF_CUBE",
        "MAXRF_MAXSPECTRUM",
        "MAXRF_SUMSPECTRUM",
        "MAXRF_ENERGIES",
        "HOTMAX_PIXELS",
        "HOTMAX_SPECTRA",
        "HOTMAX_BASELINES",
        "HOTMAX_NOISELINES",
        "MAPS_IMVIS",
    )


L = Layers()


@dataclass(frozen=True)
class Entry:
    """One array in the list of contents of a datastack.

    Attributes
    ----------
    name : str
        Later versions have more trailing underscores.
    shape : tuple of int
    dtype : str
    stored_bytes : int
        Compressed size on disk; 0 means that nothing was stored and the array reads as zeros.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    stored_bytes: int


def check_name(name: str) -> str:
    """Return `name` if it is a valid name of an array, else raise.

    Raises
    ------
    DatastackError
        If it is empty, too long, begins with a dot, begins or ends with a space, contains separators or
        unprintable characters, or consists of underscores only.

    Examples
    --------
    >>> check_name("imvis_reg")
    'imvis_reg'
    """
    if not isinstance(name, str) or not name or len(name) > MAX_NAME_LENGTH:
        raise DatastackError(
            _(
                "A name for an array has 1 to {max_name_length} characters, which {name!r:.60} has not."
            ).format(max_name_length=MAX_NAME_LENGTH, name=name)
        )
    printable = name.isprintable() and name == name.strip()
    if name.startswith(".") or "/" in name or "\\" in name or not printable or not name.strip("_"):
        raise DatastackError(
            _(
                "{name!r} cannot name an array: use letters, digits and underscores, no slash, no dot "
                "in front."
            ).format(name=name)
        )
    return name


def check_file_name(name: str) -> str:
    """Return `name` if it is a valid name of a file on any system, else raise.

    Raises
    ------
    DatastackError
        As in `check_name`, and for characters and names that Windows reserves.

    Examples
    --------
    >>> check_file_name("RP-T-1898-A-3689.datastack")
    'RP-T-1898-A-3689.datastack'
    """
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_LENGTH:
        raise DatastackError(
            _("A file's name has 1 to {max_name_length} characters, which {name!r:.60} has not.").format(
                max_name_length=MAX_NAME_LENGTH, name=name
            )
        )
    fits = name.isprintable() and name == name.strip() and name[0] != "." and name[-1] != "."
    if (
        not fits
        or any(character in RESERVED_CHARACTERS for character in name)
        or name.partition(".")[0].upper() in RESERVED_NAMES
    ):
        raise DatastackError(
            _(
                "{name!r} cannot name a file: use letters, digits and underscores, no slash, no dot in front."
            ).format(name=name)
        )
    return name


def file_stem(*parts: str) -> str:
    """Join names into one that a file can have in any system.

    Examples
    --------
    >>> file_stem("Night watch", "Fe Ka", "6.25-6.55 keV")
    'Night-watch_Fe-Ka_6.25-6.55-keV'
    """
    signs = "".join(
        sign if sign.isprintable() and sign not in RESERVED_CHARACTERS else "-"
        for sign in "_".join(filter(None, parts))
    )
    return "-".join(signs.split()).lstrip(".")[:MAX_NAME_LENGTH] or "download"


def find(name: str, names: Iterable[str], latest: bool = True) -> str:
    """Return the name under which array `name` is stored: its newest version, or exactly this one.

    Raises
    ------
    ArrayNotFoundError
        If there is none; the message lists the names that exist and the nearest one.
    """
    if latest:
        return newest(name, names)
    if name not in names:
        raise ArrayNotFoundError(_not_found(name, sorted(names)))
    return name


def newest(name: str, names: Iterable[str]) -> str:
    """Return the newest version of array `name`: the one with the most trailing underscores.

    Raises
    ------
    ArrayNotFoundError
        If there is none; the message lists the names that exist and the nearest one.

    Examples
    --------
    >>> newest("imvis_reg", ["imvis_reg", "imvis_reg_", "imvis_reg_highres"])
    'imvis_reg_'
    """
    versions = [other for other in names if other.startswith(name) and not other[len(name) :].strip("_")]
    if not versions:
        raise ArrayNotFoundError(_not_found(name, sorted(names)))
    return max(versions, key=len)


def newest_first(names: Iterable[str]) -> list[str]:
    """Return the versions of an array, the newest first.

    Examples
    --------
    >>> newest_first(["imvis_reg", "imvis_reg__", "imvis_reg_"])
    ['imvis_reg__', 'imvis_reg_', 'imvis_reg']
    """
    return sorted(names, key=len, reverse=True)


def next_free(name: str, names: Iterable[str]) -> str:
    """Return the name under which a new version of array `name` is stored; see `next_names`.

    Examples
    --------
    >>> next_free("imvis_reg", ["imvis_reg", "imvis_reg_"])
    'imvis_reg__'
    >>> next_free("imvis_reg", ["imvis_reg_"])
    'imvis_reg__'
    >>> next_free("imvis_reg", [])
    'imvis_reg'
    """
    return next_names([name], names)[name]


def next_names(names: Iterable[str], existing: Iterable[str]) -> dict[str, str]:
    """Return the names under which related arrays are stored: all get the same suffix.

    Parameters
    ----------
    names : iterable of str
        Names of the new arrays.
    existing : iterable of str
        Names of the existing arrays.

    Returns
    -------
    dict of str to str
        For each name the name with the suffix: the fewest underscores that make all arrays newest versions.

    Raises
    ------
    DatastackError
        If such a name is not valid, see `check_name`.

    Examples
    --------
    >>> next_names(["imvis_reg", "imvis_points"], ["imvis_reg", "imvis_reg_"])
    {'imvis_reg': 'imvis_reg__', 'imvis_points': 'imvis_points__'}
    """
    wanted = [check_name(name) for name in names]
    newest_of = _newest_versions(existing)
    missing = (newest_of[_base(name)] + 1 - _version(name) for name in wanted if _base(name) in newest_of)
    suffix = "_" * max(0, *missing, 0)
    return {name: check_name(name + suffix) for name in wanted}


def listed_name(name: str, listed: Iterable[str]) -> str:
    """Return the name under which an array is listed if another array in the file may have its name.

    maxrf4u's newest version does not see older arrays and uses their names again, in another format; the
    array that was stored later then counts as the newer version.

    Examples
    --------
    >>> listed_name("imvis_reg", ["imvis_reg", "imvis_reg__"])
    'imvis_reg___'
    """
    names = list(listed)
    if name not in names:
        return name
    return _base(name) + "_" * (_newest_versions(names)[_base(name)] + 1)


def _base(name: str) -> str:
    return name.rstrip("_")


def _version(name: str) -> int:
    return len(name) - len(_base(name))


def _newest_versions(names: Iterable[str]) -> dict[str, int]:
    newest_of: dict[str, int] = {}
    for name in names:
        newest_of[_base(name)] = max(_version(name), newest_of.get(_base(name), 0))
    return newest_of


def older_versions(names: Iterable[str]) -> list[str]:
    """Return the arrays of which there is a newer version, sorted.

    Examples
    --------
    >>> older_versions(["imvis_reg", "imvis_points", "imvis_points__"])
    ['imvis_points']
    """
    listed = list(names)
    newest_of = _newest_versions(listed)
    return sorted(name for name in listed if _version(name) < newest_of[_base(name)])


def plain(value: Any) -> Any:
    """Return an attribute as numbers, texts and lists of them, the same in every file format.

    Raises
    ------
    DatastackError
        If that is not possible.

    Examples
    --------
    >>> plain(np.eye(2)), plain("demo")
    ([[1.0, 0.0], [0.0, 1.0]], 'demo')
    """
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "biufU" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
        raise DatastackError(
            _(
                "The attribute {value!r:.60} cannot be stored: it has to be a number, a text, or a "
                "list of one of them whose rows have one length."
            ).format(value=value)
        )
    return array.tolist()


def readable(value: Any) -> Any:
    """Replace each character that cannot be shown, in a text or the texts of a list, by a question mark.

    Other programs may store any bytes as a text.

    Examples
    --------
    >>> readable(["photo" + chr(0xDCFF), 3.5])
    ['photo?', 3.5]
    """
    if isinstance(value, list | tuple):
        return [readable(item) for item in value]
    if isinstance(value, dict):
        return {readable(key): readable(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode("ascii", errors="replace").replace("\ufffd", "?")
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _not_found(name: str, names: list[str]) -> str:
    if not names:
        return _("There is no array {name!r}: the datastack holds none at all.").format(name=name)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = _("Did you mean {near!r}? ").format(near=near[0]) if near else ""
    return _("There is no array {name!r}. {hint}The datastack holds: {listed}.").format(
        name=name, hint=hint, listed=", ".join(names)
    )
