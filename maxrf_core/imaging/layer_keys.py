"""Keys of layers: which map or photograph of a scan a layer shows, such as "Fe-K" or "photo:imvis_reg"."""

import math

from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.line_names import line_group, line_title

BAND, PHOTO = "band", "photo"
SEPARATOR = ":"


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


def title_of(key: str) -> str:
    """Return what a family's or a line's layer is called: the element, and its shell if that is not K.

    Examples
    --------
    >>> title_of("Fe-K"), title_of("Pb-L"), title_of("Pb-La")
    ('Fe', 'Pb L', 'Pb Lα')
    """
    if line_group(key):
        return line_title(key)
    element, shell = split_family(key)
    return element if shell == "K" else f"{element} {shell}"
