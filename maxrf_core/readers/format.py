"""Declaration of a format of scans. All else in the program follows from it.

What can be opened, what the app lists and accepts, which files belong together, how files from strangers are
checked, and the table in docs/formats.md come from the declarations.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.names import ending_of
from maxrf_core.readers.axes import order_in_words, shape_of
from maxrf_core.readers.map_file import MapFile
from maxrf_core.readers.scan import Scan

PLUS = " + "  # joins the keys of detectors that are summed


def _always(path: Path) -> bool:
    return True


def _alone(path: Path) -> tuple[Path, ...]:
    return (path,)


@dataclass(frozen=True)
class Choice:
    """A cube that can be read from a file, if it holds several or its axes can be read in several ways.

    Attributes
    ----------
    key : str
        Tells `open_scan` what to read; the datastack made states it.
    words : str
        What it is, for people.
    shape : tuple of int
        (height, width, channels).
    scan : str
        Which scan of the file it is, if the file can hold several. Choices of the same one are ways to read
        it.
    detector : str
        Which of several detectors it is; the sum of some of them can be read, too, see `keys_in`.
    """

    key: str
    words: str
    shape: tuple[int, int, int]
    scan: str = ""
    detector: str = ""


def cube_in_words(shape: tuple[int, int, int], what: str) -> str:
    """Return what a cube is: its name or path, and its size."""
    height, width, channels = shape
    printable = re.sub(r"[^\x20-\x7e\u00a1-\uffff]", "?", what)[:80]
    return _("{what}: {width} × {height} pixels, {channels} channels").format(
        what=printable, width=width, height=height, channels=channels
    )


def order_choices(stored: Sequence[int], orders: Iterable[str]) -> list[Choice]:
    """Return a choice for each order that the axes of an array can have.

    Parameters
    ----------
    stored : sequence of int
        Shape of the array.
    orders : iterable of str
        From `maxrf_core.readers.axes.axis_orders`.

    Examples
    --------
    >>> [choice.words for choice in order_choices((64, 20, 30), ["cyx"])]
    ['channels × rows × columns: 30 × 20 pixels, 64 channels']
    """
    found = [(axes, shape_of(stored, axes)) for axes in orders]
    return [Choice(axes, cube_in_words(shape, order_in_words(axes)), shape) for axes, shape in found]


def check_choice(path: Path, choice: str, known: Iterable[str]) -> str:
    """Return a choice if it is among those of a file.

    Raises
    ------
    ScanError
        If it is not; the sentence names those that are.
    """
    listed = list(known)
    if choice in listed:
        return choice
    raise ScanError(
        _("{name} holds no {choice!r:.100}; it holds {known}.").format(
            name=path.name, choice=choice, known="; ".join(listed[:10])
        )
    )


def keys_in(path: Path, choice: str, choices: Sequence[Choice]) -> list[str]:
    """Return the keys that a choice consists of: one, or those of several detectors that are to be summed.

    Parameters
    ----------
    path : Path
    choice : str
        A key, or keys of detectors of one shape that are joined by ``" + "``.
    choices : sequence of Choice
        Those of the file.

    Raises
    ------
    ScanError
        If the file holds no such cube.

    Examples
    --------
    >>> each = [Choice(key, key, (2, 3, 64), detector=key) for key in ("a", "b", "c")]
    >>> keys_in(Path("scan.h5"), "a + c", each)
    ['a', 'c']
    """
    known = {each.key: each for each in choices}
    keys = [choice] if choice in known else list(dict.fromkeys(choice.split(PLUS)))
    chosen = [known[check_choice(path, key, known)] for key in keys]
    if len(chosen) > 1 and not (
        all(each.detector for each in chosen) and len({each.shape for each in chosen}) == 1
    ):
        raise ScanError(_("Of {name} only detectors can be summed.").format(name=path.name))
    return keys


def _nothing(path: Path) -> list[Choice]:
    return []


@dataclass(frozen=True)
class Format:
    """A format of scans that can be read.

    Attributes
    ----------
    name : str
        For people.
    written_by : str
        Programs and instruments that write it.
    reads : str
        What is taken from its files, in one sentence.
    omits : str
        What its files may hold and is not read.
    tested_with : str
        Who wrote the files that the reader is tested with.
    files : tuple of tuple of str
        For each file of a scan the endings that it may have, in small letters, with the dot. A scan is listed
        under its first file; uploads arrive in this order.
    open : callable
        Returns the scan; accepts one path, or all that belong together, and the keyword ``choice`` if there
        are `choices`.
    untrusted_check : str or None
        Check of a file from a stranger, ``"module:function"`` below ``maxrf_core``; it raises a `MaxrfError`.
        It runs in a process of its own with limited memory and time, before anything else reads the file;
        only that process imports the module, hence a name. None if the reader is Python alone on text and
        plain numbers: the scan is then opened in the app, and its size compared with that of its files.
    signature : bytes or tuple of bytes
        Bytes with which its first file begins, or several of which it is one; empty if there are none.
    sniff : callable
        Returns True if a file belongs to this format, by opening it where need be; called with a path whose
        ending or signature fits. By default these suffice.
    parts : callable
        Returns the files of the scan that a path belongs to, in the order of `files`; a missing one under the
        name that it should have. By default the path alone.
    choices : callable
        Returns what can be read from the file at a path, the best guess first; empty if there is no choice.
    scan_in_folder : callable or None
        If all files of a folder are one scan, each a pixel: returns the first file of the scan in a folder,
        or None. Such a scan is named as its folder.
    has_common_ending : bool
        True if most files with its endings are something else: those are listed only if they are scans.
    is_general : bool
        True if other formats that know more are to be tried first.
    is_datastack : bool
        True if `maxrf_core.DataStack` opens it without conversion.
    map_file : callable, optional
        For files of element maps without spectra: returns the maps of one file, of which several become one
        datastack. Such files are told by their endings, and only where maps are asked for or no other format
        fits: a picture may as well be a photograph.

    Examples
    --------
    >>> form = Format("Ripple", "ESPRIT", "counts", ((".rpl",), (".raw",)), open=Scan, untrusted_check=None)
    >>> form.endings, form.in_words()
    (('.rpl', '.raw'), '.rpl and .raw together')
    """

    name: str
    written_by: str
    reads: str
    files: tuple[tuple[str, ...], ...]
    open: Callable[..., Scan]
    untrusted_check: str | None
    signature: bytes | tuple[bytes, ...] = b""
    sniff: Callable[[Path], bool] = _always
    parts: Callable[[Path], tuple[Path, ...]] = _alone
    choices: Callable[[Path], list[Choice]] = _nothing
    scan_in_folder: Callable[[Path], Path | None] | None = None
    has_common_ending: bool = False
    is_general: bool = False
    is_datastack: bool = False
    map_file: Callable[[Path], MapFile] | None = None
    omits: str = ""
    tested_with: str = ""

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of all its files."""
        return tuple(ending for endings in self.files for ending in endings)

    def in_words(self) -> str:
        """Return its endings for people."""
        together = " together" if len(self.files) > 1 else ""
        return " and ".join(" or ".join(endings) for endings in self.files) + together

    def has_ending(self, path: Path) -> bool:
        """Return True if the path ends as a file of this format."""
        return ending_of(path) in self.endings

    def is_candidate(self, path: Path, start: bytes) -> bool:
        """Return True if a file's ending or its first bytes fit, without opening it."""
        if self.has_ending(path):
            return start.startswith(self.signature)
        return bool(self.signature) and start.startswith(self.signature)
