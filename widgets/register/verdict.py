"""Comparison of the registered photograph with the maps: whether both show the same artwork.

It takes a tenth of a second where they do, and a second or two where they do not. So each verdict is
cached, and the next act of the visitor stops a comparison that is still running.
"""

from pathlib import Path

import numpy as np
import streamlit as st
from cachetools import LRUCache

from maxrf_core.autoalign.map_selection import comparison_maps, select_bands
from maxrf_core.autoalign.verdict import Verdict, judge_agreement, smaller_maps
from maxrf_core.errors import MaxrfError
from widgets.register.fit import Fit
from widgets.register.photographs import smaller_copy
from widgets.session.choice import choice
from widgets.session.image_cache import cached_array, one_at_a_time
from widgets.session.language import _, marked
from widgets.session.scan import Scan, chosen_band

Band = tuple[float, float]
_VERDICTS = "agreement-verdicts"
MAX_VERDICTS = 40  # of one visitor
_MAKING = marked("Making the maps to compare the photograph with …")


def compare_with_maps(scan: Scan, photo: Path, fit: Fit) -> Verdict | None:
    """Compare the photograph with the maps of prominent lines, then with the map that is shown.

    Parameters
    ----------
    scan : Scan
    photo : Path
    fit : Fit
        How it lies on the maps.

    Returns
    -------
    Verdict or None
        The best of both; None where the map is too small to be compared.
    """
    place = st.empty()
    best: Verdict | None = None
    for bands in _bands_to_try(scan):
        verdict = _verdict(scan, photo, fit, bands, place)
        if best is None or (verdict and verdict.evidence.significance > best.evidence.significance):
            best = verdict
        if best is None or best.kind == "same":
            break
    place.empty()
    return best


def _bands_to_try(scan: Scan) -> list[tuple[Band, ...]]:
    """Return the bands of maps to compare with, one group after another; () are all maps without spectra."""
    if not scan.has_spectra:
        return [()]
    prominent = tuple(select_bands(scan.axis, scan.overall_spectrum()))
    return [bands for bands in (prominent, (chosen_band(scan, choice()),)) if bands]


def confirmed(verdict: Verdict | None) -> bool:
    """Show a toggle to confirm a photograph that probably shows something else.

    Returns
    -------
    bool
        True if the registration may be saved.
    """
    if verdict is None or verdict.kind != "nothing":
        return True
    return st.toggle(
        _("Save it anyway: I have checked that it shows this artwork"), key="agreement-confirmed"
    )


def _verdict(
    scan: Scan,
    photo: Path,
    fit: Fit,
    bands: tuple[tuple[float, float], ...],
    place: st.delta_generator.DeltaGenerator,
) -> Verdict | None:
    cached = st.session_state.setdefault(_VERDICTS, LRUCache(MAX_VERDICTS))
    name = (
        scan.version, str(photo), photo.stat().st_mtime_ns, fit.pairs_used(), fit.model, fit.view, bands
    )  # fmt: skip
    if name not in cached:
        cached[name] = _compared(scan, photo, fit, bands, place)
    verdict: Verdict | None = cached[name]
    return verdict


def _compared(
    scan: Scan,
    photo: Path,
    fit: Fit,
    bands: tuple[tuple[float, float], ...],
    place: st.delta_generator.DeltaGenerator,
) -> Verdict | None:
    def made() -> np.ndarray:
        return smaller_maps(comparison_maps(scan.ds, bands))

    def show(done: float, doing: str) -> None:
        words = _("Comparing photograph and maps")
        place.progress(min(done, 1.0), f"{words}: {doing} …")

    try:
        maps = cached_array((scan.version, bands, "compared"), made, _(_MAKING))
        with one_at_a_time():
            pixels, transform = smaller_copy(photo, fit)
            return judge_agreement(pixels, maps, transform, scan.shape, progress=show)
    except MaxrfError:  # errors of the points or the scan are shown elsewhere on the page
        return None
