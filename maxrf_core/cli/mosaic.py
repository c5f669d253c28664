"""The command ``mosaic``: several scans on one photograph become one datastack of maps."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.cli.arguments import number
from maxrf_core.language import _
from maxrf_core.mosaic.in_words import count_table, overlap_rows, survey_notes, unmatched_notes
from maxrf_core.mosaic.make import MosaicPlan, make_mosaic, plan_mosaic
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.survey import survey
from maxrf_core.progress import show_on_terminal
from maxrf_core.registration.register import checksum


def add_mosaic_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``mosaic``."""
    parser.add_argument(
        "path", type=Path, nargs="+", help="two datastacks or more; the first sets the pixels"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="the datastack of maps to make")
    parser.add_argument("--photo", type=Path, help="the photograph: the mosaic is then registered on it, too")
    parser.add_argument(
        "--same-photo", action="store_true",
        help="take the newest registrations for ones on the same photograph, although no checksum tells so",
    )  # fmt: skip
    parser.add_argument(
        "--match-counts", action="store_true",
        help="multiply the counts of each element so that the scans agree in their overlaps",
    )  # fmt: skip
    parser.add_argument(
        "--pixel-mm", type=number, metavar="MM", help="size of a pixel (default: that of the first scan)"
    )
    parser.add_argument(
        "--as-registered", action="store_true", help="leave the scans exactly where their registrations are"
    )
    parser.add_argument("--dry-run", action="store_true", help="compare the overlaps, and make nothing")
    parser.add_argument("--overwrite", action="store_true", help="replace the output where it exists")
    parser.set_defaults(run=lambda chosen: _mosaic(parser, chosen))


def _mosaic(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    if chosen.output is None and not chosen.dry_run:
        parser.error(_("name the datastack to make with -o, or give --dry-run"))
    if not chosen.dry_run:
        check_new_path(chosen.output, chosen.overwrite)
    sha256 = None if chosen.photo is None or chosen.same_photo else checksum(chosen.photo)
    scans = placed_scans(chosen.path, photo_sha256=sha256, same_photo=chosen.same_photo)
    found = survey(scans, adjusted=not chosen.as_registered, progress=show_on_terminal)
    plan = plan_mosaic(found, match_counts=chosen.match_counts, pixel_mm=chosen.pixel_mm)
    _print_survey(plan)
    print(_("mosaic: {width} × {height} pixels, maps: {names}").format(
        width=plan.grid.width, height=plan.grid.height, names=", ".join(found.names)
    ))  # fmt: skip
    if chosen.dry_run:
        return
    print(
        make_mosaic(
            plan, chosen.output, photo=chosen.photo, overwrite=chosen.overwrite, progress=show_on_terminal
        )
    )


def _print_survey(plan: MosaicPlan) -> None:
    found = plan.survey
    for number_, (scan, maps) in enumerate(zip(found.scans, found.maps, strict=True), 1):
        height, width = scan.shape
        print(f"{number_}  {scan.ds.path.name}  {width} × {height}  {', '.join(maps.names)}")
    print()
    titles = _("scans"), _("pixels shared"), _("apart"), _("expected of the registrations")
    rows = [(row.scans, row.size, row.measured, row.expected) for row in overlap_rows(found)]
    _print_table([titles, *rows])
    print("\n" + "\n".join(survey_notes(found)) + "\n")
    counts = count_table(found, plan.factors)
    _print_table([tuple(counts[0]), *(tuple(row.values()) for row in counts)] if counts else [])
    if plan.factors is not None:
        print("\n".join(unmatched_notes(found, plan.factors)))


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
