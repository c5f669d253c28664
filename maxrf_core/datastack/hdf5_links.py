"""Links in HDF5 files, followed only within the file."""

from typing import Any

import h5py

from maxrf_core.errors import refusal
from maxrf_core.language import _

MAX_OBJECTS = 10_000  # in one file
MAX_SOFT_LINKS = 10  # that lead to soft links
MAX_STEPS = 10_000  # names in the paths of all soft links of a file together


def address_of(item: Any) -> int:
    """Return the address of an object in its file, which is the same under each of its names."""
    return int(h5py.h5o.get_info(item.id).addr)


class LinkSteps:
    """Count the names in the paths of a file's soft links, so that a small file cannot keep a reader busy.

    Parameters
    ----------
    file : str
        Name of the file for the message.
    """

    def __init__(self, file: str) -> None:
        self.file, self.count = file, 0

    def add(self) -> None:
        """Count one name.

        Raises
        ------
        DatastackError
            If there are too many.
        """
        self.count += 1
        if self.count > MAX_STEPS:
            raise refusal(
                self.file,
                _("its links lead through more than {max_steps:,} names").format(max_steps=MAX_STEPS),
            )


def own_dataset(group: h5py.Group, name: str, steps: LinkSteps) -> h5py.Dataset | None:
    """Return the dataset `name` of a group if its values are in this file; None if it is not a dataset.

    Parameters
    ----------
    group : h5py.Group
    name : str
    steps : LinkSteps
        One for all datasets of a file.

    Raises
    ------
    DatastackError
        If it refers to another file: by a link, external storage or a virtual dataset.
    """
    item = follow_links(group, name, steps)
    if isinstance(item, h5py.Dataset):
        check_storage(item, steps.file)
        return item
    return None


def follow_links(group: h5py.Group, path: str, steps: LinkSteps, soft_links: int = 0) -> Any:
    """Follow a path step by step, only along links within this file.

    Parameters
    ----------
    group : h5py.Group
    path : str
    steps : LinkSteps
    soft_links : int
        Number of soft links followed so far.

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
        if not isinstance(here, h5py.Group) or soft_links > MAX_SOFT_LINKS:
            return None
        if soft_links:
            steps.add()
        here = _next(here, name, steps, soft_links)
    return here


def _next(here: h5py.Group, name: str, steps: LinkSteps, soft_links: int) -> Any:
    try:
        link = here.get(name, getlink=True)
    except TypeError:  # user-defined link of another program
        link = h5py.ExternalLink
    if isinstance(link, h5py.HardLink):
        return here[name]
    if isinstance(link, h5py.SoftLink):
        return follow_links(here, link.path, steps, soft_links + 1)
    if link is None:
        return None
    raise refusal(steps.file, _("{name!r} in it is a link to another file").format(name=name[:100]))


def check_storage(dataset: h5py.Dataset, file: str) -> None:
    """Refuse a dataset whose values are kept in other files."""
    properties = dataset.id.get_create_plist()
    if properties.get_layout() == h5py.h5d.VIRTUAL or properties.get_external_count():
        raise refusal(
            file, _("the values of {name!r} are taken from other files").format(name=dataset.name[:100])
        )
