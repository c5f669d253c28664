"""Files of HyperSpy (.hspy): signals with described axes in an HDF5 file."""

from typing import Any

import h5py
import numpy as np

from maxrf_core.datastack.hdf5_links import LinkSteps, follow_links, own_dataset
from maxrf_core.language import _
from maxrf_core.readers.axes import KEV, MM, pixel_size, shape_of
from maxrf_core.readers.format import Format, cube_in_words
from maxrf_core.readers.hdf5_layouts import Layout, is_counts, text_of
from maxrf_core.readers.hdf5_scan import Hdf5Dialect

MAX_EXPERIMENTS = 50


def find_layouts(file: h5py.File) -> list[Layout]:
    """Return each signal with two axes in space and one of energies."""
    steps = LinkSteps("")
    experiments = follow_links(file, "Experiments", steps)
    if not isinstance(experiments, h5py.Group):
        return []
    found = []
    for name in list(experiments)[:MAX_EXPERIMENTS]:
        group = follow_links(experiments, name, steps)
        if not isinstance(group, h5py.Group):
            continue
        data = own_dataset(group, "data", steps)
        if data is not None and is_counts(data, (3,)):
            axes = [_axis(group, number, steps) for number in range(3)]
            if all(axes):
                found.append(_layout(name, group, data, axes, steps))
    return found


def _axis(group: h5py.Group, number: int, steps: LinkSteps) -> dict[str, Any]:
    """Return the attributes of an axis; empty if it is not described."""
    described = follow_links(group, f"axis-{number}", steps)
    return dict(described.attrs) if isinstance(described, h5py.Group) else {}


def _layout(
    name: str, group: h5py.Group, data: h5py.Dataset, axes: list[dict[str, Any]], steps: LinkSteps
) -> Layout:
    channel_axis = _channel_axis(axes)
    names = iter("yx")
    order = "".join("c" if place == channel_axis else next(names) for place in range(3))
    shape = shape_of(data.shape, order)
    energy = axes[channel_axis]
    factor = KEV.get(text_of(energy, "units").strip().lower())
    energies = None
    if factor is not None and "scale" in energy:
        scale, offset = float(energy["scale"]), float(energy.get("offset", 0))
        energies = (offset + scale * np.arange(shape[2])) * factor
    about: dict[str, Any] = pixel_size(*(_step(axes[order.index(axis)]) for axis in "xy"))
    general = follow_links(group, "metadata/General", steps)
    title = text_of(general.attrs, "title") if isinstance(general, h5py.Group) else ""
    if title.strip():
        about["title"] = title.strip()
    path = f"Experiments/{name}/data"
    words = cube_in_words(shape, title or name)
    return Layout((path,), order, shape, words, energies=energies, about=about, scan=name)


def _channel_axis(axes: list[dict[str, Any]]) -> int:
    """Return the place of the axis in energy; else that of the only one of its kind, or the last."""
    energy = [place for place, axis in enumerate(axes) if text_of(axis, "units").strip().lower() in KEV]
    if len(energy) == 1:
        return energy[0]
    across = [place for place, axis in enumerate(axes) if bool(axis.get("navigate"))]
    along = [place for place in range(3) if place not in across]
    alone = [each[0] for each in (along, across) if len(each) == 1]
    return alone[0] if alone else 2


def _step(axis: dict[str, Any]) -> float | None:
    factor = MM.get(text_of(axis, "units").strip().lower())
    if factor is None or "scale" not in axis or not float(axis["scale"]):
        return None
    return abs(float(axis["scale"])) * factor


FORMAT: Format = Hdf5Dialect(find_layouts).format(
    "HyperSpy",
    "HyperSpy (.hspy)",
    _("the counts, energies, pixel size and title"),
    (".hspy", ".hdf5"),
    omits=_("lazy or ragged signals, models, markers; of several signals the one that is chosen"),
    tested_with="HyperSpy",
)
