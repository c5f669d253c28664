"""Functions of a datastack by its path, as in maxrf4u: append, append_list, tree and repack."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from maxrf_core.datastack.cube_packing import Packing
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.html import ContentsTable
from maxrf_core.datastack.storable import PADDING, pad
from maxrf_core.datastack.stores import open_store
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.names import Attributes, newest
from maxrf_core.progress import Progress


def append(
    arr: Any, datapath: str, datastack_file: str | os.PathLike[str], attributes: Attributes | None = None
) -> str:
    """Add one array to a datastack and return the name under which it is stored.

    See `DataStack.append`.
    """
    return DataStack(datastack_file).append({datapath: arr}, {datapath: attributes or {}})[datapath]


def append_list(
    ragged_list: Sequence[Sequence[float]],
    datapath: str,
    datastack_file: str | os.PathLike[str],
    nan: float = PADDING,
) -> str:
    """Add a list of lists of numbers, whose rows may differ in length, filled up with `nan`.

    Whole numbers are stored as int64, anything else as float64; nothing is rounded.

    Raises
    ------
    DatastackError
        If the list holds `nan` itself, or something that is not a number.
    """
    return append(pad(datapath, ragged_list, nan), datapath, datastack_file)


def tree(datastack_file: str | os.PathLike[str], show_arrays: bool = False) -> ContentsTable | None:
    """Print the contents of a datastack; see `DataStack.tree`."""
    return DataStack(datastack_file).tree(show_arrays)


def repack(
    datastack_file: str | os.PathLike[str],
    select: str | Sequence[str] = "all",
    *,
    expected: Collection[str] | None = None,
    packing: Packing | None = None,
    progress: Progress | None = None,
) -> None:
    """Keep only the newest version of each array, under its plain name; the old file is replaced.

    Groups and links of other programs are kept unchanged. A cube that an older version of this program wrote
    is packed anew, so that a pixel is read faster.

    Parameters
    ----------
    datastack_file : path_like
    select : "all", str or list of str
        Keep only these arrays.
    expected : collection of str, optional
        The names that the file is expected to hold; if it holds others, nothing is done.
    packing : {"fast", "smallest"}, optional
        ``smallest`` packs the cube for an archive: it takes several times as long as a conversion, and a
        pixel is read more slowly. It stays so until it is packed ``fast``, as a conversion does.
    progress : callable, optional
        Called with the fraction of the cube done and the current step; an exception from it stops the work.

    Raises
    ------
    ArrayNotFoundError
        If a selected array is absent; the file is then unchanged.
    DatastackError
        If the file does not hold the names that were expected, or maxrf4u wrote it and `packing` is given.
    """

    def choose(names: Sequence[str]) -> dict[str, str]:
        if expected is not None and set(names) != set(expected):
            raise DatastackError(
                _(
                    "{name} has been changed meanwhile; nothing was dropped. Look at its contents again."
                ).format(name=Path(datastack_file).name)
            )
        wanted = names if select == "all" else [select] if isinstance(select, str) else select
        return {newest(name.rstrip("_"), names): name.rstrip("_") for name in wanted}

    store = open_store(datastack_file)
    store.entries()  # refuses a damaged file before anything is locked
    store.repack(choose, packing, progress)
