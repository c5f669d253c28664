"""The lines of Python that make the picture of a view."""

from pathlib import Path

from maxrf_core.figures.view_layers import Fit, shown_looks
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import LayerLook


def code_of(path: Path, view: BenchView, fit: Fit, row_displacement: float = 0.0) -> str:
    """Return a program that writes the picture of a view, without what is typeset around it.

    Parameters
    ----------
    path : Path
        Of the scan; the program names the file only.
    view : BenchView
        Of it, what is seen.
    fit : Fit
        How element maps are fitted.
    row_displacement : float
        Of the maps.
    """
    layers = "\n".join(f"    {_look(look)}," for look in shown_looks(view))
    zoom = "" if view.zoom is None else f", zoom={tuple(round(edge, 3) for edge in view.zoom)}"
    fits = ["Fit"] if fit != Fit() else []
    names = ["BenchView", "DataStack", *fits, "LayerLook", "view_picture", "write_picture"]
    scan = f"DataStack({path.name!r})"
    if row_displacement:
        scan += f".straightened({row_displacement!r})"
    lines = [
        f"from maxrf_core import {', '.join(names)}",
        "",
        f"ds = {scan}",
        "layers = (  # the lowest first",
        layers,
        ")",
        f"view = BenchView({view.name!r}, layers{zoom})",
    ]
    if fit != Fit():
        lines += [f"fit = {_fit(fit)}  # of the element maps", "picture = view_picture(ds, view, fit)"]
    else:
        lines += ["picture = view_picture(ds, view)"]
    return "\n".join([*lines, f'write_picture("{_stem(path)}.png", picture)', ""])


def _look(look: LayerLook) -> str:
    """Return a look with what differs from the usual."""
    usual = LayerLook(look.key).as_dict()
    told = {name: value for name, value in look.as_dict().items() if value != usual[name]}
    return f"LayerLook({', '.join([repr(look.key), *(f'{name}={value!r}' for name, value in told.items())])})"


def _fit(fit: Fit) -> str:
    told = {name: value for name, value in vars(fit).items() if value}
    return f"Fit({', '.join(f'{name}={value!r}' for name, value in told.items())})"


def _stem(path: Path) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in path.stem)
