"""Table of the plan of a conversion of many scans, which is printed before."""

import shlex
from collections.abc import Iterable, Sequence

from maxrf_core.conversion.found_scans import FoundFiles, FoundScan
from maxrf_core.conversion.plan import PlannedScan
from maxrf_core.conversion.tile_groups import TileGroup, tile_groups

HEADINGS = ("scan", "format", "pixels", "channels", "size", "becomes")
MAX_WAYS = 6  # of reading one file that are listed
MAX_ENDINGS = 6
UNITS = ("bytes", "kB", "MB", "GB", "TB")


def print_plan(found: FoundFiles, plans: Sequence[PlannedScan]) -> None:
    """Print a table of the scans, and below it what else is to be known.

    Parameters
    ----------
    found : FoundFiles
    plans : sequence of PlannedScan
        Of its scans.
    """
    print("\n".join(_table([_row(plan) for plan in plans if not plan.error])))
    for lines in (
        _failing(plans),
        _groups(tile_groups(found.scans)),
        _ways(found.scans),
        _rest(found),
    ):
        if lines:
            print("\n" + "\n".join(lines))
    print(flush=True)


def size_in_words(size: int) -> str:
    """Return a number of bytes for people.

    Examples
    --------
    >>> size_in_words(1_234_567_890), size_in_words(900)
    ('1.2 GB', '900 bytes')
    """
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {UNITS[unit]}" if unit and value < 99.95 else f"{value:.0f} {UNITS[unit]}"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return aligned lines: numbers to the right."""
    if not rows:
        return ["No scan that can be converted."]
    cells = [HEADINGS, *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if 2 <= place <= 4 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _row(plan: PlannedScan) -> tuple[str, ...]:
    scan = plan.found
    height, width, channels = scan.shape
    held = f"{channels:,}" if channels else f"{scan.map_count} maps"
    target = f"{plan.target}, complete already" if plan.is_done else str(plan.target)
    return scan.shown, scan.format, f"{width:,} × {height:,}", held, size_in_words(scan.size), target


def _failing(plans: Iterable[PlannedScan]) -> list[str]:
    failing = [f"  {plan.found.shown}: {plan.error}" for plan in plans if plan.error]
    return ["Cannot be converted:", *failing] if failing else []


def _groups(groups: Iterable[TileGroup]) -> list[str]:
    lines = []
    for group in groups:
        names = ", ".join(scan.shown for scan in group.scans)
        why = "they lie side by side on the stage" if group.by_place else "their names differ in numbers only"
        lines.append(f"  {names} ({why})")
    return (
        ["May be tiles of one painting; each becomes a datastack of its own name:", *lines] if lines else []
    )


def _ways(scans: Iterable[FoundScan]) -> list[str]:
    lines = []
    for scan in scans:
        if scan.ways:
            first, *others = scan.ways[: MAX_WAYS + 1]
            lines.append(f"  {scan.shown} is read as {first.words}; otherwise:")
            file = scan.chosen_by
            lines += [f"    --choose {shlex.quote(f'{file}={way.key}')}  {way.words}" for way in others]
            left = len(scan.ways) - 1 - len(others)
            lines += [f"    and {left} more, see --choices"] if left else []
    return ["Can be read in several ways:", *lines] if lines else []


def _rest(found: FoundFiles) -> list[str]:
    lines = []
    if found.datastacks:
        lines.append(f"Datastacks already, which need no conversion: {', '.join(found.datastacks)}.")
    for shown, scan in found.maps:
        height, width, _channels = scan.shape
        name = shlex.quote(str(scan.paths[0].parent))
        lines.append(
            f"{shown} holds {len(scan.paths)} pictures or tables of {width} × {height} pixels. If they are "
            f"element maps, convert that folder by itself: convert {name} -o NAME.datastack"
        )
    count = sum(found.others.values())
    if count:
        most = [f"{ending or 'no ending'}: {n}" for ending, n in found.others.most_common(MAX_ENDINGS)]
        more = ", …" if len(found.others) > MAX_ENDINGS else ""
        lines.append(f"Other files, which are no scans: {count} ({', '.join(most)}{more}).")
    return lines
