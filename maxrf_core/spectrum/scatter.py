"""The tube's characteristic lines, scattered by the object into the detector."""

import numpy as np

from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.families import family_lines
from maxrf_core.spectrum.lines import ELECTRON_REST_ENERGY
from maxrf_core.spectrum.response import Response

COMPTON_WIDTHS = {"narrow": 1.0, "wide": 2.0}  # relative to the fitted width
TAIL = 1.2  # keV in which the tail of photons that were scattered several times falls to 1/e


def compton_energy(energy: np.ndarray, angle: float) -> np.ndarray:
    """Return energies in keV after Compton scattering by an angle in degrees.

    E / (1 + E / 511 keV · (1 − cos angle)) (Compton, Physical Review 21, 1923, 483).

    Examples
    --------
    >>> compton_energy(np.array([20.216]), 142).round(2).tolist()
    [18.88]
    """
    return energy / (1 + energy / ELECTRON_REST_ENERGY * (1 - np.cos(np.radians(angle))))


def scatter_columns(
    tube: Tube, response: Response, n_channels: int, angle: float, width: float
) -> dict[str, np.ndarray]:
    """Return the shapes of the tube's scattered lines, each of unit area if it lies on the axis.

    Parameters
    ----------
    tube : Tube
    response : Response
    n_channels : int
    angle : float
        Mean angle of scattering in degrees.
    width : float
        FWHM in keV of the narrow Compton peak at 20 keV, beside the detector's; it grows with the energy.

    Returns
    -------
    dict of str to ndarray, shape (channels,)
        ``"Rh Rayleigh K"``, ``"Rh Rayleigh L"``, and for the K lines ``"Rh Compton narrow"``, ``"… wide"``
        and ``"… tail"``.
    """
    columns = {}
    for shell in ("K", "L"):
        lines = family_lines(tube.anode, shell, tube)
        if lines is None or lines.main_energy < 1:
            continue
        areas = lines.intensities * response.detected(lines.energies)
        columns[f"{tube.anode} Rayleigh {shell}"] = response.lines(
            lines.energies, areas, n_channels, lines.widths
        )
        if shell == "L" and lines.main_energy < 5:  # not shifted by more than a line's width
            continue
        centres = compton_energy(lines.energies, angle)
        broad = width * centres / 20
        suffix = "" if shell == "K" else " L"
        for name, factor in COMPTON_WIDTHS.items():
            widths = np.hypot(response.fwhm(centres), factor * broad)
            columns[f"{tube.anode} Compton{suffix} {name}"] = response.gaussians(
                centres, areas, n_channels, widths
            )
        narrow = columns[f"{tube.anode} Compton{suffix} narrow"]
        columns[f"{tube.anode} Compton{suffix} tail"] = _tail(narrow, response.gain)
    return {name: column / column.sum() for name, column in columns.items() if column.sum() > 0}


def _tail(peak: np.ndarray, gain: float) -> np.ndarray:
    from scipy.signal import lfilter  # slow to import

    kept = np.exp(-gain / TAIL)
    return lfilter([1 - kept], [1, -kept], peak[::-1])[::-1]
