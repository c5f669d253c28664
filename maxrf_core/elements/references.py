"""Maps that element maps can be divided by: scatter of the tube, zero peak and events of each pixel."""

from dataclasses import astuple, dataclass, fields

import numpy as np

from maxrf_core.elements.analysis import Analysis
from maxrf_core.spectrum.model import Model
from maxrf_core.spectrum.peaks import zero_peak, zero_peak_end


@dataclass(frozen=True, eq=False)
class References:
    """Counts of each pixel that do not belong to an element, (height, width) float32 each.

    Attributes
    ----------
    scatter, scatter_sigma : ndarray
        Net counts of the tube's lines after Compton scattering, and their standard deviation; all 0 if the
        model has none.
    zero_peak : ndarray
        Counts of the zero peak; all 0 if the scan has none.
    events : ndarray
        Counts from the end of the zero peak to the last fitted channel.
    """

    scatter: np.ndarray
    scatter_sigma: np.ndarray
    zero_peak: np.ndarray
    events: np.ndarray

    def stacked(self) -> np.ndarray:
        """Return all maps as one array, (maps, height, width), in the order of `NAMES`."""
        return np.stack(astuple(self))


NAMES = tuple(each.name for each in fields(References))


def reference_weights(analysis: Analysis, model: Model, inverse: np.ndarray) -> np.ndarray:
    """Return the weights of the channels for each reference, (4, channels); a sigma's are for its square.

    Parameters
    ----------
    analysis : Analysis
    model : Model
    inverse : ndarray, shape (components, fitted channels)
        The pixels' fit: net counts are ``inverse @ counts``.
    """
    channels = model.channels
    weights = np.zeros((len(NAMES), len(analysis.spectrum)))
    compton = [number for number, name in enumerate(model.names) if " Compton" in name]
    weights[0, channels] = inverse[compton].sum(axis=0)
    weights[1] = weights[0] ** 2
    zero = zero_peak_channels(analysis)
    weights[2, zero] = 1
    weights[3, zero.stop or channels.start : channels.stop] = 1
    return weights


def zero_peak_channels(analysis: Analysis) -> slice:
    """Return the channels of the zero peak, as far below its maximum as above; an empty slice without one."""
    top = zero_peak(analysis.spectrum, analysis.energies)
    if top is None:
        return slice(0, 0)
    end = min(zero_peak_end(analysis.spectrum, analysis.energies), analysis.channels.start)
    return slice(max(0, round(2 * top) - end), end)


def references_of(maps: np.ndarray) -> References:
    """Return the references from the weighted maps of `reference_weights`, which are overwritten."""
    scatter, variance, zero, events = maps
    np.sqrt(np.maximum(variance, 0, out=variance), out=variance)
    return References(scatter, variance, zero, events)
