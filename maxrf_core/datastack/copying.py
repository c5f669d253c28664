"""Copying of a datastack to which others may append meanwhile."""

import os
from pathlib import Path

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.language import _
from maxrf_core.progress import Progress, silent

COPY_BYTES = 8 << 20  # bytes

__all__ = ["copy"]


def copy(
    path: str | os.PathLike[str], out: str | os.PathLike[str], *, progress: Progress | None = None
) -> Path:
    """Copy one committed state of a file; the copy appears when it is complete.

    Parameters
    ----------
    path : path_like
        The file, which is only read.
    out : path_like
        The new file.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    DatastackError
        If the file cannot be read, or the copy exists or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.datastack"
    >>> path.write_bytes(b"all of it")
    9
    >>> copy(path, path.with_name("b.datastack")).read_bytes()
    b'all of it'
    """
    out, report = Path(out), progress or silent
    check_new_path(out, overwrite=False)

    def copied(view: atomic.CommittedView) -> None:
        size, done = view.seek(0, os.SEEK_END), 0
        view.seek(0)
        with open(temporary, "wb") as file:
            while piece := view.read(COPY_BYTES):
                file.write(piece)
                done += len(piece)
                report(done / size, _("copying"))

    with atomic.replacing(out) as temporary:
        atomic.consistent(path, copied)
        check_new_path(out, overwrite=False)  # another process may have made it meanwhile
    return out
