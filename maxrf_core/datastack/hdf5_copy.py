"""Copying between HDF5 files of objects that share hard links: each is copied once."""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Any

import h5py

from maxrf_core.datastack.hdf5_links import LinkSteps, address_of, own_dataset

Copy = Callable[[Any, h5py.Group, Any], None]
"""Copies an object into a group of another file, under a name."""


def copy_linked(
    old: h5py.File,
    new: h5py.File,
    arrays: Mapping[str, str],
    others: Collection[str],
    leave_out: Collection[tuple[int, str]],
    check: Callable[[], None],
    copy_dataset: Copy | None = None,
) -> None:
    """Copy root objects; several hard links to one object become hard links to one object.

    The largest arrays are copied last, so that the others survive if the end of the file is lost.

    Parameters
    ----------
    old, new : h5py.File
    arrays : mapping of str to str
        Names of datasets, and their new names. A soft link to one of them becomes a hard link.
    others : collection of str
        Groups, which are copied with their contents, and links, which are copied as they are.
    leave_out : collection of (int, str)
        Address of a group and name of a link in it, which is not copied.
    check : callable
        Called after each object; an exception from it stops the work.
    copy_dataset : callable, optional
        Copies one of the arrays; by default HDF5 does.
    """
    copied: dict[int, str] = {address_of(old): "/"}
    pending: deque[tuple[h5py.Group, h5py.Group, Any]] = deque((old, new, name) for name in others)

    def copy_members(count: int) -> None:
        for _number in range(count):
            source, target, name = pending.popleft()
            if (address_of(source), name) not in leave_out:
                pending.extend(_copy_member(old, source, target, name, copied))
            check()

    copy_members(len(pending))  # the groups themselves
    steps = LinkSteps(old.filename)
    found = ((own_dataset(old, name, steps), new_name) for name, new_name in arrays.items())
    datasets = [(dataset, new_name) for dataset, new_name in found if dataset is not None]
    for dataset, new_name in sorted(datasets, key=lambda each: each[0].id.get_storage_size()):
        _copy_once(dataset, new, new_name, copied, copy_dataset or old.copy)
        check()
    while pending:
        copy_members(len(pending))


def _copy_member(
    old: h5py.File, source: h5py.Group, target: h5py.Group, name: Any, copied: dict[int, str]
) -> list[tuple[h5py.Group, h5py.Group, Any]]:
    """Copy a link, a dataset or an empty group; return what is to be copied into the group."""
    link = source.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        target[name] = link
        return []
    item = source[name]
    if isinstance(item, h5py.Group) and address_of(item) not in copied:
        group = _empty_copy(item, target, name)
        copied[address_of(item)] = group.name
        return [(item, group, member) for member in item]
    _copy_once(item, target, name, copied, old.copy)
    return []


def _copy_once(item: Any, target: h5py.Group, name: Any, copied: dict[int, str], copy: Copy) -> None:
    address = address_of(item)
    if address in copied:
        target[name] = target.file[copied[address]]
    else:
        copy(item, target, name)
        copied[address] = target[name].name


def _empty_copy(source: h5py.Group, target: h5py.Group, name: Any) -> h5py.Group:
    """Make a group with the attributes of another, but for references: they are addresses in its file."""
    order = source.id.get_create_plist().get_link_creation_order()
    group = target.create_group(name, track_order=bool(order & h5py.h5p.CRT_ORDER_TRACKED))
    for key in source.attrs:
        attribute = source.attrs.get_id(key)
        if h5py.check_ref_dtype(attribute.dtype) is None:
            group.attrs.create(key, source.attrs[key], dtype=attribute.dtype)
    return group
