"""Export of a scan in a format of another program."""

import os
from dataclasses import dataclass
from pathlib import Path

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.language import Note, _
from maxrf_core.progress import Progress, silent
from maxrf_core.writers import WRITERS, Writer
from maxrf_core.writers.new_files import NewFiles


@dataclass(frozen=True)
class Exported:
    """What was exported.

    Attributes
    ----------
    files : tuple of Path
        The one that names the export first.
    notes : tuple of str
        Sentences for people: what could not be kept.
    """

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def export_scan(
    ds: DataStack,
    path: str | os.PathLike[str],
    to: str,
    *,
    pixel: tuple[int, int] | None = None,
    patches: bool = False,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Exported:
    """Write a scan in a format of another program; the cube is read and written block by block.

    Parameters
    ----------
    ds : DataStack
    path : path_like
        Of the export, with one of the endings of the format. Further files get the same name.
    to : str
        Key of one of `maxrf_core.writers.WRITERS`: ``"ripple"``, ``"npy"``, ``"envi"``, ….
    pixel : tuple of int, optional
        Column and row of the pixel whose spectrum is written alone; for formats of single spectra.
    patches : bool
        Write the spectra of the scan's patches, too; for formats of single spectra.
    overwrite : bool
        Replace files that exist.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Exported

    Raises
    ------
    DatastackError
        If there is no such format, the path has another ending, a file exists, is the scan itself, or cannot
        be written. Nothing is left of an export that fails.

    Notes
    -----
    The counts are those of the scan, in its own pixels: a view with straight rows does not change them.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from maxrf_core import ArrayScan, DataStack, convert, open_scan
    >>> folder = Path(tempfile.mkdtemp())
    >>> counts = np.arange(60, dtype=np.uint16).reshape(3, 4, 5)
    >>> ds = DataStack(convert(ArrayScan(counts), folder / "scan.datastack"))
    >>> exported = export_scan(ds, folder / "scan.rpl", "ripple")
    >>> [file.name for file in exported.files]
    ['scan.rpl', 'scan.raw']
    >>> open_scan(exported.files[0]).read(slice(1, 2), slice(0, 1)).tolist()
    [[[20, 21, 22, 23, 24]]]
    """
    path, writer = Path(path), _writer(to)
    if path.suffix.lower() not in writer.endings:
        raise DatastackError(
            _("{name} cannot be the name of an export to {format}: let it end in {endings}.").format(
                name=path.name, format=writer.name, endings=" or ".join(writer.endings)
            )
        )
    options = {"pixel": pixel, "patches": patches}
    if not writer.holds_spectra and any(options.values()):
        raise DatastackError(
            _("{format} holds the whole scan: choose a pixel or patches for single spectra only.").format(
                format=writer.name
            )
        )
    with NewFiles(path.with_suffix(""), overwrite=overwrite, sources=[ds.path]) as files:
        notes = writer.write(ds, files, progress, **(options if writer.holds_spectra else {}))
        progress(0.999, _("saving"))
    progress(1.0, _("saved"))
    if ds.row_displacement and not writer.holds_spectra:
        notes.append(Note("The pixels are those of the scan: odd rows are not shifted back."))
    return Exported(tuple(files.paths), tuple(notes))


def _writer(key: str) -> Writer:
    if key not in WRITERS:
        raise DatastackError(
            _("There is no export to {key:.40}; there is {known}.").format(key=key, known=", ".join(WRITERS))
        )
    return WRITERS[key]
