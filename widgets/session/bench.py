"""The bench: which layers a visitor has laid over one another, and how each is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from maxrf_core.errors import PictureError
from maxrf_core.imaging.bench_view import MAX_LAYERS
from maxrf_core.imaging.colormaps import DEFAULT_COLORMAP
from maxrf_core.imaging.layer_keys import PHOTO
from maxrf_core.imaging.layers import HUES, LayerLook


@dataclass
class Bench:
    """Layers on the bench.

    Attributes
    ----------
    looks : list of LayerLook
        The lowest layer first.
    number : int
        Grows with each change; the browser's own changes have a higher one until they are known here.
    begun : list of LayerLook
        What was there before the visitor changed anything.
    is_provisional : bool
        Something else is laid on the bench soon, unless the visitor changes anything.
    """

    looks: list[LayerLook] = field(default_factory=list)
    number: int = 0
    begun: list[LayerLook] = field(default_factory=list)
    is_provisional: bool = False

    @property
    def is_changed(self) -> bool:
        """True if the visitor has changed anything."""
        return self.looks != self.begun

    def begin(self, looks: Sequence[LayerLook], is_provisional: bool = False) -> None:
        """Lay the first layers on the bench, which nobody has chosen."""
        self.show(looks)
        self.begun, self.is_provisional = list(self.looks), is_provisional

    @property
    def keys(self) -> list[str]:
        """Keys of the layers, the lowest first."""
        return [look.key for look in self.looks]

    @property
    def shown_keys(self) -> list[str]:
        """Keys of the layers that are not hidden, the lowest first."""
        return [look.key for look in self.looks if look.visible]

    @property
    def maps(self) -> list[LayerLook]:
        """Looks of the maps."""
        return [look for look in self.looks if not look.key.startswith(PHOTO)]

    def add(self, look: LayerLook) -> None:
        """Lay a layer on top, a photograph at the bottom; with a second map, both get a hue."""
        if not (look.key in self.keys or self.is_full):
            self._set(self.added(look))

    @property
    def is_full(self) -> bool:
        """True if no other layer can be added."""
        return len(self.looks) >= MAX_LAYERS

    def added(self, look: LayerLook) -> list[LayerLook]:
        """Return the looks that `add` lays on the bench."""
        if look.key.startswith(PHOTO):
            return [look, *self.looks]
        looks = self.looks
        if len(self.maps) == 1 and not self.maps[0].is_light:
            looks = [replace(each, colour=HUES[0]) if each in self.maps else each for each in looks]
            look = replace(look, colour=HUES[1])
        return [*looks, look]

    def moved(self, key: str, look: LayerLook) -> list[LayerLook]:
        """Return the looks with another map in the place of one, shown like it but between its own limits."""
        return [
            replace(each, key=look.key, low=look.low, high=look.high) if each.key == key else each
            for each in self.looks
        ]

    def remove(self, key: str, colormap: str = DEFAULT_COLORMAP) -> None:
        """Take a layer off the bench; a map that is left alone gets a colour map again."""
        left = [look for look in self.looks if look.key != key]
        maps = [look for look in left if not look.key.startswith(PHOTO)]
        if len(maps) == 1 and maps[0].is_light:
            left = [replace(look, colour=colormap) if look is maps[0] else look for look in left]
        self._set(left)

    def keep(self, keys: Sequence[str]) -> None:
        """Take off what the scan does not hold."""
        if not set(self.keys) <= set(keys):
            self._set([look for look in self.looks if look.key in keys])

    def take_over(self, told: Any) -> None:
        """Take over what the browser tells: a number, and looks of layers that are here, in their order."""
        if not isinstance(told, dict) or not isinstance(told.get("layers"), list):
            return
        number = told.get("number")
        try:
            looks = [LayerLook.from_dict(each) for each in told["layers"][:MAX_LAYERS]]
        except PictureError:
            return
        keys = [look.key for look in looks]
        if isinstance(number, int) and number > self.number and set(keys) <= set(self.keys):
            self.looks = [look for place, look in enumerate(looks) if look.key not in keys[:place]]
            self.number = number
            self.is_provisional = self.is_provisional and not self.is_changed

    def show(self, looks: Sequence[LayerLook]) -> None:
        """Lay these layers on the bench, and no others."""
        self._set(list(looks[:MAX_LAYERS]))

    def _set(self, looks: list[LayerLook]) -> None:
        self.looks = looks
        self.number += 1
        self.is_provisional = False
