"""Spectra of the patches that are shown: their means, or their differences from the first one."""

from collections.abc import Hashable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import streamlit as st

from maxrf_core.cube.regions import RegionSpectrum
from maxrf_core.patches.patch import Patch
from widgets.charts.spectrum_figure import Curve
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.scan import Scan

MEANS, DIFFERENCE = "means", "difference"
MAX_CURVES = 7
_CURVES = "look-patch-curves"

_spectra: WeakKeyDictionary[Patch, tuple[Hashable, RegionSpectrum]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class PatchCurves:
    """Spectra of patches.

    Attributes
    ----------
    curves : list of Curve
        Mean counts of a pixel, or those less the mean of the first patch.
    is_difference : bool
        They may be below zero.
    """

    curves: list[Curve]
    is_difference: bool

    @property
    def title(self) -> str:
        """Name of the vertical axis."""
        return _("Difference in counts") if self.is_difference else _("Mean counts")


def choose_curves(now: Choice) -> None:
    """Show the choice of what the spectrum below the picture shows of the patches."""
    if not now.shown_patches:
        return
    titles = {MEANS: _("Mean spectra"), DIFFERENCE: _("Difference")}
    st.segmented_control(
        _("Spectrum below the picture"),
        list(titles),
        key=_CURVES,
        default=MEANS,
        format_func=titles.__getitem__,
        persist_state="session",
    )


def patch_curves(scan: Scan, now: Choice) -> PatchCurves | None:
    """Return the spectra of the patches that are shown; None if there are none, or the visitor wants none."""
    patches, chosen = now.shown_patches[:MAX_CURVES], st.session_state.get(_CURVES, MEANS)
    if not patches or chosen is None:
        return None
    means = [_spectrum(scan, patch).mean for patch in patches]
    if chosen == MEANS or len(patches) < 2:
        shown = zip(patches, means, strict=True)
        return PatchCurves([Curve(patch.name, mean, patch.colour) for patch, mean in shown], False)
    words = _("{patch} less {first}")
    differences = [
        Curve(words.format(patch=patch.name, first=patches[0].name), mean - means[0], patch.colour)
        for patch, mean in zip(patches[1:], means[1:], strict=True)
    ]
    return PatchCurves(differences, True)


def _spectrum(scan: Scan, patch: Patch) -> RegionSpectrum:
    identity = scan.version
    known = _spectra.get(patch)
    if known is None or known[0] != identity:
        with st.spinner(_("Reading the spectra of the patches …")):
            known = _spectra[patch] = identity, scan.ds.region_spectrum(patch.mask, _look_up)
    return known[1]


def _look_up(_share: float, _description: str) -> None:
    """Let Streamlit end this run if the visitor has turned to something else."""
    "choice" in st.session_state  # noqa: B015
