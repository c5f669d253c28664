"""Links inside an HDF5 file, followed only as far as they stay in this file."""

from typing import Any

import h5py

from maxrf_core.errors import refusal

MAX_OBJECTS = 10_000  # things in one file that are looked at
MAX_TURNS = 10  # soft links that lead to soft links
MAX_STEPS = 10_000  # names that all soft links of a file may lead through together


class LinkSteps:
    """Count the names that a file's soft links lead through, so that few bytes cannot keep a reader busy.

    Parameters
    ----------
    file : str
        What the sentence calls the file.
    """

    def __init__(self, file: str) -> None:
        self.file, self.count = file, 0

    def take(self) -> None:
        """Count one name.

        Raises
        ------
        DatastackError
            Where they are too many.
        """
        self.count += 1
        if self.count > MAX_STEPS:
            raise refusal(self.file, f"its links lead through more than {MAX_STEPS:,} names")


def own_dataset(group: h5py.Group, name: str, steps: LinkSteps) -> h5py.Dataset | None:
    """Return the dataset `name` of a group if its values are in this very file; None for what is no dataset.

    Parameters
    ----------
    group : h5py.Group
    name : str
    steps : LinkSteps
        One for all datasets of a file.

    Raises
    ------
    DatastackError
        Where it leads to another file: a link, external storage, a virtual dataset.
    """
    item = followed(group, name, steps)
    if isinstance(item, h5py.Dataset):
        check_storage(item, steps.file)
        return item
    return None


def followed(group: h5py.Group, path: str, steps: LinkSteps, turns: int = 0) -> Any:
    """Follow a path step by step, only along links within this file.

    Parameters
    ----------
    group : h5py.Group
    path : str
    steps : LinkSteps
    turns : int
        Soft links that led here.

    Returns
    -------
    h5py object or None
        None if it leads nowhere.

    Raises
    ------
    DatastackError
        If it leads to another file.
    """
    here: Any = group.file["/"] if path.startswith("/") else group
    for name in path.split("/"):
        if name in ("", "."):
            continue
        if not isinstance(here, h5py.Group) or turns > MAX_TURNS:
            return None
        if turns:
            steps.take()
        here = _next(here, name, steps, turns)
    return here


def _next(here: h5py.Group, name: str, steps: LinkSteps, turns: int) -> Any:
    try:
        link = here.get(name, getlink=True)
    except TypeError:  # a kind of link that some other program has invented
        link = h5py.ExternalLink
    if isinstance(link, h5py.HardLink):
        return here[name]
    if isinstance(link, h5py.SoftLink):
        return followed(here, link.path, steps, turns + 1)
    if link is None:
        return None
    raise refusal(steps.file, f"{name[:100]!r} in it is a link to another file")


def check_storage(dataset: h5py.Dataset, file: str) -> None:
    """Refuse a dataset whose values are kept in other files."""
    properties = dataset.id.get_create_plist()
    if properties.get_layout() == h5py.h5d.VIRTUAL or properties.get_external_count():
        raise refusal(file, f"the values of {dataset.name[:100]!r} are taken from other files")
