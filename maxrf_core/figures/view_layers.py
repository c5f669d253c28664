"""What the layers of a view hold, read from the scan, and the picture that they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.map_array import BAND_MAP_UNITS
from maxrf_core.datastack.stored_elements import maps_fitted_with, pair_fitted_with
from maxrf_core.datastack.stored_maps import UNITS, stored_pair, units_of_map
from maxrf_core.elements.combined_maps import RATIO, SIGNS, Combination, combine_maps
from maxrf_core.elements.maps import ElementMaps
from maxrf_core.elements.smoothing import smooth
from maxrf_core.errors import PictureError
from maxrf_core.figures.grid import Grid, grid_for
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layer_keys import band_of, map_of, photo_of, title_of
from maxrf_core.imaging.layers import LayerLook, blend, equalised
from maxrf_core.language import _
from maxrf_core.progress import Progress
from maxrf_core.registration.placed_photo import PlacedPhoto, placed_photo
from maxrf_core.spectrum.line_names import family_of, line_group

NET_COUNTS, COUNTS, RATIO_UNITS = "net counts per pixel", BAND_MAP_UNITS, "ratio of net counts"
RATIO_OF_MAPS = "ratio of two maps"
AT_ONCE = 400_000  # pixels that are blended at a time


@dataclass(frozen=True)
class Fit:
    """How the element maps of a view are fitted.

    Attributes
    ----------
    families : tuple of str
        All that are fitted together, such as those of the app's *Elements*; empty: those of the view, beside
        all that are present.
    anode, kv : optional
        The tube; by default as the file tells it, else as proposed from the spectrum.
    """

    families: tuple[str, ...] = ()
    anode: str | None = None
    kv: float | None = None


@dataclass(frozen=True, eq=False)
class MapValues:
    """The values of a layer.

    Attributes
    ----------
    key, title : str
    values : ndarray, (height, width), float32
        NaN where there is none.
    units : str
    """

    key: str
    title: str
    values: np.ndarray
    units: str


Pair = tuple[np.ndarray, np.ndarray]  # net counts and their standard deviation
ViewLayer = MapValues | PlacedPhoto


def shown_looks(view: BenchView) -> list[LayerLook]:
    """Return the looks of the layers that can be seen, the lowest first."""
    return [look for look in view.layers if look.visible and look.opacity > 0]


def view_layers(
    ds: DataStack,
    view: BenchView,
    fit: Fit | None = None,
    known: Mapping[str, np.ndarray] | None = None,
    progress: Progress | None = None,
) -> dict[str, ViewLayer]:
    """Return what the layers of a view hold, by their keys; those that cannot be seen are left out.

    Parameters
    ----------
    ds : DataStack
        Its `row_displacement` is that of the maps.
    view : BenchView
    fit : Fit, optional
        How element maps are fitted. Maps that are stored in the file are taken if they are of that fit.
    known : mapping of str to ndarray, optional
        Values of maps by key, where they have been read already.
    progress : callable, optional

    Returns
    -------
    dict of str to MapValues or PlacedPhoto

    Raises
    ------
    PictureError
        If a layer's key is none, or the scan has no such photograph.
    CalibrationError
        If the scan is not calibrated, or a family or band lies outside of its energies.
    """
    known, fit = known or {}, fit or Fit()
    keys = [look.key for look in shown_looks(view)]
    missing = [key for key in keys if key not in known and not _is_fitted_alone(key, fit)]
    families = dict.fromkeys(family for key in missing for family in families_of(key))
    pairs = _pairs(ds, list(families), fit, progress)
    found: dict[str, ViewLayer] = {}
    for key in keys:
        photo = photo_of(key)
        if photo is not None:
            found[key] = placed_photo(ds, photo)
            continue
        title, units = _title_and_units(ds, key)
        values = known[key] if key in known else _values(ds, key, pairs, fit, progress)
        found[key] = MapValues(key, title, np.asarray(values, np.float32), units)
    return found


def families_of(key: str) -> list[str]:
    """Return the families, or single lines, whose maps a layer shows.

    Examples
    --------
    >>> families_of("Fe-K"), families_of("ratio:Pb-L:Pb-M"), families_of("band:6.2:6.6")
    (['Fe-K'], ['Pb-L', 'Pb-M'], [])
    """
    if band_of(key) is not None or photo_of(key) is not None or map_of(key) is not None:
        return []
    if stored_maps_of(key):
        return []
    combination = Combination.from_key(key)
    found = [key] if combination is None else [combination.first, combination.second]
    return [f"{family_of(name)}{line_group(name) or ''}" for name in found]  # refuses what is no family


def stored_maps_of(key: str) -> tuple[str, ...]:
    """Return the names of the two maps of other programs that a layer combines; () for any other layer.

    Examples
    --------
    >>> stored_maps_of(Combination("ratio", "map:Fe", "map:Ca").key), stored_maps_of("ratio:Pb-L:Pb-M")
    (('Fe', 'Ca'), ())
    """
    combination = Combination.from_key(key)
    names = () if combination is None else (map_of(combination.first), map_of(combination.second))
    return tuple(name for name in names if name) if all(names) else ()


def _is_fitted_alone(key: str, fit: Fit) -> bool:
    """Return True for two maps of which one is not among the element maps: they have a fit of their own."""
    if Combination.from_key(key) is None:
        return False
    return any(line_group(name) or (fit.families and name not in fit.families) for name in families_of(key))


def _title_and_units(ds: DataStack, key: str) -> tuple[str, str]:
    band, combination = band_of(key), Combination.from_key(key)
    if band is not None:
        return band_title(ds, *band), COUNTS
    if combination is None:
        stored = map_of(key)
        return title_of(key), NET_COUNTS if stored is None else units_of_map(ds, stored)
    title = f"{title_of(combination.first)} {SIGNS[combination.kind]} {title_of(combination.second)}"
    if stored_maps_of(key):
        return title, RATIO_OF_MAPS if combination.kind == RATIO else UNITS
    return title, RATIO_UNITS if combination.kind == RATIO else NET_COUNTS


def _values(
    ds: DataStack, key: str, pairs: Mapping[str, Pair], fit: Fit, progress: Progress | None
) -> np.ndarray:
    band, combination, name = band_of(key), Combination.from_key(key), map_of(key)
    if band is not None:
        return ds.band_map(*band, progress=progress)
    if name is not None:
        return ds.stored_map(name)
    families = families_of(key)
    if combination is None:
        return pairs[families[0]][0]
    if stored := stored_maps_of(key):
        one, other = (stored_pair(ds, each) for each in stored)
        return combine_maps(combination.kind, one, other).values
    if _is_fitted_alone(key, fit):
        pair = pair_fitted_with(ds, (families[0], families[1]), fit.families, fit.anode, fit.kv, progress)
        return combine_maps(combination.kind, pair.first, pair.second).values
    first, second = (pairs[family] for family in families)
    return combine_maps(combination.kind, first, second).values


def band_title(ds: DataStack, lo: float, hi: float) -> str:
    """Return what a band is called: "6.2–6.6 keV"."""
    return f"{lo:g}–{hi:g} keV" if ds.axis.unit == "keV" else f"channels {lo:g}–{hi:g}"


def view_picture(
    ds: DataStack,
    view: BenchView,
    fit: Fit | None = None,
    size: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Return the picture of a view: its layers over one another.

    Parameters
    ----------
    ds, view, fit, progress
        As in `view_layers`.
    size : (height, width), optional
        Pixels that are of use, see `maxrf_core.figures.grid.grid_for`; by default one for each of the map.

    Returns
    -------
    ndarray, (height, width, 4), uint8
        Red, green, blue and opacity.

    Raises
    ------
    PictureError
        If no layer can be seen.
    """
    layers = view_layers(ds, view, fit, progress=progress)
    return blended(shown_looks(view), layers, view_grid(ds, view, layers, size))


