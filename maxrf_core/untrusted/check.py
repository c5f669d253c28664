"""Check of an uploaded file before it is opened.

HDF5 and the decoders of pictures are large C libraries that crafted files have crashed before. So a file is
first checked in a separate process with limited memory and time; a crash there does no harm.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core import errors
from maxrf_core.errors import DatastackError, MaxrfError, PictureError, ScanError
from maxrf_core.imaging.picture_formats import START, other_kind, picture_format
from maxrf_core.imaging.quick_look import QUICK_PIXELS, QuickLook
from maxrf_core.imaging.read import check_kind
from maxrf_core.language import VARIABLE, _, current_locale
from maxrf_core.other_formats import advice_of
from maxrf_core.readers import MAP_FORMATS, candidates, open_scan
from maxrf_core.untrusted.child import PICTURE_CHECK, TIFF_CHECK, seconds_for
from maxrf_core.untrusted.limits import check_array

__all__ = ["check_untrusted"]

MAPS_CHECK = "readers.maps_scan:check_maps"
CLOCK_PER_CPU_SECOND = 3.0  # the child may have to wait for a disk
_CHILD = Path(__file__).with_name("child.py")
_QUIET = {
    "OPENBLAS_NUM_THREADS": "1",  # each thread would take some of the memory allowed
    "OMP_NUM_THREADS": "1",
    "HDF5_PLUGIN_PRELOAD": "::",  # HDF5 then loads no filters
    "PYTHONDONTWRITEBYTECODE": "1",
}


def check_untrusted(
    path: str | os.PathLike[str], seconds: float | None = None, *, as_maps: bool = False
) -> QuickLook | None:
    """Refuse a harmful file before anything opens it in this process.

    Accepts datastacks of both kinds, raw scans (one of the two files, the other one beside it) and pictures.
    A genuine file takes about a second, and one more for each 200 MB of photographs in it. A file that passes
    can be opened like any other.

    Parameters
    ----------
    path : path_like
    seconds : float, optional
        Time limit by the clock; 30 seconds by default, more for a file above 20 MB.
    as_maps : bool
        Check that each element map of the file can be read: what is a picture may as well be a photograph.

    Returns
    -------
    QuickLook or None
        A small copy of a large photograph, which was decoded for the check.

    Raises
    ------
    DatastackError, ScanError, PictureError
        With the reason in one sentence.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "notes.datastack"
    >>> path.write_text("milk, bread") and check_untrusted(path)
    Traceback (most recent call last):
    maxrf_core.errors.DatastackError: notes.datastack is no datastack, raw scan or picture...
    """
    path = Path(path)
    start = _start(path)
    if other_kind(start):
        check_kind(start, path.name)  # says how to export it
    checks = [MAPS_CHECK] if as_maps else checks_of(path)
    if not checks and advice_of(path.name):
        raise DatastackError(advice_of(path.name))
    if not checks:
        what = _("is no datastack, raw scan or picture") if start else _("is empty")
        raise DatastackError(_("{name:.80} {what}; choose another file.").format(name=path.name, what=what))
    looked = None
    for check in checks:
        if check is None:
            _check_scan(path)
        else:
            kind = PictureError if check in (PICTURE_CHECK, TIFF_CHECK) else DatastackError
            looked = _check_in_child(path, check, kind, seconds) or looked
    return looked


def checks_of(path: Path) -> list[str | None]:
    """Return the checks that a file has to pass, one for each format that it may have.

    A file whose first bytes belong to another format than its ending has to pass the checks of both.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of (str or None)
        As `maxrf_core.readers.Format.untrusted_check`, those of a process of their own first; empty if the
        file is of no known format.
    """
    checks = [form.untrusted_check for form in candidates(path)]
    if picture_format(_start(path)) is not None and TIFF_CHECK not in checks:
        checks.append(PICTURE_CHECK)
    if not checks and any(form.has_ending(path) for form in MAP_FORMATS):
        checks.append(MAPS_CHECK)
    return sorted(dict.fromkeys(checks), key=lambda check: check is None)


def _start(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise DatastackError(_("There is no file {name:.80}.").format(name=path.name))
        with open(path, "rb") as file:
            return file.read(START)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("its name makes no sense")
        raise DatastackError(
            _("{name!r:.80} cannot be opened: {reason}.").format(name=path.name, reason=reason)
        ) from error


def _check_scan(path: Path) -> None:
    """Open a scan in this process, which is safe for text and numbers, and check its size."""
    scan = open_scan(path)
    stored = sum(os.path.getsize(file) for file in scan.paths)
    try:
        check_array(path.name, "of counts", scan.shape, scan.dtype.itemsize, stored, None)
    except DatastackError as error:
        raise ScanError(str(error)) from error


def _check_in_child(
    path: Path, check: str, kind: type[MaxrfError], seconds: float | None
) -> QuickLook | None:
    command = [sys.executable, "-I", str(_CHILD), check, str(path.resolve())]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CLOCK_PER_CPU_SECOND * seconds_for(path) if seconds is None else seconds,
            env=os.environ | _QUIET | {VARIABLE: current_locale()},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise kind(
            f"{path.name:.80} is refused: looking at it takes too long; choose another file."
        ) from None
    except OSError as error:
        raise kind(f"{path.name:.80} cannot be looked over here ({error.strerror}); try again.") from error
    line, _newline, pixels = done.stdout.partition(b"\n")
    try:
        answer = json.loads(line)
    except ValueError:
        answer = {"error": "crash"}
    if "error" not in answer:
        return _quick_look(answer, pixels)
    if answer["error"] == "memory":
        raise kind(f"{path.name:.80} is refused: reading it would fill the memory; choose another file.")
    own = getattr(errors, answer["error"], None)
    if own is not None:
        raise own(answer["sentence"])
    raise kind(
        f"{path.name:.80} is refused: it is so damaged that it breaks the programs that read it; "
        "use a copy made earlier."
    )


def _quick_look(answer: dict[str, Any], pixels: bytes) -> QuickLook | None:
    """Return the small copy that a child has sent; None if there is none, or what was sent makes no sense."""
    try:
        width, height = map(int, answer["size"])
        copy = np.frombuffer(pixels, np.uint8).reshape(answer["shape"])
    except (KeyError, TypeError, ValueError):
        return None
    is_small = copy.ndim == 3 and copy.shape[2] == 3 and 0 < copy.size <= 3 * QUICK_PIXELS
    return QuickLook(copy, (width, height)) if is_small and min(width, height) > 0 else None
