"""Band maps as arrays that notebooks show as pictures."""

import base64
import html
from typing import TYPE_CHECKING, Any

import numpy as np

from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.colormaps import DEFAULT_COLORMAP
from maxrf_core.imaging.display import colorize, percentile_limits, shrink
from maxrf_core.language import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND_MAP_UNITS = "counts per channel"
SHOWN_SIDE = 600  # screen pixels of the longer side in a notebook


class MapArray(np.ndarray):
    """A map, (height, width): an ordinary array with a picture in notebooks and a method `plot`.

    What is computed from it is an ordinary array again, so that no title is true of the wrong numbers.

    Attributes
    ----------
    title : str
        The scan and the band; empty for parts and copies.
    unit : str
        What the values are.

    Examples
    --------
    >>> band_map = MapArray.of(np.ones((20, 30)), "scan, 6.1–6.7 keV", "counts per channel")
    >>> band_map.title, type(band_map * 2), type(band_map.sum())
    ('scan, 6.1–6.7 keV', <class 'numpy.ndarray'>, <class 'numpy.float64'>)
    """

    title = ""
    unit = ""

    @classmethod
    def of(cls, values: np.ndarray, title: str, unit: str) -> "MapArray":
        """Return a view of `values`, (height, width), that has a title and a unit."""
        made = values.view(cls)
        made.title, made.unit = title, unit
        return made

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        """Return the result of a computation as an ordinary array or number."""
        plain = np.asarray(array)
        return plain[()] if return_scalar else plain

    def _repr_html_(self) -> str | None:
        """Return the map as a picture; None where it is none, which notebooks then show as numbers."""
        if self.ndim != 2 or 0 in self.shape or self.dtype.kind not in "biuf":
            return None
        from maxrf_core.imaging.write import encode  # imports tifffile, which reading needs not

        low, high = percentile_limits(self)
        picture = shrink(colorize(self, low, high), SHOWN_SIDE, SHOWN_SIDE)
        data = base64.b64encode(encode(picture, "png")).decode()
        unit = f" {html.escape(self.unit)}" if self.unit else ""
        about = f"{self.shape[1]} × {self.shape[0]} pixels; colours from {low:.4g} to {high:.4g}{unit}"
        title = f"{html.escape(self.title)}<br>" if self.title else ""
        return (
            f'<figure style="margin:0"><img src="data:image/png;base64,{data}" alt="">'
            f"<figcaption>{title}{about}</figcaption></figure>"
        )

    def plot(
        self, ax: "Axes | None" = None, *, colormap: str = DEFAULT_COLORMAP, colorbar: bool = True
    ) -> "Axes":
        """Draw the map with matplotlib, clipped to the percentiles 0.5 and 99.5 as in the app.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.
        colormap : str
            A name that matplotlib knows.
        colorbar : bool
            Whether to draw a colour bar beside it.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        MaxrfError
            If matplotlib is not installed.
        """
        try:
            import matplotlib.pyplot as plt
        except ImportError:
            raise MaxrfError(
                _("Plots need matplotlib, which is not installed: pip install matplotlib")
            ) from None
        if ax is None:
            ax = plt.subplots()[1]
        low, high = percentile_limits(self)
        image = ax.imshow(np.asarray(self), cmap=colormap, vmin=low, vmax=high)
        ax.set_title(self.title)
        if colorbar:
            ax.figure.colorbar(image, ax=ax, label=self.unit)
        return ax
