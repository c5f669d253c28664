"""Layers of a picture: how values become brightness and colour, and how layers lie over one another.

The app's browser blends layers by the same rules (``layer_blend.js``); here they make figures that are kept.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

import numpy as np

from maxrf_core.errors import PictureError
from maxrf_core.imaging.colormaps import COLORMAPS, DEFAULT_COLORMAP
from maxrf_core.language import _
from maxrf_core.written_numbers import is_number

Scale = Literal["linear", "sqrt", "log", "equalised"]
SCALES: tuple[Scale, ...] = get_args(Scale)
HUES = ("#ff8000", "#0080ff", "#00d090", "#ff40c0", "#ffff40", "#4000ff")
"""Hues of light that are given to layers in turn; they differ for the colour-blind, too."""

LOG_RANGE = 100.0  # of the logarithmic scale: the highest value to the one at which it bends
BINS = 1024  # of the equalised scale
MAX_GAMMA, MAX_KEY = 10.0, 200


@dataclass(frozen=True)
class LayerLook:
    """How a layer is shown.

    Attributes
    ----------
    key : str
        Name of the layer: ``"Fe-K"``, ``"band:6.2:6.6"``, ``"photo:imvis_reg"``.
    visible : bool
    opacity : float
        0 to 1.
    low, high : float
        Values of the darkest and of the brightest colour, of a map.
    scale : {"linear", "sqrt", "log", "equalised"}
        How values between them become brightness.
    gamma : float
        More than 1 lifts the dark parts.
    colour : str
        Name of a colour map, or ``"#rrggbb"``: the hue of a layer whose light is added to that of others, and
        covers what else is below by its brightness.
    """

    key: str
    visible: bool = True
    opacity: float = 1.0
    low: float = 0.0
    high: float = 1.0
    scale: Scale = "linear"
    gamma: float = 1.0
    colour: str = DEFAULT_COLORMAP

    @property
    def is_light(self) -> bool:
        """True if it has a hue of its own."""
        return self.colour.startswith("#")

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: object) -> "LayerLook":
        """Return a look from JSON.

        Raises
        ------
        PictureError
            If it is not one.

        Examples
        --------
        >>> LayerLook.from_dict({"key": "Fe-K", "high": 300, "colour": "#ff8000"}).high
        300.0
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(told, Mapping) or "key" not in told or not set(told) <= names:
            raise _not_a_look()
        given = {**asdict(cls("")), **told}
        numbers = [given[name] for name in ("opacity", "low", "high", "gamma")]
        if not all(is_number(each) for each in numbers):
            raise _not_a_look()
        look = cls(**{**given, **{name: float(given[name]) for name in ("opacity", "low", "high", "gamma")}})
        is_right = (
            isinstance(look.key, str)
            and len(look.key) <= MAX_KEY
            and isinstance(look.visible, bool)
            and 0 <= look.opacity <= 1
            and 0 < look.gamma <= MAX_GAMMA
            and look.scale in SCALES
            and _is_colour(look.colour)
        )
        if not is_right:
            raise _not_a_look()
        return look


def brightness(values: np.ndarray, look: LayerLook) -> np.ndarray:
    """Return the brightness of a map's values: 0 to 255, rounded; NaN where there is no value.

    Parameters
    ----------
    values : ndarray, (height, width)
    look : LayerLook

    Returns
    -------
    ndarray, (height, width) float32

    Examples
    --------
    >>> brightness(np.array([[0.0, 25.0, 100.0, 900.0]]), LayerLook("Fe-K", high=100, scale="sqrt"))
    array([[  0., 128., 255., 255.]], dtype=float32)
    """
    values = np.asarray(values, np.float64)
    part = _part(values, look)
    if look.scale == "sqrt":
        part = np.sqrt(part)
    elif look.scale == "log":
        part = np.log1p(LOG_RANGE * part) / math.log1p(LOG_RANGE)
    elif look.scale == "equalised":
        part = _equalised(part)
    with np.errstate(invalid="ignore"):
        return np.floor(255 * part ** (1 / look.gamma) + 0.5).astype(np.float32)


def palette(look: LayerLook) -> np.ndarray:
    """Return the colours of each brightness: (256, 3) uint8.

    Examples
    --------
    >>> palette(LayerLook("Fe-K", colour="#ff8000"))[255]
    array([255, 128,   0], dtype=uint8)
    """
    if not look.is_light:
        return COLORMAPS[look.colour]
    hue = np.array([int(look.colour[place : place + 2], 16) for place in (1, 3, 5)], np.float64)
    return np.floor(np.arange(256)[:, None] * hue / 255 + 0.5).astype(np.uint8)


