"""Chart that compares the measured alternatives."""

from pathlib import Path

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot

from benchmarks.alternatives import WithoutMarks
from benchmarks.compared import ALTERNATIVES
from benchmarks.report import Run, title

INK, PALE, PAPER = "#222222", "#d5dbe1", "#ffffff"  # on paper of its own: GitHub's page may be dark
# Colours that stay apart without colour vision, and shapes that stay apart without any
LOOKS = (
    ("#d55e00", "o"), ("#0b3d91", "s"), ("#4a8fe7", "D"), ("#1b7f5c", "^"), ("#7a7a7a", "v"),
    ("#b8860b", "P"), ("#a0509a", "X"), ("#c21e56", "<"), ("#333333", ">"), ("#5a9e2f", "*"),
)  # fmt: skip

SHOWN = [each for each in ALTERNATIVES if each is not WithoutMarks]


def write(run: Run, path: Path) -> None:
    """Draw the warm times of the run's largest cube that all alternatives were measured on."""
    result = max(run.results, key=lambda each: (len(each.memory), each.density == "sparse", each.shape))
    asked = list(result.warm)
    looks = {"svg.fonttype": "none", "svg.hashsalt": "maxrf4all", "font.family": "sans-serif",
             "font.size": 11, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK,
             "ytick.color": INK}  # fmt: skip
    with pyplot.rc_context(looks):
        figure, axes = pyplot.subplots(
            figsize=(9, 0.55 * len(asked) + 2.1), facecolor=PAPER, layout="constrained"
        )
        for each, (colour, shape) in zip(SHOWN, LOOKS, strict=True):
            medians = [result.median(query, each.name) for query in asked]
            points = [(1000 * seconds, row) for row, seconds in enumerate(medians) if seconds is not None]
            if not points:
                continue
            size = 95 if each is ALTERNATIVES[0] else 55
            x, y = zip(*points, strict=True)
            axes.scatter(
                x, y, size, colour, marker=shape, label=each.name, zorder=4 if each is ALTERNATIVES[0] else 3
            )
        axes.set(xscale="log", yticks=range(len(asked)), yticklabels=asked, title=f"{title(result)}, warm")
        axes.set_xlabel("milliseconds, each line ten times the one before; left is faster")
        axes.invert_yaxis()
        axes.grid(color=PALE, zorder=0)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        axes.tick_params(which="minor", length=0)
        axes.xaxis.set_major_formatter("{x:g}")
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None}, facecolor=PAPER)
        pyplot.close(figure)
