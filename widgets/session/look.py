"""Contrast and orientation in which a picture is shown while points are set in it."""

from dataclasses import dataclass, field

from maxrf_core.imaging.tone import Tone
from maxrf_core.transform.coordinates import View


@dataclass(frozen=True)
class Look:
    """How a picture is shown.

    Attributes
    ----------
    tone : Tone
        Its contrast.
    view : View
        How it is turned or mirrored.
    """

    tone: Tone = field(default_factory=Tone)
    view: View = field(default_factory=View)
