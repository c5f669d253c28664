"""Any HDF5 file with an array of three or four axes: the visitor says which, and what its axes are."""

import h5py

from maxrf_core.datastack.hdf5_links import check_storage
from maxrf_core.datastack.other_hdf5 import datasets_of
from maxrf_core.language import _
from maxrf_core.readers.axes import axis_orders, order_in_words, shape_of
from maxrf_core.readers.format import Format, cube_in_words
from maxrf_core.readers.hdf5_layouts import Layout, each_detector, is_counts, path_of, text_of
from maxrf_core.readers.hdf5_scan import Hdf5Dialect

MAX_DATASETS = 20  # that are offered, the largest first


def find_layouts(file: h5py.File) -> list[Layout]:
    """Return each array in each order that its axes can have; first all best guesses, the largest first.

    Of an array with detectors the sum comes first, and each of them at the end.
    """
    found = [dataset for dataset in datasets_of(file) if is_counts(dataset)]
    ranked: list[tuple[int, int, Layout]] = []
    detectors: list[Layout] = []
    for number, dataset in enumerate(sorted(found, key=lambda each: -each.size)[:MAX_DATASETS]):
        check_storage(dataset, str(file.filename))
        for place, axes in enumerate(axis_orders(dataset.shape, text_of(dataset.attrs, "interpretation"))):
            layout = _layout(dataset, axes)
            ranked.append((place, number, layout))
            detectors += each_detector(layout, dataset.shape) if place == 0 else []
    return [layout for _place, _number, layout in sorted(ranked, key=lambda each: each[:2])] + detectors


def _layout(dataset: h5py.Dataset, axes: str) -> Layout:
    shape = shape_of(dataset.shape, axes)
    return Layout(
        (path_of(dataset),), axes, shape, cube_in_words(shape, f"{path_of(dataset)} ({order_in_words(axes)})")
    )


FORMAT: Format = Hdf5Dialect(find_layouts).format(
    "HDF5",
    _("any other program that stores an array of rows, columns and channels in any order"),
    _("one array, by choice; detectors on a fourth axis are summed, all or some"),
    (".h5", ".hdf5", ".hdf", ".he5", ".nxs", ".nx", ".nexus"),
    is_general=True,
    omits=_("energies, sizes and times, which such a file states nowhere in a known place"),
    tested_with="h5py",
)
