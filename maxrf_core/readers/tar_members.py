"""Files inside a .tar file, which are read where they lie."""

import tarfile
from collections.abc import Callable
from pathlib import Path

from maxrf_core.errors import ScanError
from maxrf_core.language import _

TAR = ".tar"


def members_of_tar(path: Path, is_wanted: Callable[[str], bool], limit: int) -> dict[str, tuple[int, int]]:
    """Return where each wanted file lies in a .tar file: its offset and size by its name.

    Parameters
    ----------
    path : Path
    is_wanted : callable
        Called with the name of a file, with its folders.
    limit : int
        Largest number of files.

    Raises
    ------
    ScanError
        If it is damaged, or holds more files.
    """
    places: dict[str, tuple[int, int]] = {}
    try:
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                if member.isreg() and not member.issparse() and is_wanted(member.name):
                    places[member.name] = member.offset_data, member.size
                if len(places) > limit:
                    raise ValueError("too many files")
                archive.members.clear()  # type: ignore[attr-defined]  # else each stays in memory
    except (OSError, tarfile.TarError, ValueError) as error:
        raise ScanError(_("{name} is damaged or no .tar file.").format(name=path.name)) from error
    return places