def blend(layers: Sequence[tuple[LayerLook, np.ndarray]]) -> np.ndarray:
    """Return layers that lie over one another as one picture.

    Parameters
    ----------
    layers : sequence of (LayerLook, ndarray)
        The lowest first: the values of a map, (height, width), NaN where there is none; or a photograph,
        (height, width, 4) uint8. All have the same size.

    Returns
    -------
    ndarray, (height, width, 4) uint8
        Red, green, blue and opacity.

    Raises
    ------
    PictureError
        If there is no layer, or their sizes differ.
    """
    if not layers or len({np.shape(content)[:2] for _look, content in layers}) != 1:
        raise PictureError(_("Layers of one picture have the same size, and there is at least one."))
    target = np.zeros((*np.shape(layers[0][1])[:2], 4), np.float64)
    light: np.ndarray | None = None
    for look, content in layers:
        if not look.visible or not look.opacity:
            continue
        if np.ndim(content) == 2 and look.is_light:
            light = _lit(np.zeros_like(target) if light is None else light, look, content)
            continue
        _shine(target, light)
        light = None
        if np.ndim(content) == 3:
            _cover(target, content[..., :3], look.opacity * (content[..., 3:].astype(np.float64) / 255))
            continue
        _levels, exists, colours = _coloured(look, content)
        _cover(target, colours, np.where(exists, look.opacity, 0.0))
    _shine(target, light)
    return np.rint(np.clip(target, 0, 255)).astype(np.uint8)


def _cover(target: np.ndarray, colours: np.ndarray, opacity: np.ndarray) -> None:
    target[..., :3] += (colours - target[..., :3]) * opacity
    target[..., 3:] += (255 - target[..., 3:]) * opacity


def _coloured(look: LayerLook, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return brightness, whether there is a value, (height, width, 1) each, and colours."""
    levels = brightness(values, look)[..., None]
    exists = np.isfinite(levels)
    levels = np.nan_to_num(levels)
    return levels, exists, palette(look)[levels[..., 0].astype(np.uint8)]


def _lit(light: np.ndarray, look: LayerLook, values: np.ndarray) -> np.ndarray:
    """Add the light of a layer; the fourth number is that of the brightest layer."""
    levels, exists, colours = _coloured(look, values)
    light[..., :3] += np.where(exists, colours * look.opacity, 0)
    light[..., 3:] = np.where(
        exists, np.maximum(light[..., 3:], np.maximum(levels * look.opacity, 1e-3)), light[..., 3:]
    )
    return light


def _shine(target: np.ndarray, light: np.ndarray | None) -> None:
    """Cover what is below by the light's brightness; where nothing is below, that is black."""
    if light is None:
        return
    exists = light[..., 3:] > 0
    target[..., :3] = target[..., :3] * (1 - light[..., 3:] / 255) + light[..., :3]
    target[..., 3:] = np.where(exists, 255, target[..., 3:])


def equalised(values: np.ndarray, look: LayerLook) -> np.ndarray:
    """Return the part of full brightness that each value of a map has on the equalised scale, before gamma.

    That is the share of all values that are not larger, in 1024 bins between the look's limits.

    Parameters
    ----------
    values : ndarray, (height, width)
        Of the whole map; NaN where there is none.
    look : LayerLook

    Returns
    -------
    ndarray, (height, width), float64
        0 to 1; NaN where there is no value.
    """
    return _equalised(_part(np.asarray(values, np.float64), look))


def _part(values: np.ndarray, look: LayerLook) -> np.ndarray:
    span = max(look.high - look.low, 1e-12)
    return np.clip((values - look.low) / span, 0, 1)


def _equalised(part: np.ndarray) -> np.ndarray:
    number = np.where(np.isfinite(part), np.minimum(np.nan_to_num(part) * BINS, BINS - 1), 0).astype(int)
    exists = np.isfinite(part)
    shares = np.cumsum(np.bincount(number[exists], minlength=BINS)) / max(int(exists.sum()), 1)
    return np.where(exists, shares[number], np.nan)


def _is_colour(colour: object) -> bool:
    if not isinstance(colour, str):
        return False
    if colour in COLORMAPS:
        return True
    digits = set("0123456789abcdef")
    return len(colour) == 7 and colour[0] == "#" and set(colour[1:].lower()) <= digits


def _not_a_look() -> PictureError:
    return PictureError(_("This is not the description of a layer."))
