"""Model of a spectrum: a column of counts for each line family, the scatter and the background."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from maxrf_core.spectrum.background import pieces, snip
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.families import joined_lines
from maxrf_core.spectrum.response import Response
from maxrf_core.spectrum.scatter import scatter_columns

Trim = tuple[str, str, float]  # family, group of its lines, factor

SUM_PEAKS = "sum peaks"  # name of their column
N_BACKGROUND = 8
MIN_SHARE = 0.02  # of a family's counts that lie in the fitted range


@dataclass(frozen=True)
class Instrument:
    """Tube, response and scatter that give the lines of a scan their shapes.

    Parameters
    ----------
    tube : Tube
    response : Response
    angle : float
        Mean angle of Compton scattering in degrees.
    compton_width : float
        FWHM in keV of the narrow Compton peak at 20 keV.
    trims : tuple of (family, group, factor)
        Corrections of the intensities of a family's groups of lines, such as ("Fe-K", "Kb", 1.08): for
        filters and self-absorption.
    beam_shift : float
        keV by which a monochromatic beam's energy differs from the one that is told.
    """

    tube: Tube
    response: Response
    angle: float = 140.0
    compton_width: float = 0.45
    trims: tuple[Trim, ...] = ()
    beam_shift: float = 0.0

    def family(self, name: str, n_channels: int, group: str | None = None) -> np.ndarray:
        """Return the spectrum of a family, or of one group of its lines: (channels,).

        The whole family's detected counts are 1, wherever they lie; all are 0 if the tube excites none.
        """
        return self.families([name], n_channels, [group])[0]

    def families(
        self, names: Sequence[str], n_channels: int, groups: Sequence[str | None] | None = None
    ) -> np.ndarray:
        """Return the spectra of several families, or of a group of each one's lines: (families, channels)."""
        lines = joined_lines(tuple(names), self.tube.source)
        areas = lines.intensities * self.response.detected(lines.energies)
        for name, group, factor in self.trims:
            if (name, group) in lines.groups:
                areas[lines.groups[name, group]] *= factor
        totals = np.bincount(lines.owners, areas, len(names))
        areas /= np.where(totals > 0, totals, 1)[lines.owners]
        wanted = slice(None) if groups is None else lines.chosen(names, groups)
        return self.response.spectra(
            lines.energies[wanted],
            areas[wanted],
            lines.owners[wanted],
            len(names),
            n_channels,
            lines.widths[wanted],
        )

    def scatter(self, n_channels: int) -> dict[str, np.ndarray]:
        """Return the shapes of the tube's scattered lines; see `scatter_columns`."""
        tube = replace(self.tube, kv=self.tube.kv + self.beam_shift) if self.tube.is_beam else self.tube
        return scatter_columns(tube, self.response, n_channels, self.angle, self.compton_width)


@dataclass(frozen=True, eq=False)
class Model:
    """The columns that a spectrum is fitted with.

    Attributes
    ----------
    names : tuple of str
        Families first, then scatter, sum peaks and background.
    columns : ndarray, shape (components, channels), float64
    channels : slice
        The fitted channels.
    n_families : int
    """

    names: tuple[str, ...]
    columns: np.ndarray
    channels: slice
    n_families: int

    def index(self, name: str) -> int:
        """Return the position of a component."""
        return self.names.index(name)

    def without(self, name: str) -> "Model":
        """Return the model without a component."""
        number = self.index(name)
        names = self.names[:number] + self.names[number + 1 :]
        columns = np.delete(self.columns, number, axis=0)
        return Model(names, columns, self.channels, self.n_families - (number < self.n_families))

    @property
    def families(self) -> tuple[str, ...]:
        """Names of the families."""
        return self.names[: self.n_families]


def build_model(
    instrument: Instrument,
    families: Sequence[str],
    spectrum: np.ndarray,
    channels: slice,
    sum_peaks: np.ndarray | None = None,
    background: np.ndarray | None = None,
) -> Model:
    """Return the model of a spectrum.

    Parameters
    ----------
    instrument : Instrument
    families : sequence of str
        Those without lines in the fitted range are left out.
    spectrum : ndarray, shape (channels,)
        Counts, for the background.
    channels : slice
        The fitted channels.
    sum_peaks : ndarray, shape (channels,), optional
        Shape of the sum peaks; see `sum_peaks_of`.
    background : ndarray, shape (channels,), optional
        By default `snip` of the spectrum.
    """
    n = len(spectrum)
    shapes = _family_shapes(instrument.response, instrument.trims, instrument.tube.source, tuple(families), n)
    within = shapes[:, channels].sum(axis=1) >= MIN_SHARE
    columns = {name: shape for name, shape, inside in zip(families, shapes, within, strict=True) if inside}
    n_families = len(columns)
    columns.update(instrument.scatter(n))
    if sum_peaks is not None and sum_peaks[channels].any():
        columns[SUM_PEAKS] = sum_peaks
    if background is None:
        background = snip(spectrum, instrument.response)
    for number, piece in enumerate(pieces(background, channels.start, channels.stop, N_BACKGROUND)):
        if piece[channels].any():
            columns[f"background {number + 1}"] = piece
    return Model(tuple(columns), np.array(list(columns.values())), channels, n_families)


@lru_cache(maxsize=4)
def _family_shapes(
    response: Response, trims: tuple[Trim, ...], source: Tube, names: tuple[str, ...], n_channels: int
) -> np.ndarray:
    """Return `Instrument.families`, read-only; kept, as the spectra of one scan are fitted with the same."""
    shapes = Instrument(source, response, trims=trims).families(names, n_channels)
    shapes.flags.writeable = False
    return shapes


def sum_peaks_of(peaks: np.ndarray, response: Response) -> np.ndarray:
    """Return the shape of sum peaks, of unit area: two photons that arrive together count as one.

    Parameters
    ----------
    peaks : ndarray, shape (channels,)
        The fitted lines without background.
    response : Response
    """
    from scipy.signal import fftconvolve  # slow to import

    both = np.clip(fftconvolve(peaks, peaks), 0, None)  # at energy 2·offset + gain·k
    shift = round(response.offset / response.gain)
    total = np.zeros(len(peaks))
    source = np.arange(len(both)) + shift
    inside = (source >= 0) & (source < len(peaks))
    total[source[inside]] = both[inside]
    area = total.sum()
    return total / area if area > 0 else total
