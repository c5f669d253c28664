"""Declaration of a format that a scan can be exported to. All else in the program follows from it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Writer:
    """A format that scans can be written in.

    Attributes
    ----------
    key : str
        Its name on the command line.
    name : str
        For people.
    read_by : str
        Programs that read it.
    keeps, loses : str
        What its files hold of a scan, and what they do not, in one sentence each.
    files : tuple of str
        How the names of its files end, after the name of the export; the first one names it.
    write : callable
        Writes the files: takes a `DataStack`, the `NewFiles` to make, a progress callback, and the keywords
        ``pixel`` and ``patches`` if `holds_spectra`. Returns sentences on what could not be kept.
    holds_spectra : bool
        True if it writes single spectra, False if it writes the cube.

    Examples
    --------
    >>> Writer("npy", "NumPy", "Python", "Counts.", "Time.", (".npy", "_energies.npy"), list).endings
    ('.npy',)
    """

    key: str
    name: str
    read_by: str
    keeps: str
    loses: str
    files: tuple[str, ...]
    write: Callable[..., list[str]]
    holds_spectra: bool = False

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings that the name of an export may have."""
        return tuple(dict.fromkeys(ending for ending in self.files if ending.startswith(".")))
