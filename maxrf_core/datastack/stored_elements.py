"""Element maps of a datastack: computed once, kept in the file, opened at once the next time."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.missing_pixels import averaged_pixels
from maxrf_core.elements.analysis import Analysis, analyse
from maxrf_core.elements.maps import MODEL_VERSION, ElementMaps, element_maps
from maxrf_core.elements.pair_maps import PairMaps, pair_maps
from maxrf_core.elements.references import NAMES, References
from maxrf_core.elements.tube_choice import TubeChoice, choose_tube
from maxrf_core.errors import ArrayNotFoundError
from maxrf_core.names import SUM_SPECTRUM, find
from maxrf_core.progress import Progress
from maxrf_core.spectrum.elements import Tube, tube_attributes
from maxrf_core.workers import one_thread_each

NET, SIGMA, RESIDUAL = "element_maps", "element_maps_sigma", "element_maps_residual"
REFERENCES = "element_maps_references"
SAME_ENERGY = 1e-4  # keV; calibrations that differ by less are the same


def scan_analysis(ds: DataStack, anode: str | None = None, kv: float | None = None) -> Analysis:
    """Analyse the mean spectrum of a scan with the tube of `scan_tube`; see `analyse`."""
    spectrum = scan_spectrum(ds)
    tube = scan_tube(ds, spectrum, anode, kv).tube
    with one_thread_each():
        return analyse(spectrum, ds.axis, tube)


def scan_tube(
    ds: DataStack, spectrum: np.ndarray, anode: str | None = None, kv: float | None = None
) -> TubeChoice:
    """Return the tube of a scan: as given or as its file tells it, else proposed from its spectrum.

    Parameters
    ----------
    ds : DataStack
    spectrum : ndarray, shape (channels,)
        From `scan_spectrum`, which may have to read the whole cube.
    anode, kv : optional
        The tube, where the visitor tells it.
    """
    told = tube_attributes(ds.about)
    kv = told.get("tube_kV") if kv is None else kv
    return choose_tube(spectrum, ds.axis, anode or told.get("tube_anode"), kv)


def scan_spectrum(ds: DataStack) -> np.ndarray:
    """Return the sum of the counts of all pixels at each channel, (channels,) float64."""
    channels = ds.shape[2]
    try:
        mean = np.asarray(ds.read(SUM_SPECTRUM), np.float64)
    except ArrayNotFoundError:
        mean = np.empty(0)
    if mean.shape == (channels,):
        return mean * averaged_pixels(ds)
    return ds.cube().sum_and_max()[0].astype(np.float64)


def scan_element_maps(
    ds: DataStack,
    families: Sequence[str] | None = None,
    progress: Progress | None = None,
    *,
    keep: bool = True,
    cube: Cube | None = None,
) -> ElementMaps:
    """Return the element maps of a scan: those in the file, or new ones, which are then kept in it.

    Kept are those of the scan's own pixels; returned are those of its view, see `DataStack.row_displacement`.

    Parameters
    ----------
    ds : DataStack
    families : sequence of str, optional
        Families or elements; by default all families that are present.
    progress : callable, optional
    keep : bool
        Store new maps in the file.
    cube : Cube, optional
        The scan's cube, read by other workers.

    Raises
    ------
    CalibrationError
        If the scan is not calibrated, or a family has no line in it.
    DatastackError
        If the maps cannot be stored.
    """
    stored = stored_element_maps(ds)
    if stored is not None:
        chosen = _chosen(stored, families)
        if chosen is not None:
            return chosen.straightened(ds.row_displacement)
    named = [family for family in families or () if "-" in family]
    spectrum = scan_spectrum(ds)
    choice = scan_tube(ds, spectrum)
    analysis = analyse(spectrum, ds.axis, choice.tube, named)
    maps = element_maps(cube or ds.cube(), analysis, families, progress)
    maps.about["tube_sentence"] = choice.sentence
    if keep:
        keep_element_maps(ds, maps, all_present=families is None)
    return maps.straightened(ds.row_displacement)


def stored_element_maps(ds: DataStack) -> ElementMaps | None:
    """Return the newest element maps in the file, or None if none fit today's calibration and tube."""
    about = current_element_maps(ds)
    if about is None:
        return None
    net, sigma, residual, beside = (np.asarray(ds.read(name)) for name in (NET, SIGMA, RESIDUAL, REFERENCES))
    return ElementMaps(tuple(about["names"]), net, sigma, residual, References(*beside), about)


def current_element_maps(ds: DataStack) -> dict[str, Any] | None:
    """Return the attributes of the newest element maps in the file without reading these.

    Returns
    -------
    dict or None
        With ``names``, the families in the order of the maps; None if there are none, or they do not fit
        today's calibration and tube.
    """
    if not {NET, SIGMA, RESIDUAL, REFERENCES} <= set(ds.names) or ds.axis.unit != "keV":
        return None
    about = ds.attributes(NET)
    names = about.get("names")
    if not isinstance(names, list) or not _is_current(ds, about):
        return None
    shapes = {entry.name: entry.shape for entry in ds.entries()}
    net, sigma, residual, beside = (
        shapes[find(name, ds.names, latest=True)] for name in (NET, SIGMA, RESIDUAL, REFERENCES)
    )
    shape = ds.shape[:2]
    if residual != shape or not net == sigma == (len(names), *shape) or beside != (len(NAMES), *shape):
        return None
    return about


