"""Spectra of patches: means, or how they differ from the first one."""

from widgets.charts.spectrum_figure import Curve
from widgets.look.patch_curves import PatchCurves


def test_the_axis_tells_whether_counts_or_differences_are_shown():
    curve = [Curve("sky less ground", None)]
    assert PatchCurves(curve, True).title != PatchCurves(curve, False).title
