"""Reference spectra: single spectra of other files, kept in a datastack and laid over those of pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import ArrayNotFoundError, ScanError
from maxrf_core.language import _
from maxrf_core.spectrum.calibration import SpectralAxis

REFERENCES = "reference_spectra"
MAX_REFERENCES, MAX_NAME = 50, 80


@dataclass(frozen=True, eq=False)
class Reference:
    """A named spectrum of another file.

    Attributes
    ----------
    name : str
    counts : ndarray, shape (channels,), float64
    energies : ndarray, shape (channels,), float64, or None
        keV; None if they are not known.
    """

    name: str
    counts: np.ndarray
    energies: np.ndarray | None = None


def stored_references(ds: DataStack) -> list[Reference]:
    """Return the reference spectra that are kept in a scan, as they were kept last."""
    try:
        array = np.asarray(ds.read(REFERENCES))
    except ArrayNotFoundError:
        return []
    names = np.atleast_1d(ds.attributes(REFERENCES).get("names", []))
    if array.ndim != 3 or array.shape[1] != 2 or array.dtype.kind != "f" or len(names) != len(array):
        return []
    found = []
    for name, (energies, counts) in zip(names.tolist(), array, strict=True):
        length = int(np.isfinite(counts).cumprod().sum())
        known = energies[:length] if np.isfinite(energies[:length]).all() else None
        if length:
            found.append(Reference(str(name)[:MAX_NAME], counts[:length], known))
    return found


def keep_reference(ds: DataStack, reference: Reference) -> str:
    """Store a reference spectrum in a scan, in place of one of the same name; returns the array's name.

    Raises
    ------
    ScanError
        If the scan holds too many, or the spectrum has values that are missing.
    DatastackError
        If it cannot be stored.
    """
    named = replace(reference, name=reference.name[:MAX_NAME])
    if not np.isfinite(named.counts).all():
        raise ScanError(_("{name} has channels without a value; export it again.").format(name=named.name))
    kept = [each for each in stored_references(ds) if each.name != named.name]
    if len(kept) >= MAX_REFERENCES:
        raise ScanError(
            _("A scan keeps at most {limit} reference spectra: remove some.").format(limit=MAX_REFERENCES)
        )
    return _keep(ds, [*kept, named])


def remove_reference(ds: DataStack, name: str) -> str:
    """Store the reference spectra of a scan without one of them; returns the array's name.

    Raises
    ------
    DatastackError
        If they cannot be stored.
    """
    return _keep(ds, [each for each in stored_references(ds) if each.name != name])


def _keep(ds: DataStack, references: Sequence[Reference]) -> str:
    longest = max((each.counts.size for each in references), default=0)
    array = np.full((len(references), 2, longest), np.nan)
    for target, each in zip(array, references, strict=True):
        length = each.counts.size
        target[1, :length] = each.counts
        if each.energies is not None:
            target[0, :length] = each.energies
    names = np.array([each.name for each in references], dtype=np.str_)
    return ds.append({REFERENCES: array}, {REFERENCES: {"names": names, "units": "keV, counts"}})[REFERENCES]


def on_axis(reference: Reference, axis: SpectralAxis) -> np.ndarray:
    """Return the counts of a reference in the channels of a scan.

    Between the centres of its own channels, counts per keV are interpolated linearly and multiplied by the
    width of the scan's channels; where the reference has no channels they are 0.

    Parameters
    ----------
    reference : Reference
    axis : SpectralAxis
        Of the scan.

    Returns
    -------
    ndarray, shape (channels,), float64

    Raises
    ------
    ScanError
        If either has no energies, and they differ in their number of channels.

    Examples
    --------
    >>> reference = Reference("a", np.ones(5), np.arange(5.0))
    >>> on_axis(reference, SpectralAxis(np.array([0.0, 0.5, 1.0, 5.0]), "keV")).tolist()
    [0.5, 0.5, 2.25, 0.0]
    """
    if axis.unit == "keV" and reference.energies is not None and len(axis) > 1:
        energies = reference.energies
        density = reference.counts / np.gradient(energies)
        return np.interp(axis.values, energies, density, left=0, right=0) * np.gradient(axis.values)
    if len(reference.counts) == len(axis):
        return reference.counts
    raise ScanError(
        _(
            "{name} cannot be laid over this scan: it has {count:,} channels and the scan {channels:,}, and "
            "without the energies of both they cannot be compared."
        ).format(name=reference.name, count=len(reference.counts), channels=len(axis))
    )


def scaled_to(counts: np.ndarray, other: np.ndarray, first: int) -> tuple[np.ndarray, float]:
    """Scale a spectrum so that it has as many counts as another from a channel on.

    Parameters
    ----------
    counts, other : ndarray, shape (channels,)
    first : int
        The first channel that counts: below are noise and the zero peak.

    Returns
    -------
    ndarray, shape (channels,)
    float
        The factor; 1 if one of both has no counts.

    Examples
    --------
    >>> scaled_to(np.array([9, 1, 1]), np.array([0, 3, 5]), 1)
    (array([36.,  4.,  4.]), 4.0)
    """
    total, wanted = float(np.nansum(counts[first:])), float(np.nansum(other[first:]))
    factor = wanted / total if total > 0 and wanted > 0 else 1.0
    return counts * factor, factor
