"""Ways to compare two pictures that lie on one map: what each is called, and what to do in it."""

from dataclasses import dataclass

import streamlit as st

from widgets.session.language import _, marked

EDGES, DIFFERENCE = "edges", "difference"  # those that are computed; the others are the viewer's


@dataclass(frozen=True)
class WayInWords:
    """A way to compare in words.

    Attributes
    ----------
    title : str
    hint : str
        What to do or to look for; "" for a difference, whose meaning depends on what is compared.
    label : str
        Of the viewer's control for it.
    """

    title: str
    hint: str = ""
    label: str = ""


WAYS: dict[str, WayInWords] = {
    "beside": WayInWords(marked("Side by side"), marked("Zoom or move one picture, and the others follow.")),
    "swipe": WayInWords(
        marked("Swipe"),
        marked("Drag the edge across the pictures, or move it with the arrow keys."),
        marked("Edge between the two pictures"),
    ),
    "blink": WayInWords(
        marked("Blink"),
        marked("What jumps does not fit; what comes and goes is in one of the two only."),
        marked("Changes a second"),
    ),
    "opacity": WayInWords(
        marked("Overlay"),
        marked("One picture lies over the other."),
        marked("Opacity of the upper picture"),
    ),
    "checker": WayInWords(
        marked("Checkerboard"),
        marked("Lines that go on from square to square fit."),
        marked("Size of the squares"),
    ),
    EDGES: WayInWords(marked("Edges"), marked("Edges of one picture are drawn over the other one.")),
    DIFFERENCE: WayInWords(marked("Difference")),
}


def choose_way(key: str, first: str) -> str:
    """Show the choice of `WAYS`; return what is chosen, at first `first`."""
    return str(
        st.segmented_control(
            _("View"),
            list(WAYS),
            format_func=lambda each: _(WAYS[each].title),
            default=first,
            required=True,
            key=key,
        )
    )


def say_hint(way: str) -> None:
    """Write what to do in a way to compare."""
    if WAYS[way].hint:
        st.caption(_(WAYS[way].hint))
