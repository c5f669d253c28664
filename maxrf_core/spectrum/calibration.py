"""Energy calibration: from channel numbers to photon energies, and the spectral axis."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from maxrf_core.errors import CalibrationError
from maxrf_core.language import _

CHANNEL_TOLERANCE = 1e-6  # channels within which a channel's centre counts as equal to the limit of a band

# keV; below it all counts are electronic. Handheld instruments have their zero peak at 0.38 to 0.40 keV on a
# correct axis; the lowest line that passes a detector's window is F Ka at 0.68 keV.
MIN_PHOTON_ENERGY = 0.6


@dataclass(frozen=True)
class Calibration:
    """The straight line from channel number to photon energy.

    Parameters
    ----------
    gain : float
        keV per channel; above 0.
    offset : float
        keV at the centre of channel 0.
    source : str
        Origin of the calibration: ``"typed"``, or what `calibrate_from_peaks` writes.

    Raises
    ------
    CalibrationError
        If gain or offset is not finite, or the gain is not above 0.

    Examples
    --------
    >>> calibration = Calibration(gain=0.01, offset=-0.96)
    >>> calibration.energies(3)
    array([-0.96, -0.95, -0.94])
    >>> round(calibration.channel(6.4), 3)
    736.0
    """

    gain: float
    offset: float
    source: str = "typed"

    def __post_init__(self) -> None:
        if not (np.isfinite(self.gain) and self.gain > 0):
            raise CalibrationError(
                _("The gain is {gain} keV per channel: it has to be above 0 (often about 0.01).").format(
                    gain=self.gain
                )
            )
        if not np.isfinite(self.offset):
            raise CalibrationError(
                _("The offset is {offset}, but it has to be a number of keV (often about -0.96).").format(
                    offset=self.offset
                )
            )

    def energies(self, n_channels: int) -> np.ndarray:
        """Return the energy at the centre of each channel.

        Parameters
        ----------
        n_channels : int
            Number of channels of the spectra.

        Returns
        -------
        ndarray, shape (n_channels,), float64
            keV.
        """
        return self.offset + self.gain * np.arange(n_channels, dtype=np.float64)

    def channel(self, energy: float) -> float:
        """Return the channel at an energy in keV, as a float."""
        return (energy - self.offset) / self.gain


def calibrate_from_peaks(peaks: Sequence[tuple[float, float]], source: str | None = None) -> Calibration:
    """Compute gain and offset from peaks of known energies.

    Two peaks determine the line exactly; more are fitted by least squares. Peaks far apart give a better
    result.

    Parameters
    ----------
    peaks : sequence of (channel, keV)
        Channels may have fractions, as returned by `centroid`.
    source : str, optional
        The calibration's `source`; by default it lists the peaks.

    Raises
    ------
    CalibrationError
        If there are fewer than two peaks, two peaks at one channel, or energies that do not rise with the
        channel.

    Examples
    --------
    >>> calibration = calibrate_from_peaks([(736, 6.4), (2112, 20.16)])
    >>> round(calibration.gain, 6), round(calibration.offset, 6)
    (0.01, -0.96)
    >>> calibration.source
    'peaks: 736 = 6.4 keV, 2112 = 20.16 keV'
    """
    pairs = np.asarray(peaks, dtype=np.float64).reshape(-1, 2) if len(peaks) else np.empty((0, 2))
    if len(pairs) < 2:
        raise CalibrationError(
            _("A calibration needs two peaks of known energy, and there are {count}.").format(
                count=len(pairs)
            )
        )
    if not np.isfinite(pairs).all():
        raise CalibrationError(
            _("A peak's channel or energy is not a number: {pairs}.").format(pairs=pairs.tolist())
        )
    channels, energies = pairs[np.argsort(pairs[:, 0])].T
    gaps = np.diff(channels)
    if gaps.min() < 1:
        same = _("at channel {channel:g}").format(channel=channels[int(np.argmin(gaps))])
        raise CalibrationError(
            _("Two of the peaks are the same one, {same}: choose peaks far apart.").format(same=same)
        )
    gain, offset = np.polynomial.polynomial.polyfit(channels, energies, 1)[::-1]
    if gain <= 0:
        raise CalibrationError(
            _("The peaks {listed} make the energy fall as the channel rises: are two swapped?").format(
                listed=_listed(pairs)
            )
        )
    return Calibration(float(gain), float(offset), source or f"peaks: {_listed(pairs)}")


def _listed(pairs: np.ndarray) -> str:
    return ", ".join(f"{channel:.8g} = {energy:.8g} keV" for channel, energy in pairs)


@dataclass(frozen=True, eq=False)
class SpectralAxis:
    """The spectral axis of a cube: energies, or channel numbers if it is not calibrated.

    Parameters
    ----------
    values : ndarray, shape (channels,), float64
        The centre of each channel, rising. A file that holds maps and no spectra has no channels.
    unit : {"keV", "channel"}
        Unit of the values.
    first : int
        The first channel that can hold photons. In keV it follows from the values: counts below 0.6 keV are
        electronic. In channels it is `maxrf_core.spectrum.peaks.zero_peak_end` of a spectrum, or 0 if
        unknown.

    Examples
    --------
    >>> axis = SpectralAxis(Calibration(0.01, -0.96).energies(4096), "keV")
    >>> axis.channels(6.1, 6.7)
    slice(706, 766, None)
    >>> axis.index(6.4)
    736
    """

    values: np.ndarray
    unit: Literal["keV", "channel"]
    first: int = 0
    _rounding: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        is_empty = self.unit == "channel" and values.shape == (0,)
        is_row = values.ndim == 1 and (len(values) or is_empty) and np.isfinite(values).all()
        if not is_row or (np.diff(values) <= 0).any():
            raise CalibrationError(
                _(
                    "An energy axis has to be a row of rising numbers, and this of shape {shape} is not."
                ).format(shape=values.shape)
            )
        if self.unit not in ("keV", "channel"):
            raise CalibrationError(
                _("The unit of an energy axis is 'keV' or 'channel', not {unit!r}.").format(unit=self.unit)
            )
        values.flags.writeable = False
        object.__setattr__(self, "values", values)
        # Other programs store energies as float32, which are rounded more coarsely.
        single = self.unit == "keV" and np.array_equal(values.astype(np.float32), values)
        rounding = float(np.spacing(np.abs(values).max().astype(np.float32))) if single else 0.0
        object.__setattr__(self, "_rounding", rounding)
        if self.unit == "keV":
            first = int(np.searchsorted(values, MIN_PHOTON_ENERGY))
            object.__setattr__(self, "first", first if first < len(values) else 0)

    @classmethod
    def of_channels(cls, n_channels: int, first: int = 0) -> "SpectralAxis":
        """Return the axis of a scan that is not calibrated: its values are the channel numbers."""
        return cls(np.arange(n_channels, dtype=np.float64), "channel", first)

    def __len__(self) -> int:
        return len(self.values)

    def channels(self, lo: float, hi: float) -> slice:
        """Return the channels of a band: those whose centre is at or above `lo` and below `hi`.

        A centre that differs from a limit by less than a millionth of a channel counts as equal to it:
        −0.96 + 0.01 · 826 is a little less than 7.3 in floating point.

        Parameters
        ----------
        lo, hi : float
            In the unit of the axis.

        Returns
        -------
        slice
            At least one channel long.

        Raises
        ------
        CalibrationError
            If no channel's centre lies in the band; the message names the nearest channel.
        """
        if not (np.isfinite(lo) and np.isfinite(hi)):
            raise CalibrationError(
                _("A band needs two numbers, and it was given {lo} and {hi}.").format(lo=lo, hi=hi)
            )
        if hi <= lo:
            raise CalibrationError(
                _(
                    "The band from {lo:g} to {hi:g} {unit} is empty: its end has to lie above its start."
                ).format(lo=lo, hi=hi, unit=self.unit)
            )
        start, stop = self._first_channel(lo), self._first_channel(hi)
        if start == stop:
            nearest = self.index((lo + hi) / 2)
            raise CalibrationError(
                _(
                    "No channel lies in the band from {lo:g} to {hi:g} {unit}: the nearest is channel "
                    "{nearest} at {energy:.5g} {unit}."
                ).format(lo=lo, hi=hi, unit=self.unit, nearest=nearest, energy=self.values[nearest])
            )
        return slice(start, stop)

    def _first_channel(self, limit: float) -> int:
        """Return the first channel whose centre is at or above a limit, or the number of channels."""
        found = int(np.searchsorted(self.values, limit, side="left"))
        if found == 0:
            return 0
        below = self.values[found - 1]  # equal to the limit if they differ by rounding only
        spacing = np.diff(self.values[max(0, found - 2) : found + 1])[-1:].sum()
        return found - 1 if limit - below <= max(CHANNEL_TOLERANCE * spacing, self._rounding) else found

    def index(self, value: float) -> int:
        """Return the number of the channel whose centre is nearest to a value in the unit of the axis."""
        if not np.isfinite(value):
            raise CalibrationError(
                _("{value} is not a position on an axis in {unit}.").format(value=value, unit=self.unit)
            )
        return int(np.abs(self.values - value).argmin())
