"""The command ``patches``: list, import, export and compare the named regions of a scan."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from maxrf_core.cli.arguments import number
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import PatchError
from maxrf_core.language import _
from maxrf_core.patches.compare import compare_patches
from maxrf_core.patches.exchange import read_patches, write_patches
from maxrf_core.patches.patch import Patch, with_own_names
from maxrf_core.patches.sentences import comparison_table, sentences
from maxrf_core.progress import show_on_terminal


def add_patches_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``patches``."""
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--import", dest="source", type=Path, metavar="FILE",
        help="add the patches of a .geojson file in map pixels, or of ImageJ's .roi or .zip",
    )  # fmt: skip
    parser.add_argument(
        "--export",
        dest="target",
        type=Path,
        metavar="FILE",
        help="write them to .geojson, .roi or .zip",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace that file where it exists")
    parser.add_argument(
        "--compare", nargs="+", metavar="NAME", help="compare patches with the first one, by their net counts"
    )
    parser.add_argument(
        "--scanner-share", type=number, default=0.0, metavar="SHARE",
        help="what a whole patch may be off by, as a share of its net counts, such as 0.03 (default 0)",
    )  # fmt: skip
    parser.set_defaults(run=patches)


def patches(chosen: argparse.Namespace) -> None:
    """Run the command."""
    ds = DataStack(chosen.path)
    kept = ds.patches()
    if chosen.source is not None:
        added = with_own_names(read_patches(chosen.source, ds.shape), kept)
        kept = [*kept, *added]
        ds.keep_patches(kept)
    if chosen.target is not None:
        print(write_patches(chosen.target, kept, ds.shape, overwrite=chosen.overwrite))
    if chosen.compare is not None:
        measured = ds.straightened(0)  # whose pixels are independent
        named = [_named(name, measured.patches()) for name in chosen.compare]
        _compare(measured, named, chosen.scanner_share)
    elif chosen.target is None:
        print("\n".join(_list(ds, kept)) or "no patches")


def _list(ds: DataStack, kept: Sequence[Patch]) -> list[str]:
    lines = []
    for patch in kept:
        area = patch.area_mm2(ds.about.get("pixel_size_mm"))
        told = "" if area is None else f"  {area:>10.1f} mm²"
        lines.append(f"{patch.name:<24}  {patch.colour}  {patch.pixels:>9,} pixels{told}")
    return lines


def _named(name: str, kept: Sequence[Patch]) -> Patch:
    for patch in kept:
        if patch.name == name:
            return patch
    words = _("There is no patch {name!r:.60}; there are {listed}.")
    raise PatchError(words.format(name=name, listed=", ".join(patch.name for patch in kept) or "–"))


def _compare(ds: DataStack, chosen: Sequence[Patch], scanner_share: float) -> None:
    if not 0 <= scanner_share < 1:
        raise PatchError(_("What a patch may be off by is a share of its net counts, from 0 to below 1."))
    maps = ds.element_maps(progress=show_on_terminal)
    size = ds.about.get("pixel_size_mm")
    found = compare_patches(maps, chosen, pixel_size_mm=size, scanner_share=scanner_share)
    titles, rows = comparison_table(found)
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    for row in (titles, *rows):
        print("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)))
    print()
    for sentence in sentences(found):
        print(sentence)
    if tube := maps.about.get("tube_sentence"):
        print(f"note: {tube}", file=sys.stderr)
