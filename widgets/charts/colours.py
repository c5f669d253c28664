"""Colours of what the visitor chose: bands, pixels and rectangles, on maps and in charts.

They differ from white, from near-black, and from one another, for the colour-blind too.
"""

from maxrf_core.figures.overlay import MARK_COLOUR

OWN_COLOURS = (MARK_COLOUR, "#1b9e77", "#56b4e9", "#0072b2", "#ccbb44", "#228833", "#5ab4ac")


def own_colour(number: int) -> str:
    """Return the colour of a pixel or rectangle that the user chose, by its number from 1.

    Examples
    --------
    >>> own_colour(8) == own_colour(1)
    True
    """
    return OWN_COLOURS[(number - 1) % len(OWN_COLOURS)]
