"""The X-ray tube of a scan whose file does not tell it: proposed from the tube's scattered lines."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.analysis import LOWEST_ENERGY, line_of
from maxrf_core.elements.anodes import anode_misfits
from maxrf_core.elements.beam import find_beam
from maxrf_core.language import Note, marked
from maxrf_core.spectrum.background import valid_counts
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import DEFAULT_TUBE, MONOCHROMATIC, Tube
from maxrf_core.workers import one_thread_each

BEYOND_END = 3e-5  # of all counts that may lie beyond the tube's voltage: sum peaks
MIN_BEYOND = 4.0  # counts; fewer are cosmic rays or noise
AXIS_END = 0.97  # of the last energy; a continuum that ends later may go on beyond the axis
MAX_END = 33.0  # keV; a continuum that seems to end above it is too weak there to tell the voltage
MAX_CONFLICT = 1.5  # of the voltage in the file, beyond which counts contradict it
MIN_KV = 6.0
MAX_ABOVE_TOLD = 1.05  # of a told voltage, that the energy of a beam may reach
MIN_LEAD = 0.03  # of the best anode's misfit to the next one's; with less none is proposed


@dataclass(frozen=True)
class TubeChoice:
    """The tube that a scan is examined with.

    Attributes
    ----------
    tube : Tube
    told : bool
        True if the file tells the anode.
    sentence : str
        What was proposed, or what contradicts the file; empty if the file tells all.
    """

    tube: Tube
    told: bool
    sentence: str


def choose_tube(
    spectrum: np.ndarray, axis: SpectralAxis, anode: str | None = None, kv: float | None = None
) -> TubeChoice:
    """Return the tube: as it is told, or the anode or beam whose scatter explains the spectrum best.

    Parameters
    ----------
    spectrum : ndarray, shape (channels,)
        Counts.
    axis : SpectralAxis
        In keV.
    anode : str, optional
        As the file tells it; ``"mono"`` for a monochromatic beam.
    kv : float, optional
        As the file tells it; the energy in keV of a monochromatic beam.
    """
    line_of(axis)  # refuses an axis without energies
    spectrum = valid_counts(spectrum)
    if anode in (None, MONOCHROMATIC):
        beam = _beam(spectrum, axis, anode, kv)
        if beam is not None:
            return beam
    end = end_point(spectrum, axis)
    sentences: list[Note] = []
    if kv is not None and end is not None and end > MAX_CONFLICT * kv:
        words = Note("The file says {kv:g} kV, but there are counts up to {end:.0f} keV.", kv=kv, end=end)
        sentences.append(words)
        kv = end
    if kv is None:
        kv = max(end, MIN_KV) if end is not None and end <= MAX_END else max(end or 0, DEFAULT_TUBE.kv)
    told = anode is not None
    if anode is None:
        anode, words = _proposed_anode(spectrum, axis, kv)
        sentences.append(words)
    return TubeChoice(Tube(anode, kv), told, _joined(sentences))


def _beam(spectrum: np.ndarray, axis: SpectralAxis, anode: str | None, kv: float | None) -> TubeChoice | None:
    """Return a monochromatic beam if one is told or seen, else None."""
    if anode is not None and kv is not None:
        return TubeChoice(Tube(anode, kv), True, "")
    with one_thread_each():
        energy = find_beam(spectrum, axis)
    if energy is not None and (kv is None or energy < MAX_ABOVE_TOLD * kv):
        words = marked(
            "The tube is not stated; the spectrum is that of a monochromatic beam of {energy:.2f} keV."
        )
        if anode is not None:
            words = marked(
                "The energy of the beam is not stated; its scattered line lies at {energy:.2f} keV."
            )
        return TubeChoice(Tube(MONOCHROMATIC, energy), anode is not None, Note(words, energy=energy))
    if anode is None:
        return None
    energy = max(end_point(spectrum, axis) or DEFAULT_TUBE.kv, MIN_KV)
    words = marked("The energy of the beam is not stated, and no scattered line tells it: state it in keV.")
    return TubeChoice(Tube(MONOCHROMATIC, energy), True, Note(words))


def _proposed_anode(spectrum: np.ndarray, axis: SpectralAxis, kv: float) -> tuple[str, Note]:
    """Return the anode whose lines explain the spectrum best, or the usual one, and what is said of it."""
    with one_thread_each():
        misfits = anode_misfits(spectrum, axis, kv)
    best, second = sorted(misfits, key=lambda each: misfits[each])[:2]
    if misfits[second] - misfits[best] > MIN_LEAD:
        return best, Note("The tube is not stated; its scattered lines are those of {anode}.", anode=best)
    usual = DEFAULT_TUBE.anode
    return usual, Note(
        "The tube is not stated, and no scattered lines tell it; {anode} is assumed.", anode=usual
    )


def end_point(spectrum: np.ndarray, axis: SpectralAxis) -> float | None:
    """Return the energy in keV where the continuum ends, or None if it goes on to the end of the axis.

    Examples
    --------
    >>> axis = SpectralAxis(np.arange(0, 40, 0.01), "keV")
    >>> round(end_point(np.where(axis.values < 30, 100.0, 0.0), axis), 2)
    29.99
    """
    counts = np.where(axis.values > LOWEST_ENERGY, spectrum, 0)
    total = counts.sum()
    if total <= 0:
        return None
    beyond = np.cumsum(counts[::-1])[::-1]
    last = int(np.flatnonzero(beyond > max(BEYOND_END * total, min(MIN_BEYOND, total / 2)))[-1])
    energy = float(axis.values[last])
    return None if energy > AXIS_END * axis.values[-1] else energy


def _joined(sentences: list[Note]) -> str:
    """Return one or two notes as one."""
    if len(sentences) == 2:
        return Note("{first} {second}", first=sentences[0], second=sentences[1])
    return sentences[0] if sentences else ""
