"""Contrast of displayed pictures: limits, gamma, equalisation, inversion and channel.

Only the display changes; nothing is stored.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from maxrf_core.errors import PictureError
from maxrf_core.language import _

Channel = Literal["all", "red", "green", "blue"]
CHANNELS: tuple[Channel, ...] = ("all", "red", "green", "blue")


@dataclass(frozen=True)
class Tone:
    """Contrast of an 8-bit picture.

    Parameters
    ----------
    low, high : float
        Values from 0 to 255 that become black and white; values beyond are clipped.
    gamma : float
        Above 1 brightens the dark parts: value ** (1 / gamma), with values from 0 to 1.
    equalised : bool
        Equalise the histogram, instead of `low`, `high` and `gamma`.
    inverted : bool
        Invert the picture, as in a negative.
    channel : {"all", "red", "green", "blue"}
        Show one channel of a colour picture as grey.

    Raises
    ------
    PictureError
        If `low` is not below `high`, `gamma` is not above 0, or there is no such channel.

    Examples
    --------
    >>> picture = np.array([[[0, 0, 0], [60, 120, 240]]], dtype=np.uint8)
    >>> tone = Tone(channel="green", inverted=True)
    >>> tone.apply(picture, tone.table(picture))[0].tolist()
    [[255, 255, 255], [135, 135, 135]]
    """

    low: float = 0.0
    high: float = 255.0
    gamma: float = 1.0
    equalised: bool = False
    inverted: bool = False
    channel: Channel = "all"

    def __post_init__(self) -> None:
        if not -np.inf < self.low < self.high < np.inf:
            raise PictureError(
                _("Black has to lie below white, and they are {low:g} and {high:g}.").format(
                    low=self.low, high=self.high
                )
            )
        if not 0 < self.gamma < np.inf:
            raise PictureError(
                _("The gamma has to be a number above 0, and it is {gamma:g}.").format(gamma=self.gamma)
            )
        if self.channel not in CHANNELS:
            raise PictureError(
                _("A picture has no channel {channel!r}; there are {listed}.").format(
                    channel=self.channel, listed=", ".join(CHANNELS)
                )
            )

    def table(self, picture: np.ndarray) -> np.ndarray:
        """Return the lookup table of the 256 values, computed for a whole picture and valid for its parts.

        Parameters
        ----------
        picture : ndarray, (height, width, 3), uint8

        Returns
        -------
        ndarray, (256,), uint8
        """
        if self.equalised:
            counts = np.bincount(self._chosen(picture).ravel(), minlength=256).cumsum()
            first = counts[np.flatnonzero(counts)[0]] if counts[-1] else 0
            values = (counts - first) / max(1, counts[-1] - first)
        else:
            values = np.clip((np.arange(256) - self.low) / (self.high - self.low), 0, 1) ** (1 / self.gamma)
        levels = np.clip(np.rint(values * 255), 0, 255).astype(np.uint8)
        return 255 - levels if self.inverted else levels

    def apply(self, picture: np.ndarray, table: np.ndarray) -> np.ndarray:
        """Return a picture, or a part of it, with a lookup table applied.

        Parameters
        ----------
        picture : ndarray, (height, width, 3), uint8
        table : ndarray, (256,), uint8
            From `table`.

        Returns
        -------
        ndarray, (height, width, 3), uint8
        """
        shown = cv2.LUT(np.ascontiguousarray(self._chosen(picture)), table)
        return shown if shown.ndim == 3 else np.repeat(shown[..., None], 3, axis=2)

    def _chosen(self, picture: np.ndarray) -> np.ndarray:
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
            raise PictureError(
                _("A tone applies to 8-bit colour pictures, not to an array {shape}.").format(
                    shape=picture.shape
                )
            )
        return picture if self.channel == "all" else picture[..., CHANNELS.index(self.channel) - 1]
