"""A view: which layers lie over one another, how each is shown, and what of the map is seen."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maxrf_core.errors import PictureError
from maxrf_core.imaging.layers import LayerLook
from maxrf_core.language import _
from maxrf_core.written_numbers import is_number

MAX_NAME = 80  # characters
MAX_LAYERS, MAX_PLACES = 8, 1000


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class BenchView:
    """A named view of a scan.

    Attributes
    ----------
    name : str
        At most 80 characters.
    layers : tuple of LayerLook
        The lowest first.
    zoom : (left, right, bottom, top), optional
        The part that is seen, in map pixels; None is the whole map.
    band : (lo, hi), optional
        The chosen band, in keV or channels.
    pixels : tuple of (x, y)
        Pixels that are marked.
    regions : tuple of (x0, y0, x1, y1)
        Rectangles that are marked: first and last pixel.
    line : (x0, y0, x1, y1), optional
        The line along which the profile is taken, in map pixels.
    created : str
        Date and time, ISO 8601.
    """

    name: str
    layers: tuple[LayerLook, ...] = ()
    zoom: tuple[float, float, float, float] | None = None
    band: tuple[float, float] | None = None
    pixels: tuple[tuple[int, int], ...] = ()
    regions: tuple[tuple[int, int, int, int], ...] = ()
    line: tuple[float, float, float, float] | None = None
    created: str = field(default_factory=_now)

    def as_dict(self) -> dict[str, Any]:
        """Return the view as JSON keeps it."""
        return {
            "name": self.name,
            "layers": [look.as_dict() for look in self.layers],
            "zoom": None if self.zoom is None else list(self.zoom),
            "band": None if self.band is None else list(self.band),
            "pixels": [list(pixel) for pixel in self.pixels],
            "regions": [list(region) for region in self.regions],
            "line": None if self.line is None else list(self.line),
            "created": self.created,
        }

    @classmethod
    def from_dict(cls, told: object) -> "BenchView":
        """Return a view from JSON, which may come from elsewhere.

        Raises
        ------
        PictureError
            If it is not one.

        Examples
        --------
        >>> BenchView.from_dict({"name": "Ink", "layers": [{"key": "Fe-K"}]}).layers[0].key
        'Fe-K'
        """
        if not isinstance(told, Mapping):
            raise _not_a_view()
        name, layers = told.get("name"), told.get("layers", [])
        if not isinstance(name, str) or not name.strip() or not isinstance(layers, list):
            raise _not_a_view()
        if len(name) > MAX_NAME or len(layers) > MAX_LAYERS:
            raise _not_a_view()
        zoom, band = _tuple(told.get("zoom"), 4), _tuple(told.get("band"), 2)
        return cls(
            name.strip(),
            tuple(LayerLook.from_dict(each) for each in layers),
            zoom,  # type: ignore[arg-type]
            band,  # type: ignore[arg-type]
            tuple(_places(told.get("pixels", []), 2)),  # type: ignore[arg-type]
            tuple(_places(told.get("regions", []), 4)),  # type: ignore[arg-type]
            _tuple(told.get("line"), 4),  # type: ignore[arg-type]
            str(told.get("created", ""))[:40],
        )


def _tuple(values: object, count: int) -> tuple[float, ...] | None:
    if values is None:
        return None
    if not isinstance(values, list | tuple) or len(values) != count or not all(map(is_number, values)):
        raise _not_a_view()
    return tuple(float(value) for value in values)


def _places(values: object, count: int) -> list[tuple[int, ...]]:
    if not isinstance(values, list | tuple) or len(values) > MAX_PLACES:
        raise _not_a_view()
    places = [_tuple(each, count) for each in values]
    if any(place is None or not all(value.is_integer() for value in place) for place in places):
        raise _not_a_view()
    return [tuple(int(value) for value in place) for place in places if place is not None]


def _not_a_view() -> PictureError:
    return PictureError(_("This is not the description of a view."))