def view_grid(
    ds: DataStack, view: BenchView, layers: Mapping[str, ViewLayer], size: tuple[int, int] | None = None
) -> Grid:
    """Return the grid of the picture of a view."""
    height, width, _channels = ds.shape
    finest = max((each.fineness for each in layers.values() if isinstance(each, PlacedPhoto)), default=1.0)
    return grid_for((height, width), view.zoom, size, finest)


def blended(looks: Sequence[LayerLook], layers: Mapping[str, ViewLayer], grid: Grid) -> np.ndarray:
    """Return layers over one another on a grid: (height, width, 4) uint8, blended some rows at a time.

    Parameters
    ----------
    looks : sequence of LayerLook
        The lowest first.
    layers : mapping of str to MapValues or PlacedPhoto
        By their keys.
    grid : Grid
    """
    if not looks:
        raise PictureError(_("No layer of the view can be seen: show an element, a band or a photograph."))
    contents = [_on_grid(look, layers[look.key], grid) for look in looks]
    height, width = grid.shape
    picture = np.empty((height, width, 4), np.uint8)
    step = max(1, AT_ONCE // (width * grid.times)) * grid.times
    for top in range(0, height, step):
        picture[top : top + step] = blend(
            [(look, _rows(content, top, min(top + step, height), grid.times)) for look, content in contents]
        )
    return picture


def _on_grid(look: LayerLook, layer: ViewLayer, grid: Grid) -> tuple[LayerLook, np.ndarray]:
    if isinstance(layer, PlacedPhoto):
        left, _right, _bottom, top = grid.extent
        return look, layer.on_map(left, top, grid.scale, grid.shape)
    if look.scale != "equalised":
        return look, grid.of_map(layer.values)
    # By the ranks of all pixels, whatever part is seen
    return replace(look, low=0.0, high=1.0, scale="linear"), grid.of_map(equalised(layer.values, look))


def _rows(content: np.ndarray, top: int, bottom: int, times: int) -> np.ndarray:
    """Return some rows of a layer; the values of a map are repeated where the picture is finer."""
    if content.ndim == 3 or times == 1:
        return content[top:bottom]
    return content[top // times : bottom // times].repeat(times, axis=0).repeat(times, axis=1)


def _pairs(ds: DataStack, families: Sequence[str], fit: Fit, progress: Progress | None) -> dict[str, Pair]:
    """Return net counts and sigma of families; one that is not of the fit is fitted by itself."""
    if not families:
        return {}
    measured = ds.straightened(0)  # all maps of a large scan are not copied to shift the rows of a few
    if not fit.families:
        sources = [(list(families), measured.element_maps(families, progress, keep=False))]
    else:
        own = [family for family in families if family in fit.families]
        groups = [(own, fit.families)] if own else []
        groups += [([family], (family,)) for family in families if family not in fit.families]
        sources = [
            (shown, maps_fitted_with(measured, together, fit.anode, fit.kv, progress))
            for shown, together in groups
        ]
    return {family: _pair(maps, family, ds.row_displacement) for shown, maps in sources for family in shown}


def _pair(maps: ElementMaps, family: str, row_displacement: float) -> Pair:
    """Return a copy of the net counts and sigma of a family, odd rows shifted back: the others are let go."""
    number = maps.index(family)
    net, sigma = smooth(maps.net[number], maps.sigma[number], 1, row_displacement)
    return net.copy(), sigma.copy()
