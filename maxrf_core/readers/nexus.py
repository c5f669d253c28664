"""NeXus files: cubes in NXdata groups, as PyMca, silx and many beamlines write them."""

from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np

from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.datastack.other_hdf5 import datasets_of
from maxrf_core.language import _
from maxrf_core.readers.axes import KEV, axis_orders, energies_of, pixel_size, shape_of, step_in_mm
from maxrf_core.readers.format import Format, cube_in_words
from maxrf_core.readers.hdf5_layouts import Layout, each_detector, is_counts, path_of, text_of
from maxrf_core.readers.hdf5_scan import Hdf5Dialect
from maxrf_core.readers.nexus_axes import axes_of
from maxrf_core.readers.nexus_pictures import is_picture, pictures_in_nexus

MAX_TITLE = 300  # letters
TEXTS = ("tube_anode", "instrument")  # attributes of an entry
AMOUNTS = ("live_time_s", "real_time_s", "tube_kV")


def find_layouts(file: h5py.File) -> list[Layout]:
    """Return the signal of each NXdata group in each order that its axes can have."""
    groups = {dataset.parent.name: dataset.parent for dataset in datasets_of(file)}
    first: list[Layout] = []
    others: list[Layout] = []
    for group in groups.values():
        if text_of(group.attrs, "NX_class") != "NXdata":
            continue
        signal = _signal(group)
        if signal is None or is_picture(signal):
            continue
        axes = axes_of(group, signal)
        interpretation = text_of(signal.attrs, "interpretation") or text_of(group.attrs, "interpretation")
        orders = axis_orders(signal.shape, interpretation)
        energy = _energy_axis(axes)
        if energy is not None:
            orders.sort(key=lambda order: order[energy] != "c")
        facts = _facts(group.parent)
        layouts = [_layout(signal, axes, order, facts) for order in orders]
        detectors = each_detector(layouts[0], signal.shape) if layouts else []
        first, others = first + layouts[:1], others + layouts[1:] + detectors
    return first + others


def _signal(group: h5py.Group) -> h5py.Dataset | None:
    """Return the signal, as the group names it, or as older files mark it."""
    steps = LinkSteps("")
    name = text_of(group.attrs, "signal")
    named = [name] if name else [key for key in group if isinstance(key, str)]
    for key in named:
        dataset = own_dataset(group, key, steps)
        if is_counts(dataset) and dataset is not None and (name or str(dataset.attrs.get("signal")) == "1"):
            return dataset
    return None


def _energy_axis(axes: list[h5py.Dataset | None]) -> int | None:
    """Return the place of the axis whose unit is one of energy, or whose name says so."""
    for place, axis in enumerate(axes):
        if axis is not None and (
            text_of(axis.attrs, "units").strip().lower() in KEV or "energ" in path_of(axis).lower()
        ):
            return place
    return None


def _facts(entry: h5py.Group) -> dict[str, Any]:
    """Return the title of an entry, and what else our own exports tell of the scan there."""
    found: dict[str, Any] = {}
    title = own_dataset(entry, "title", LinkSteps(""))
    if title is not None and title.shape in ((), (1,)) and h5py.check_string_dtype(title.dtype) is not None:
        found["title"] = str(np.ravel(title.asstr(errors="replace")[()])[0])[:MAX_TITLE].strip()
    found |= {name: text_of(entry.attrs, name).strip() for name in TEXTS}
    for name in AMOUNTS:
        value = entry.attrs.get(name)
        if isinstance(value, float | np.floating) and np.isfinite(value):
            found[name] = float(value)
    return {name: value for name, value in found.items() if value}


def _layout(
    signal: h5py.Dataset, axes: list[h5py.Dataset | None], order: str, facts: Mapping[str, Any]
) -> Layout:
    shape = shape_of(signal.shape, order)
    by_name = {name: axes[place] for place, name in enumerate(order)}
    energy = by_name["c"]
    energies, notes = (
        (None, [])
        if energy is None
        else energies_of(energy[()], text_of(energy.attrs, "units"), shape[2], path_of(energy))
    )
    steps = {
        name: None if axis is None else step_in_mm(axis[()], text_of(axis.attrs, "units"))
        for name, axis in by_name.items()
    }
    words = _("{path}, channels on axis {number} of {count}").format(
        path=path_of(signal), number=order.index("c") + 1, count=len(order)
    )
    return Layout(
        (path_of(signal),),
        order,
        shape,
        cube_in_words(shape, words),
        energies=energies,
        about={**facts, **pixel_size(steps["x"], steps["y"])},
        notes=tuple(notes),
        scan=path_of(signal),
    )


FORMAT: Format = Hdf5Dialect(find_layouts, pictures_in_nexus).format(
    "NeXus",
    _("PyMca, silx and beamlines (HDF5 with NXdata)"),
    _("the signal of an NXdata group; energies and pixel size from its axes; title; pictures marked as such"),
    (".nxs", ".nx", ".nexus", ".h5", ".hdf5", ".hdf"),
    omits=_(
        "live times, positions of the motors; values in other files (external links); pictures beyond 150 MB"
    ),
    tested_with=_("PyMca and HyperSpy"),
)
