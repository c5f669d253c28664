"""Colours of what the visitor chose: bands, pixels and rectangles, on maps and in charts.

ColorBrewer's Dark2, whose colours differ from white, from near-black and from one another.
"""

OWN_COLOURS = ("#d95f02", "#1b9e77", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d")
MARK_COLOUR = OWN_COLOURS[0]


def own_colour(number: int) -> str:
    """Return the colour of a pixel or rectangle that the user chose, by its number from 1.

    Examples
    --------
    >>> own_colour(8) == own_colour(1)
    True
    """
    return OWN_COLOURS[(number - 1) % len(OWN_COLOURS)]
