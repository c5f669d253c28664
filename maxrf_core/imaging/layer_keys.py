"""Keys of layers: which map or photograph a layer shows, as "Fe-K", "map:Fe" or "photo:imvis_reg"."""

import math

from maxrf_core.names import REGISTERED, plain
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.line_names import line_group, line_title

BAND, PHOTO, MAP = "band", "photo", "map"
SEPARATOR = ":"
USUAL_PHOTO = "imvis"


def band_key(lo: float, hi: float) -> str:
    """Return the key of a band's layer.

    Examples
    --------
    >>> band_key(6.2, 6.6)
    'band:6.2:6.6'
    """
    return SEPARATOR.join((BAND, f"{lo:g}", f"{hi:g}"))


def band_of(key: str) -> tuple[float, float] | None:
    """Return the ends of the band that a layer shows; None if it shows no band.

    Examples
    --------
    >>> band_of("band:6.2:6.6"), band_of("Fe-K")
    ((6.2, 6.6), None)
    """
    kind, *ends = key.split(SEPARATOR)
    if kind != BAND or len(ends) != 2:
        return None
    try:
        lo, hi = (float(end) for end in ends)
    except ValueError:
        return None
    return (lo, hi) if math.isfinite(lo) and math.isfinite(hi) else None


def photo_key(name: str) -> str:
    """Return the key of a registered photograph's layer.

    Examples
    --------
    >>> photo_key("imvis_reg")
    'photo:imvis_reg'
    """
    return SEPARATOR.join((PHOTO, name))


def photo_of(key: str) -> str | None:
    """Return the name of the registered photograph that a layer shows; None if it shows none.

    Examples
    --------
    >>> photo_of("photo:imvis_reg"), photo_of("Fe-K")
    ('imvis_reg', None)
    """
    kind, _separator, name = key.partition(SEPARATOR)
    return name if kind == PHOTO and name else None


def photo_title(key: str, word: str = "Photograph") -> str:
    """Return what the layer of a registered photograph is called: by its name, if that is not the usual one.

    Parameters
    ----------
    key : str
    word : str
        For a photograph, in the visitor's language.

    Examples
    --------
    >>> photo_title("photo:imvis_reg"), photo_title("photo:imuv_reg")
    ('Photograph', 'Photograph imuv')
    """
    name = plain(photo_of(key) or USUAL_PHOTO).removesuffix(REGISTERED)
    return word if name == USUAL_PHOTO else f"{word} {name}"


def map_key(name: str) -> str:
    """Return the key of the layer of a map that another program made.

    Examples
    --------
    >>> map_key("Fe-K")
    'map:Fe-K'
    """
    return SEPARATOR.join((MAP, name))


def map_of(key: str) -> str | None:
    """Return the name of the map of another program that a layer shows; None if it shows none.

    Examples
    --------
    >>> map_of("map:Fe-K"), map_of("Fe-K")
    ('Fe-K', None)
    """
    kind, _separator, name = key.partition(SEPARATOR)
    return name if kind == MAP and name else None


def title_of(key: str) -> str:
    """Return what the layer of a map is called: the element, and its shell if that is not K.

    A map that another program made is called as there.

    Examples
    --------
    >>> title_of("map:Fe_Ka")
    'Fe_Ka'
    >>> title_of("Fe-K"), title_of("Pb-L"), title_of("Pb-La")
    ('Fe', 'Pb L', 'Pb Lα')
    """
    if name := map_of(key):
        return name
    if line_group(key):
        return line_title(key)
    element, shell = split_family(key)
    return element if shell == "K" else f"{element} {shell}"