def stored_maps_with(ds: DataStack, families: Sequence[str], tube: Tube) -> ElementMaps | None:
    """Return the newest element maps in the file if they hold these families and are of this tube."""
    stored = stored_element_maps(ds)
    if stored is None or not set(families) <= set(stored.names):
        return None
    return stored if tube.attributes().items() <= stored.about.items() else None


def maps_fitted_with(
    ds: DataStack,
    families: Sequence[str],
    anode: str | None = None,
    kv: float | None = None,
    progress: Progress | None = None,
) -> ElementMaps:
    """Return the maps of families that are fitted together, as the app shows them; nothing is stored.

    Parameters
    ----------
    ds : DataStack
    families : sequence of str
        All of them: each is fitted beside the others.
    anode, kv : optional
        The tube; by default as the file tells it, else as proposed from the spectrum.
    progress : callable, optional

    Raises
    ------
    CalibrationError
        If the scan is not calibrated, or a family has no line in it.
    """
    spectrum = scan_spectrum(ds)
    tube = scan_tube(ds, spectrum, anode, kv).tube
    maps = stored_maps_with(ds, families, tube)
    if maps is None:
        with one_thread_each():
            analysis = analyse(spectrum, ds.axis, tube)
        maps = element_maps(ds.cube(), analysis, families, progress)
    return maps.straightened(ds.row_displacement)


def pair_fitted_with(
    ds: DataStack,
    names: tuple[str, str],
    families: Sequence[str] = (),
    anode: str | None = None,
    kv: float | None = None,
    progress: Progress | None = None,
) -> PairMaps:
    """Return the maps of two families or lines with their covariance, see `pair_maps`; nothing is stored.

    Parameters
    ----------
    ds : DataStack
    names : (str, str)
        Such as "Pb-La" and "Pb-Lb".
    families : sequence of str
        Those that are fitted beside them.
    anode, kv, progress
        As in `maps_fitted_with`.

    Raises
    ------
    CalibrationError
        If the scan is not calibrated, or a family has no line in it.
    """
    analysis = scan_analysis(ds, anode, kv)
    return pair_maps(ds.cube(), analysis, names, families, progress, ds.row_displacement)


def _is_current(ds: DataStack, about: dict[str, Any]) -> bool:
    """Return True if maps were made with the version, the calibration and the tube of today."""
    ends = about.get("calibration", [])
    today = [float(ds.axis.values[0]), float(ds.axis.values[-1])]
    same = len(ends) == 2 and bool(np.allclose(ends, today, rtol=0, atol=SAME_ENERGY))
    told = tube_attributes(ds.about)
    return same and about.get("version") == MODEL_VERSION and about.get("tube_told") == _text(told)


def _text(told: dict[str, Any]) -> str:
    """Return the tube that a file tells as a text, such as "tube_anode Rh, tube_kV 50.0"; empty if none."""
    return ", ".join(f"{name} {value}" for name, value in sorted(told.items()))


def _chosen(stored: ElementMaps, families: Sequence[str] | None) -> ElementMaps | None:
    """Return the wanted maps among stored ones, or None if one is missing."""
    if families is None:
        return stored if stored.about.get("all_present") else None
    numbers = []
    for family in families:
        wanted = family.strip().lower()
        listed = enumerate(name.lower() for name in stored.names)
        named = [number for number, name in listed if wanted in (name, name.split("-")[0])]
        if len(named) != 1:
            return None
        numbers.append(named[0])
    names = tuple(stored.names[number] for number in numbers)
    return ElementMaps(
        names, stored.net[numbers], stored.sigma[numbers], stored.residual, stored.references, stored.about
    )


def keep_element_maps(ds: DataStack, maps: ElementMaps, *, all_present: bool = False) -> None:
    """Store element maps in a scan, as a new version if there are some.

    Parameters
    ----------
    ds : DataStack
    maps : ElementMaps
    all_present : bool
        They are those of all families that are present, which `scan_element_maps` returns by default.

    Raises
    ------
    DatastackError
        If they cannot be stored.
    """
    ends = [float(ds.axis.values[0]), float(ds.axis.values[-1])]
    about = {
        **maps.about,
        "names": list(maps.names),
        "calibration": ends,
        "units": "counts",
        "all_present": all_present,
        "tube_told": _text(tube_attributes(ds.about)),
    }
    maps.about.update(about)
    of_sigma = {"names": list(maps.names), "units": "counts"}
    of_residual = {"units": "variance of counting"}
    references = maps.references.stacked()
    ds.append(
        {NET: maps.net, SIGMA: maps.sigma, RESIDUAL: maps.residual, REFERENCES: references},
        {NET: about, SIGMA: of_sigma, RESIDUAL: of_residual, REFERENCES: {"names": NAMES, "units": "counts"}},
    )
