"""Spectra with the model that was fitted, as SVG."""

import io
from collections.abc import Sequence

import numpy as np

from maxrf_core.figures.typeset import typesetting

WIDTH, HEIGHT = 9.6, 3.4  # inches
MIN_GAP = 0.011  # of the width, between two labels
HEADROOM = 25.0  # factor on the logarithmic axis, for the labels


def spectrum_svg(
    energies: np.ndarray,
    counts: np.ndarray,
    fitted: np.ndarray | None = None,
    labels: Sequence[tuple[float, str]] = (),
    *,
    title: str = "counts per pixel",
    unit: str = "keV",
) -> str:
    """Return a spectrum as SVG, on a logarithmic axis.

    Parameters
    ----------
    energies, counts : ndarray, shape (channels,)
    fitted : ndarray, shape (channels,), optional
        Counts of the model; NaN outside of the fitted channels.
    labels : sequence of (energy, text)
        Names of peaks, the most important first; those that would cover another are left out.
    title : str
        Of the axis of counts.
    unit : str
        Of the other axis: "keV" or "channel".
    """
    from matplotlib.figure import Figure

    positive = counts[np.isfinite(counts) & (counts > 0)]
    low = float(np.percentile(positive, 2)) / 2 if positive.size else 0.1
    high = max(float(positive.max()), low * 10) if positive.size else 1.0
    with typesetting():
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.add_subplot()
        axes.plot(energies, np.maximum(counts, low / 10), color="#404040", linewidth=0.9, label="measured")
        if fitted is not None:
            shown = np.maximum(fitted, low / 10)
            axes.plot(energies, shown, color="#d55e00", linewidth=0.9, label="fitted model")
        axes.set(yscale="log", xlim=(energies[0], energies[-1]), ylim=(low, high * HEADROOM))
        axes.set_xlabel(f"Energy ({unit})" if unit == "keV" else "Channel")
        axes.set_ylabel(title.capitalize())
        _label(axes, energies, counts, labels)
        axes.grid(visible=True, which="major", color="#e4e4e4", linewidth=0.5)
        axes.set_axisbelow(True)
        axes.legend(loc="upper right", frameon=True, framealpha=0.9, edgecolor="none", fontsize=8)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return drawn.getvalue()


def _label(
    axes: object, energies: np.ndarray, counts: np.ndarray, labels: Sequence[tuple[float, str]]
) -> None:
    """Write names above their peaks, one beside another."""
    taken: list[float] = []
    gap = MIN_GAP * abs(float(energies[-1] - energies[0]))
    for energy, text in labels:
        if not energies[0] < energy < energies[-1] or any(abs(energy - other) < gap for other in taken):
            continue
        taken.append(energy)
        height = float(counts[np.searchsorted(energies, energy)])
        axes.annotate(  # type: ignore[attr-defined]
            text,
            (energy, max(height, 1e-9)),
            xytext=(0, 4),
            textcoords="offset points",
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=7,
            color="#303030",
            parse_math=False,
        )
