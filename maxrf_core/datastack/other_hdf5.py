"""HDF5 files that are no datastack: what is in them, and what can be done with them."""

import h5py

MAX_GROUPS, MAX_LINKS = 300, 3000  # that are looked at; a file from a stranger may hold any number
MAX_DEPTH = 8
TOLD = 4  # datasets that the sentence names, the largest first


def no_datastack(file: h5py.File, name: str) -> str:
    """Return the sentence that says what an open HDF5 file holds that is no datastack, and what to do.

    Parameters
    ----------
    file : h5py.File
    name : str
        What to call it.

    Returns
    -------
    str
    """
    found = sorted(_datasets(file), key=lambda dataset: -dataset.size)
    told = ", ".join(map(_described, found[:TOLD]))
    more = f" and {len(found) - TOLD} more" if len(found) > TOLD else ""
    holds = f"It holds {told}{more}." if found else "It holds no arrays."
    printable = "".join(sign if sign.isprintable() else "?" for sign in holds)
    return (
        f"{name} is an HDF5 file but not a datastack of this program, which cannot read it. {printable} "
        "Export the scan as a .raw file with an .rpl header from the program that wrote it, and convert that."
    )


def _described(dataset: h5py.Dataset) -> str:
    shape = " × ".join(map(str, dataset.shape)) or "1 value"
    try:
        kind = "text" if h5py.check_string_dtype(dataset.dtype) else f"{dataset.dtype!s:.20}"
    except TypeError:  # a type that numpy does not have
        kind = "other values"
    return f"{str(dataset.name).lstrip('/')[:60]} ({shape}, {kind})"


def _is_own(group: h5py.Group, key: object) -> bool:
    """Return True for what is in this very file, under a name that is a text."""
    try:
        return isinstance(key, str) and isinstance(group.get(key, getlink=True), h5py.HardLink)
    except TypeError:  # a kind of link that some other program has invented
        return False


def _datasets(file: h5py.File) -> list[h5py.Dataset]:
    """List datasets with values, along links within the file alone, of a bounded number of groups."""
    found: list[h5py.Dataset] = []
    waiting: list[tuple[h5py.Group, int]] = [(file, 0)]
    seen = {_address(file)}
    links = 0
    for group, depth in waiting:  # which grows meanwhile
        for key in group:
            links += 1
            if links > MAX_LINKS:
                return found
            item = group[key] if _is_own(group, key) else None
            if item is None or _address(item) in seen:
                continue
            seen.add(_address(item))
            if isinstance(item, h5py.Group) and depth < MAX_DEPTH and len(waiting) < MAX_GROUPS:
                waiting.append((item, depth + 1))
            elif isinstance(item, h5py.Dataset) and item.shape is not None and 0 not in item.shape:
                found.append(item)
    return found


def _address(item: h5py.HLObject) -> int:
    return int(h5py.h5o.get_info(item.id).addr)
