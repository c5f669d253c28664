"""Colour bars: the ticks of a layer's values, and where they lie along its colours."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.figures.view_layers import MapValues
from maxrf_core.imaging.layers import LayerLook, brightness, equalised, palette

SCALE_NAMES = {"linear": "", "sqrt": "square root", "log": "logarithmic", "equalised": "equalised"}
N_TICKS = 5
MIN_DISTANCE = 0.16  # of two ticks, along the bar


@dataclass(frozen=True, eq=False)
class ColourBar:
    """What a colour bar shows.

    Attributes
    ----------
    label : str
        "Fe, net counts per pixel, square root".
    colours : ndarray, (1, 256, 3), uint8
        From the darkest to the brightest.
    ticks : list of (float, str)
        Places from 0 to 1, and values.
    """

    label: str
    colours: np.ndarray
    ticks: list[tuple[float, str]]


def colour_bar(look: LayerLook, layer: MapValues) -> ColourBar:
    """Return the colour bar of a map."""
    told = [f"{layer.title}, {layer.units}", SCALE_NAMES[look.scale]]
    told += [f"gamma {look.gamma:g}"] if look.gamma != 1 else []
    told += [f"{look.opacity:.0%} opaque"] if look.opacity < 1 else []
    return ColourBar(", ".join(filter(None, told)), palette(look)[np.newaxis], _ticks(look, layer.values))


def _ticks(look: LayerLook, values: np.ndarray) -> list[tuple[float, str]]:
    """Return the two limits and values between them, as far as there is room."""
    from matplotlib.ticker import MaxNLocator  # takes 0.2 s, which few need

    if not look.high > look.low:
        return [(0.0, f"{look.low:.4g}")]
    nice = MaxNLocator(N_TICKS).tick_values(look.low, look.high)
    between = [float(value) for value in nice if look.low < value < look.high]
    if look.scale != "linear" or look.gamma != 1:
        between = sorted({*between, *_powers(look)})
    placed = [(place, value) for place, value in zip(_places(look, between, values), between, strict=True)]
    kept = [(0.0, look.low)]
    for place, value in sorted(placed):
        if place - kept[-1][0] >= MIN_DISTANCE and place <= 1 - MIN_DISTANCE:
            kept.append((place, value))
    finite = values[np.isfinite(values)]
    lowest, highest = finite.min(initial=look.high), finite.max(initial=look.low)
    texts = [f"{value:.4g}" for _place, value in [*kept, (1.0, look.high)]]
    texts[0] = ("≤ " if lowest < look.low else "") + texts[0]
    texts[-1] = ("≥ " if highest > look.high else "") + texts[-1]
    return list(zip([*(place for place, _value in kept), 1.0], texts, strict=True))


def _powers(look: LayerLook) -> list[float]:
    """Return values evenly spaced by their order, for scales that are not linear."""
    top = np.log10(look.high - look.low)
    exponents = np.arange(np.floor(top) - 2, np.ceil(top))
    values = (look.low + np.outer(10.0**exponents, [1, 2, 5])).ravel()
    return [float(value) for value in values if look.low < value < look.high]


def _places(look: LayerLook, ticks: list[float], values: np.ndarray) -> list[float]:
    """Return where values lie along the bar: their brightness, 0 to 1."""
    if not ticks:
        return []
    if look.scale != "equalised":
        return [float(place) for place in brightness(np.array(ticks), look) / 255]
    finite = values[np.isfinite(values)].astype(np.float64)
    order = np.argsort(finite)
    shares = equalised(finite, look)[order] ** (1 / look.gamma)
    return [float(place) for place in np.interp(ticks, finite[order], shares)]
