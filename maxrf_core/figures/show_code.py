"""The lines of Python that make the picture of a view, or its figure."""

from collections.abc import Sequence
from pathlib import Path

from maxrf_core.figures.recipe import Recipe
from maxrf_core.figures.view_layers import Fit, shown_looks
from maxrf_core.imaging.layers import LayerLook


def code_of(path: Path, recipe: Recipe, patches: Sequence[str] = ()) -> str:
    """Return a program that writes the picture of a view, without what is typeset around it.

    Where layers are beside one another, or something is drawn over the picture, it writes the figure.

    Parameters
    ----------
    path : Path
        Of the scan; the program names the file only.
    recipe : Recipe
        Of the figure.
    patches : sequence of str
        Names of patches that are kept in the scan; others cannot be drawn by a program.
    """
    layers = "\n".join(f"    {_look(look)}," for look in shown_looks(recipe.view))
    overlay = _overlay(recipe, patches)
    is_figure = recipe.beside or bool(overlay)
    fits = [] if recipe.fit == Fit() or is_figure else ["Fit"]
    used = ["Recipe", "make_figure"] if is_figure else ["view_picture", "write_picture"]
    overlays = ["Overlay"] if overlay else []
    names = sorted(["BenchView", "DataStack", "LayerLook", *fits, *used, *overlays], key=_place)
    lines = [
        f"from maxrf_core import {', '.join(names)}",
        "",
        f"ds = {_scan(path, recipe.row_displacement or 0.0, is_figure)}",
        "layers = (  # the lowest first",
        layers,
        ")",
        f"view = BenchView({recipe.view.name!r}, layers{_zoom(recipe)})",
    ]
    make = _figure(path, recipe, overlay) if is_figure else _picture(path, recipe.fit)
    return "\n".join([*lines, *make, ""])


def _place(name: str) -> tuple[bool, str]:
    return name[0].islower(), name


def _scan(path: Path, row_displacement: float, is_figure: bool) -> str:
    scan = f"DataStack({path.name!r})"
    return f"{scan}.straightened({row_displacement!r})" if row_displacement and not is_figure else scan


def _zoom(recipe: Recipe) -> str:
    zoom = recipe.view.zoom
    return "" if zoom is None else f", zoom={tuple(round(edge, 3) for edge in zoom)}"


def _picture(path: Path, fit: Fit) -> list[str]:
    told = _told(fit)
    made = ["picture = view_picture(ds, view)"]
    if told:
        made = [f"fit = Fit({told})  # of the element maps", "picture = view_picture(ds, view, fit)"]
    return [*made, f'write_picture("{_stem(path)}.png", picture)']


def _figure(path: Path, recipe: Recipe, overlay: list[str]) -> list[str]:
    usual = Recipe(recipe.view)
    names = (
        "format",
        "width_mm",
        "dpi",
        "title",
        "row_displacement",
        "families",
        "tube_anode",
        "tube_kV",
        "beside",
    )
    changed = [name for name in names if getattr(recipe, name) != getattr(usual, name)]
    told = [f"{name}={getattr(recipe, name)!r}" for name in changed] + (
        ["overlay=overlay"] if overlay else []
    )
    return [
        *overlay,
        f"recipe = Recipe({', '.join(['view', *told])})",
        f'with open("{_stem(path)}.{recipe.format}", "wb") as file:',
        "    file.write(make_figure(ds, recipe))",
    ]


def _overlay(recipe: Recipe, patches: Sequence[str]) -> list[str]:
    """Return the lines that make what is drawn over the picture; none if that is nothing."""
    overlay = recipe.overlay
    outlines = {outline.name: outline.number for outline in overlay.outlines if outline.name in patches}
    lines, told = [], []
    if outlines:
        lines = [
            f"numbers = {outlines!r}",
            "patches = [each for each in ds.patches() if each.name in numbers]",
        ]
        told = ["patches"]
    told += [f"pixel={overlay.pixel!r}"] if overlay.pixel else []
    told += [f"line={overlay.line!r}"] if overlay.line else []
    told += ["numbers=[numbers[each.name] for each in patches]"] if outlines else []
    return [*lines, f"overlay = Overlay.of({', '.join(told)})"] if told else []


def _look(look: LayerLook) -> str:
    """Return a look with what differs from the usual."""
    usual = LayerLook(look.key).as_dict()
    told = {name: value for name, value in look.as_dict().items() if value != usual[name]}
    return f"LayerLook({', '.join([repr(look.key), *(f'{name}={value!r}' for name, value in told.items())])})"


def _told(fit: Fit) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in vars(fit).items() if value)


def _stem(path: Path) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in path.stem)
