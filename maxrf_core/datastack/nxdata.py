"""NXdata group of a datastack: hard links by which programs that know NeXus find the cube and its axes.

silx and h5web plot it when they open the file, HyperSpy and PyMca take the axes from it. The arrays are not
copied. See https://manual.nexusformat.org/classes/base_classes/NXdata.html.
"""

import itertools
from collections.abc import Collection, Iterator
from typing import Any

import h5py
import numpy as np

from maxrf_core.datastack.hdf5_links import LinkSteps, address_of, own_dataset
from maxrf_core.datastack.pixel_size import pixel_size_in
from maxrf_core.names import CUBE, ENERGIES, newest_first

ENTRY, PLOT = "entry", "scan"  # the group is /entry/scan
SIGNAL, ENERGY = "counts", "energy"  # links to the cube and to the energies
CUBE_ATTRIBUTES = {"units": "counts", "interpretation": "spectrum"}
ROOT_ATTRIBUTES = ("NX_class", "default")
_CREATOR = "maxrf-datastack"  # marks our group among those of other programs


def write_nxdata(file: h5py.File) -> None:
    """Make the group of hard links of a datastack, or bring it up to date.

    Parameters
    ----------
    file : h5py.File
        Open for writing. Nothing is done if it holds no cube, but a group made for one is removed.

    Notes
    -----
    The group ``/entry/scan`` (``/entry1/scan`` where `entry` is taken, and so on) holds ``counts`` and
    ``energy``, links to the newest versions of the cube and of the energies, and ``y`` and ``x``, the
    centres of the pixels: mm if the file tells the size of a pixel, else numbers. No dataset that exists is
    written to.
    """
    steps = LinkSteps(file.filename)
    cube = _newest(file, CUBE, steps)
    group = _own_group(file)
    if cube is None or len(cube.shape) != 3 or 0 in cube.shape or cube.dtype.kind not in "iuf":
        if group is not None:
            _remove(file, group)
        return
    if group is None:
        group = _new_group(file)
    _link(group, SIGNAL, cube)
    for key, value in CUBE_ATTRIBUTES.items():
        if key not in cube.attrs:
            cube.attrs[key] = value
    energies = _newest(file, ENERGIES, steps)
    if energies is not None and energies.shape == cube.shape[2:] and energies.dtype.kind in "iuf":
        _link(group, ENERGY, energies)
        if "units" not in energies.attrs:
            energies.attrs["units"] = "keV"
        spectral = ENERGY
    else:
        group.pop(ENERGY, None)
        spectral = "."  # NeXus: an axis without values
    size = pixel_size_in(file.attrs)
    units, (step_x, step_y) = ("px", (1.0, 1.0)) if size is None else ("mm", size)
    for name, length, step in (("y", cube.shape[0], step_y), ("x", cube.shape[1], step_x)):
        _set_axis(group, name, step * np.arange(length, dtype=np.float64), units, steps)
    _set_attribute(group, "axes", ["y", "x", spectral])


def begin_nxdata(file: h5py.File, names: Collection[str]) -> None:
    """Make the group in a new datastack, still empty; `write_nxdata` completes it.

    Parameters
    ----------
    file : h5py.File
    names : collection of str
        Names that the file will hold in its root.

    Notes
    -----

    The list of the root's names gets room for it before the counts are written. Else it could move to the
    end of the file, and `rescue` finds nothing in a file whose list of names is cut off.
    """
    _new_group(file, names)


def update_nxdata(file: h5py.File) -> None:
    """Bring the group of hard links up to date if the datastack has one."""
    if _own_group(file) is not None:
        write_nxdata(file)


def nxdata_entry(file: h5py.File) -> str | None:
    """Return the name of the root group that holds our group; None if there is none."""
    return next((name for name, _entry in _own_entries(file)), None)


