"""The X-ray tube of a scan whose file does not tell it: proposed from the tube's scattered lines."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from maxrf_core.elements.analysis import LOWEST_ENERGY, fitted_channels, line_of
from maxrf_core.elements.candidates import candidate_families
from maxrf_core.language import Note
from maxrf_core.spectrum.background import snip, valid_counts
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import DEFAULT_TUBE, Tube
from maxrf_core.spectrum.fit import expected_counts
from maxrf_core.spectrum.instrument_fit import MODEL_ERROR
from maxrf_core.spectrum.model import Instrument, build_model
from maxrf_core.spectrum.response import Response
from maxrf_core.workers import one_thread_each

ANODES = ("Rh", "Mo", "Ag", "W", "Pd", "Cr", "Cu", "Au")
BEYOND_END = 3e-5  # of all counts that may lie beyond the tube's voltage: sum peaks
AXIS_END = 0.97  # of the last energy; a continuum that ends later may go on beyond the axis
MAX_END = 33.0  # keV; a continuum that seems to end above it is too weak there to tell the voltage
MAX_CONFLICT = 1.5  # of the voltage in the file, beyond which counts contradict it
MIN_KV = 6.0
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
    """Return the tube: as it is told, or the anode whose scattered lines explain the spectrum best.

    Parameters
    ----------
    spectrum : ndarray, shape (channels,)
        Counts.
    axis : SpectralAxis
        In keV.
    anode : str, optional
        As the file tells it.
    kv : float, optional
        As the file tells it.
    """
    line_of(axis)  # refuses an axis without energies
    spectrum = valid_counts(spectrum)
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
        with one_thread_each():
            misfits = _misfits(spectrum, axis, kv)
        best, second = sorted(misfits, key=lambda each: misfits[each])[:2]
        if misfits[second] - misfits[best] > MIN_LEAD:
            anode = best
            words = Note("The tube is not stated; its scattered lines are those of {anode}.", anode=anode)
        else:
            anode = DEFAULT_TUBE.anode
            words = Note(
                "The tube is not stated, and no scattered lines tell it; {anode} is assumed.", anode=anode
            )
        sentences.append(words)
    return TubeChoice(Tube(anode, kv), told, _joined(sentences))


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
    last = int(np.flatnonzero(beyond > BEYOND_END * total)[-1])
    energy = float(axis.values[last])
    return None if energy > AXIS_END * axis.values[-1] else energy


def _misfits(spectrum: np.ndarray, axis: SpectralAxis, kv: float) -> dict[str, float]:
    """Return how badly a spectrum is explained with each anode: the mean logarithm of squared deviations."""
    gain, offset = line_of(axis)
    tubes = [Tube(anode, kv) for anode in ANODES]
    channels = fitted_channels(axis, tubes[0])
    low, high = axis.values[[channels.start, channels.stop - 1]]
    of_tube = {tube: candidate_families(tube, low, high) for tube in tubes}
    families = list(dict.fromkeys(chain.from_iterable(of_tube.values())))
    response = Response(offset, gain)
    background = snip(spectrum, response)
    found = {}
    for tube, own in of_tube.items():
        model = build_model(Instrument(tube, response), families, spectrum, channels, None, background)
        for name in set(model.families) - set(own):  # of the anode
            model = model.without(name)
        expected = expected_counts(model, spectrum, MODEL_ERROR)
        squares = (spectrum[channels] - expected) ** 2 / (expected + (MODEL_ERROR * expected) ** 2)
        found[tube.anode] = float(np.log1p(squares).mean())
    return found


def _joined(sentences: list[Note]) -> str:
    """Return one or two notes as one."""
    if len(sentences) == 2:
        return Note("{first} {second}", first=sentences[0], second=sentences[1])
    return sentences[0] if sentences else ""
