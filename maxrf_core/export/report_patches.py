"""Parts of a report on patches: where they are, what they hold, and their spectra."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.datastack.scan_elements import ScanElements
from maxrf_core.errors import MaxrfError
from maxrf_core.export.page import Markup, element, jpeg_address, picture, section, table
from maxrf_core.export.report_elements import region_spectrum
from maxrf_core.export.scale_bar import to_scale
from maxrf_core.imaging.display import colorize, percentile_limits, shrink
from maxrf_core.language import Note
from maxrf_core.patches.compare import Comparison, compare_patches
from maxrf_core.patches.patch import Patch
from maxrf_core.patches.sentences import comparison_table, sentences
from maxrf_core.progress import Progress, silent

SIDE = 900  # pixels
MAX_COMPARED = 8  # patches that are compared, and whose spectra are drawn
AT_ONCE = 2  # patches beside the first one in a table, which fits on a sheet of paper
REST = "rest of the scan"


def patches_part(
    ds: DataStack, elements: ScanElements | None, base: np.ndarray | None, progress: Progress = silent
) -> Markup:
    """Return the patches of a scan: a picture with outlines, sizes, comparison and spectra.

    Parameters
    ----------
    ds : DataStack
    elements : ScanElements, optional
        Without them patches are not compared.
    base : ndarray, (height, width, 3), uint8, optional
        Picture of the scan on which they are outlined; by default the sum of the counts.
    progress : callable, optional
    """
    kept = ds.patches()
    if not kept:
        return Markup("")
    size = pixel_size_of(ds)
    rows = []
    for number, patch in enumerate(kept, 1):
        area = patch.area_mm2(size)
        swatch = element("span", class_="swatch", style=f"background:{patch.colour}")
        named = element("span", swatch, f"{number} {patch.name}")
        rows.append((named, f"{patch.pixels:,}", "" if area is None else f"{area:,.1f}"))
    titles = ("Patch", "Pixels", "mm²") if any(row[2] for row in rows) else ("Patch", "Pixels")
    parts: list[Markup] = [
        picture(_outlined(kept, ds.shape[:2], base, size), "Patches on the scan", class_="photo"),
        table(titles, [row[: len(titles)] for row in rows], "numbers"),
    ]
    if elements is not None:
        parts += _compared(ds, elements, progress)
    return section("Patches", *parts)


def _compared(ds: DataStack, elements: ScanElements, progress: Progress) -> list[Markup]:
    measured = ds.straightened(0)  # whose pixels are independent
    kept = measured.patches()[:MAX_COMPARED]
    compared = [Patch(REST, "#808080", ~kept[0].mask), kept[0]] if len(kept) == 1 else kept
    parts = []
    try:
        families = [finding.family for finding in elements.findings]
        found = compare_patches(elements.maps, compared, families, pixel_size_mm=pixel_size_of(ds))
    except MaxrfError as error:
        parts.append(element("p", str(error), class_="note"))
    else:
        parts.append(element("h3", f"Compared with {compared[0].name}"))
        parts += [element("p", sentence) for sentence in sentences(found)]
        parts += [_table(found, first) for first in range(1, len(compared), AT_ONCE)]
        words = (
            "Net counts per pixel with their standard deviation: counting, and the scatter of the pixels. "
            "“Clearly” is a corrected p below 0.001, “perhaps” below 0.05 (Welch's test, Holm's correction)."
        )
        parts.append(element("p", words, class_="note"))
    parts.append(element("h3", "Spectra of the patches"))
    for number, patch in enumerate(kept):
        progress(number / len(kept), Note("reading the spectrum of {patch}", patch=patch.name))
        sums = measured.region_spectrum(patch.mask)
        counts = np.nan_to_num(np.asarray(sums.sum, np.float64))
        parts.append(region_spectrum(ds, elements, counts, patch.pixels, patch.name))
    return parts


def _table(found: Comparison, first: int) -> Markup:
    """Return the comparison of some patches with the first one as a table."""
    chosen = slice(first, first + AT_ONCE)
    part = replace(
        found,
        patches=(found.patches[0], *found.patches[chosen]),
        means=(found.means[0], *found.means[chosen]),
        differences=found.differences[first - 1 : first - 1 + AT_ONCE],
        pixel_area_mm2=None,
    )
    titles, rows = comparison_table(part)
    return table(titles, rows, "numbers")


def base_of_map(net: np.ndarray, brightest: float | None = None) -> np.ndarray:
    """Return a map in grey, on which patches are outlined: (height, width, 3) uint8."""
    small = shrink(net, SIDE, SIDE)
    low, high = percentile_limits(small, 0.5, 99) if brightest is None else (0.0, brightest)
    return colorize(small, low, high, "gray")


def _outlined(
    kept: Sequence[Patch],
    shape: Sequence[int],
    base: np.ndarray | None,
    size: tuple[float, float] | None,
) -> str:
    """Draw the outlines of patches with their numbers on a picture of the scan."""
    height, width = (max(1, round(SIDE * length / max(shape))) for length in shape)
    if base is None:
        base = np.full((height, width, 3), 40, np.uint8)
    image = Image.fromarray(base).convert("RGB").resize((width, height))
    draw, scale = ImageDraw.Draw(image), width / shape[1]
    font = ImageFont.load_default(size=20)
    for number, patch in enumerate(kept, 1):
        rings = [[(float(x), float(y)) for x, y in (ring + 0.5) * scale] for ring in patch.outline]
        for colour, thick in (("#000000", 6), (patch.colour, 3)):
            for ring in rings:
                draw.line([*ring, ring[0]], fill=colour, width=thick, joint="curve")
        left, top = min(rings[0], key=sum)
        words = str(number)
        draw.rectangle((left, top, left + 10 + 12 * len(words), top + 24), fill="#000000")
        draw.text((left + 5, top), words, fill="#ffffff", font=font)
    return jpeg_address(to_scale(np.asarray(image), shape[1], size), quality=88)