def nxdata_links(file: h5py.File) -> set[tuple[int, str]]:
    """Return what `write_nxdata` makes in its group: address of the group and name of the link."""
    return {
        (address_of(group), name)
        for group in _own_groups(file)
        for name in (SIGNAL, ENERGY, "y", "x")
        if name in group
    }


def _own_entries(file: h5py.File) -> Iterator[tuple[str, h5py.Group]]:
    for name in file:
        if isinstance(name, str) and name.rstrip("0123456789") == ENTRY:
            entry = _hard_linked_group(file, name)
            if entry is not None and _text(entry, "creator") == _CREATOR:
                yield name, entry


def _own_groups(file: h5py.File) -> Iterator[h5py.Group]:
    for _name, entry in _own_entries(file):
        group = _hard_linked_group(entry, PLOT)
        if group is not None:
            yield group


def _own_group(file: h5py.File) -> h5py.Group | None:
    return next(_own_groups(file), None)


def _hard_linked_group(parent: h5py.Group, name: str) -> h5py.Group | None:
    try:
        is_hard = isinstance(parent.get(name, getlink=True), h5py.HardLink)
    except TypeError:  # user-defined link of another program
        return None
    item = parent[name] if is_hard else None
    return item if isinstance(item, h5py.Group) else None


def _text(item: h5py.Group, key: str) -> str | None:
    value = item.attrs.get(key)
    return value if isinstance(value, str) else None


def _new_group(file: h5py.File, names: Collection[str] = ()) -> h5py.Group:
    """Make the empty group; another program's default plot is kept."""
    possible = itertools.chain([ENTRY], (f"{ENTRY}{number}" for number in itertools.count(1)))
    name = next(name for name in possible if name not in file and name not in names)
    entry = file.create_group(name)
    group = entry.create_group(PLOT)
    entry.attrs.update(NX_class="NXentry", creator=_CREATOR, default=PLOT)
    group.attrs.update(NX_class="NXdata", signal=SIGNAL)
    group.attrs["interpretation"] = "spectrum"  # HyperSpy looks here, silx and PyMca at the signal
    file.attrs["NX_class"] = "NXroot"
    if "default" not in file.attrs:
        file.attrs["default"] = name
    return group


def _remove(file: h5py.File, group: h5py.Group) -> None:
    entry = group.parent
    name = str(entry.name).strip("/")
    del entry[PLOT]
    if not len(entry):
        del file[name]
        if file.attrs.get("default") == name:
            del file.attrs["default"]


def _newest(file: h5py.File, name: str, steps: LinkSteps) -> h5py.Dataset | None:
    """Return the newest version of an array."""
    versions = [other for other in file if isinstance(other, str) and other.rstrip("_") == name]
    datasets = (own_dataset(file, version, steps) for version in newest_first(versions))
    return next((found for found in datasets if found is not None and found.shape is not None), None)


def _link(group: h5py.Group, name: str, dataset: h5py.Dataset) -> None:
    if name in group:
        link = group.get(name, getlink=True)
        if isinstance(link, h5py.HardLink) and address_of(group[name]) == address_of(dataset):
            return
        del group[name]
    group[name] = dataset


def _set_axis(group: h5py.Group, name: str, values: np.ndarray, units: str, steps: LinkSteps) -> None:
    """Store the values of an axis unless they are there; a new dataset is made, whatever the old one is."""
    stored = own_dataset(group, name, steps)
    if stored is not None and _is_axis(stored, values, units):
        return
    group.pop(name, None)
    group.create_dataset(name, data=values).attrs["units"] = units


def _is_axis(stored: h5py.Dataset, values: np.ndarray, units: str) -> bool:
    fits = stored.shape == values.shape and stored.attrs.get("units") == units
    return fits and np.array_equal(stored[()], values)


def _set_attribute(item: Any, key: str, value: Any) -> None:
    """Write an attribute unless it has this value: what is written needs room in the journal."""
    stored = item.attrs.get(key)
    if stored is None or not np.array_equal(stored, value):
        item.attrs[key] = value
