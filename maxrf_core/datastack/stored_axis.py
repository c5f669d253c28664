"""Spectral axis of a datastack, from its arrays."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from maxrf_core.errors import ArrayNotFoundError, DatastackError, MaxrfError
from maxrf_core.language import _
from maxrf_core.names import ENERGIES, SUM_SPECTRUM
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.peaks import zero_peak_end


def stored_axis(read: Callable[[str], Any], channels: int, file_name: str) -> SpectralAxis:
    """Return the channels' energies in keV or, if none are stored, their numbers.

    Parameters
    ----------
    read : callable
        Reads the newest version of an array.
    channels : int
        Number of channels of the cube.
    file_name : str
        For the message.

    Raises
    ------
    DatastackError
        If the stored energies do not fit the cube.
    CalibrationError
        If the energies do not increase.
    """
    try:
        energies = np.asarray(read(ENERGIES))
    except ArrayNotFoundError:
        first = 0
        with suppress(MaxrfError, TypeError, ValueError):  # no usable sum spectrum
            first = zero_peak_end(read(SUM_SPECTRUM))
        return SpectralAxis.of_channels(channels, min(first, channels - 1))
    if energies.shape != (channels,) or energies.dtype.kind not in "fiu":
        raise DatastackError(
            _(
                "{file_name}: {energies} holds {size} values of type {dtype}, but the scan has "
                "{channels} channels; calibrate it again."
            ).format(
                file_name=file_name,
                energies=ENERGIES,
                size=energies.size,
                dtype=energies.dtype,
                channels=channels,
            )
        )
    return SpectralAxis(energies.astype(np.float64), "keV")
