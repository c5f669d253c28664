"""HDF5 files that are not datastacks: message with their contents."""

import h5py

from maxrf_core.datastack.hdf5_links import address_of
from maxrf_core.language import _

MAX_GROUPS, MAX_LINKS = 300, 3000  # that are visited; a hostile file may hold any number
MAX_DEPTH = 8
MAX_LISTED = 4  # datasets in the message, the largest first


def not_a_datastack(file: h5py.File, name: str) -> str:
    """Return the message about an open HDF5 file that is not a datastack: its contents, and what to do.

    Parameters
    ----------
    file : h5py.File
    name : str
        Name of the file for the message.

    Returns
    -------
    str
    """
    found = sorted(datasets_of(file), key=lambda dataset: -dataset.size)
    listed = ", ".join(map(_described, found[:MAX_LISTED]))
    more = _(" and {count} more").format(count=len(found) - MAX_LISTED) if len(found) > MAX_LISTED else ""
    holds = (
        _("It holds {listed}{more}.").format(listed=listed, more=more) if found else _("It holds no arrays.")
    )
    printable = "".join(sign if sign.isprintable() else "?" for sign in holds)
    return _(
        "{name} is an HDF5 file but not a datastack of this program. {printable} If it holds a scan, convert "
        "it; if that fails, export the scan as a .raw file with an .rpl header from the program that wrote "
        "it, and convert that."
    ).format(name=name, printable=printable)


def _described(dataset: h5py.Dataset) -> str:
    shape = " × ".join(map(str, dataset.shape)) or "1 value"
    try:
        kind = "text" if h5py.check_string_dtype(dataset.dtype) else f"{dataset.dtype!s:.20}"
    except TypeError:  # type without an equivalent in numpy
        kind = _("other values")
    return f"{str(dataset.name).lstrip('/')[:60]} ({shape}, {kind})"


def _is_own(group: h5py.Group, key: object) -> bool:
    """Return True if an object is in this file, under a name that is text."""
    try:
        return isinstance(key, str) and isinstance(group.get(key, getlink=True), h5py.HardLink)
    except TypeError:  # user-defined link of another program
        return False


def datasets_of(file: h5py.File) -> list[h5py.Dataset]:
    """List datasets with values, following only links within the file, of a bounded number of groups."""
    found: list[h5py.Dataset] = []
    pending: list[tuple[h5py.Group, int]] = [(file, 0)]
    seen = {address_of(file)}
    links = 0
    for group, depth in pending:  # the list grows meanwhile
        for key in group:
            links += 1
            if links > MAX_LINKS:
                return found
            item = group[key] if _is_own(group, key) else None
            if item is None or address_of(item) in seen:
                continue
            seen.add(address_of(item))
            if isinstance(item, h5py.Group) and depth < MAX_DEPTH and len(pending) < MAX_GROUPS:
                pending.append((item, depth + 1))
            elif isinstance(item, h5py.Dataset) and item.shape is not None and 0 not in item.shape:
                found.append(item)
    return found
