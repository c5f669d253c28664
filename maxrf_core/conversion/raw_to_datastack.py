"""`raw_to_datastack`, the conversion as maxrf4u's notebooks call it."""

import os
import warnings
from pathlib import Path

from maxrf_core.conversion.convert import convert
from maxrf_core.cube.max_spectrum import MAXRF4U_SIGMA
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.names import CUBE, DATASTACK_EXT
from maxrf_core.progress import show_on_terminal
from maxrf_core.readers import open_scan


def raw_to_datastack(
    raw_file: str | os.PathLike[str],
    rpl_file: str | os.PathLike[str],
    sigma: float = MAXRF4U_SIGMA,
    output_dir: str | os.PathLike[str] | None = None,
    name: str = CUBE,
    verbose: bool = True,
    flip_horizontal: bool = False,
    flip_vertical: bool = False,
    chunks: str = "10 MiB",
    rechunk: bool = False,
    overwrite: bool = False,
) -> str:
    """Convert a raw scan as maxrf4u's function of this name does, but keep the counts as they are.

    Parameters
    ----------
    raw_file, rpl_file : path_like
        The counts and their header.
    sigma : float
        Only the max spectrum is smoothed, always by 7 channels; another value is warned of. To smooth a map,
        use ``DataStack.band_map(…, sigma=…)``.
    output_dir : path_like, optional
        An existing folder for the datastack; by default that of `raw_file`.
    name : str
        ``maxrf_cube``; the file format has no other name for the cube.
    verbose : bool
        Print what is done.
    flip_horizontal, flip_vertical : bool
        Mirror left and right, top and bottom; both together turn the scan by 180°.
    chunks, rechunk
        Have no effect: memory is bounded and chunks are those of the file format.
    overwrite : bool
        Replace a datastack that exists, which maxrf4u always does.

    Returns
    -------
    str
        The datastack: `raw_file` with the ending ``.datastack`` instead of ``.raw``.

    Raises
    ------
    DatastackError
        If the datastack exists, cannot be written, or `name` is another one.
    ScanError
        If the scan cannot be read.
    """
    if name != CUBE:
        raise DatastackError(
            _("The cube of a datastack is called {cube}, not {name!r:.60}: leave `name` out.").format(
                cube=CUBE, name=name
            )
        )
    if sigma != MAXRF4U_SIGMA:
        warnings.warn(
            _(
                "sigma={sigma:g} has no effect: the counts are never smoothed, and the max spectrum "
                "always by {maxrf4u_sigma:g} channels. Use band_map(…, sigma={sigma:g}) for a smoothed "
                "map."
            ).format(sigma=sigma, maxrf4u_sigma=MAXRF4U_SIGMA),
            stacklevel=2,
        )
    raw = Path(raw_file)
    folder = raw.parent if output_dir is None else Path(output_dir)
    if not folder.is_dir():
        raise DatastackError(
            _("There is no folder {folder}; make it first, or choose another.").format(folder=folder)
        )
    stem = raw.stem if raw.suffix.lower() == ".raw" else raw.name
    path = folder / (stem + DATASTACK_EXT)
    if verbose:
        print(f"Writing {path}: the counts as they are, only the max spectrum is smoothed …")
    convert(
        open_scan(raw, rpl_file),
        path,
        flip_horizontal=flip_horizontal,
        flip_vertical=flip_vertical,
        overwrite=overwrite,
        progress=show_on_terminal if verbose else None,
    )
    return str(path)
