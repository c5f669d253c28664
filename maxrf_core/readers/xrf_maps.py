"""HDF5 files of XRF-Maps and MAPS of the Advanced Photon Source: a cube of each detector, channels first."""

from collections.abc import Mapping
from string import ascii_lowercase
from typing import Any

import h5py
import numpy as np

from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.language import _
from maxrf_core.readers.axes import energies_of, pixel_size, shape_of, step_in_mm
from maxrf_core.readers.format import Format, cube_in_words
from maxrf_core.readers.hdf5_layouts import Layout, is_counts, path_of, text_of
from maxrf_core.readers.hdf5_scan import Hdf5Dialect
from maxrf_core.readers.summed_scan import MEAN_LIVE_TIME

SUMMED = ("MAPS/Spectra/mca_arr", "MAPS/mca_arr")  # of today's and of older files
ENERGIES = ("MAPS/Spectra/Energy", "MAPS/energy")
AXES = ("MAPS/Scan/{}_axis", "MAPS/{}_axis")
LIVE_TIMES = "MAPS_RAW/livetime"  # (detectors, height, width), seconds
DETECTOR = "MAPS_RAW/data_{}"


def find_layouts(file: h5py.File) -> list[Layout]:
    """Return the sum of the detectors, and each of them."""
    steps = LinkSteps("")

    def get(name: str) -> h5py.Dataset | None:
        return own_dataset(file, name, steps)

    detectors = [
        found for letter in ascii_lowercase if is_counts(found := get(DETECTOR.format(letter)), (3,))
    ]
    detectors = [each for each in detectors if each.shape == detectors[0].shape]
    summed = [found for name in SUMMED if is_counts(found := get(name), (3,))]
    if not detectors and not summed:
        return []
    about = pixel_size(*(_step([get(place.format(axis)) for place in AXES]) for axis in "xy"))
    live_times = _live_times(get(LIVE_TIMES), len(detectors))
    layouts = []
    for chosen, what in _offered(detectors, summed):
        shape = shape_of(chosen[0].shape, "cyx")
        energies, notes = _energies([get(name) for name in ENERGIES], shape[2])
        numbers = [detectors.index(each) for each in chosen if each in detectors]
        maps = _map_of(live_times, numbers, shape)
        if len(chosen) > 1 and maps:
            notes.append(MEAN_LIVE_TIME)
        layouts.append(
            Layout(
                tuple(path_of(each) for each in chosen),
                "cyx",
                shape,
                cube_in_words(shape, what),
                energies=energies,
                about=about,
                maps=maps,
                notes=tuple(notes),
                detector_name=what if len(detectors) > 1 and len(chosen) == len(numbers) == 1 else "",
            )
        )
    return layouts


def _offered(
    detectors: list[h5py.Dataset], summed: list[h5py.Dataset]
) -> list[tuple[list[h5py.Dataset], str]]:
    offered = []
    if len(detectors) > 1:
        offered.append((detectors, _("Sum of {count} detectors").format(count=len(detectors))))
    offered += [([each], path_of(each)) for each in [*detectors, *summed]]
    return offered


def _live_times(dataset: h5py.Dataset | None, count: int) -> np.ndarray | None:
    """Return live times in seconds, (detectors, height, width), if the file holds those of all detectors."""
    if not is_counts(dataset, (3,)) or dataset is None or dataset.shape[0] < count or not count:
        return None
    seconds = np.asarray(dataset[:count], np.float32)
    return seconds if np.isfinite(seconds).all() else None


def _map_of(
    live_times: np.ndarray | None, numbers: list[int], shape: tuple[int, int, int]
) -> Mapping[str, np.ndarray]:
    if live_times is None or not numbers or live_times.shape[1:] != shape[:2]:
        return {}
    return {"live_time_s": live_times[numbers].mean(axis=0)}


def _energies(found: list[h5py.Dataset | None], channels: int) -> tuple[np.ndarray | None, list[Any]]:
    for dataset in found:
        if dataset is not None and is_counts(dataset, (1,)) and dataset.shape[0] >= channels:
            unit = text_of(dataset.attrs, "units") or "keV"  # what MAPS writes
            return energies_of(dataset[:channels], unit, channels, path_of(dataset))
    return None, []


def _step(found: list[h5py.Dataset | None]) -> float | None:
    for dataset in found:
        if dataset is not None and is_counts(dataset, (1,)):
            return step_in_mm(dataset[()], text_of(dataset.attrs, "units"))
    return None


FORMAT: Format = Hdf5Dialect(find_layouts).format(
    "XRF-Maps",
    _("XRF-Maps and MAPS of the Advanced Photon Source (HDF5)"),
    _("the sum of all or some detectors; energies, pixel size and live times where the file has them"),
    (".h5", ".hdf5"),
    omits=_("fitted maps, scalers, positions that are not even"),
    tested_with=_("XRF-Maps, measured at the Advanced Photon Source"),
)
