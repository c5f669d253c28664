"""The table of a scan's elements: status, counts, and where they are."""

import csv
import io
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields

from maxrf_core.datastack.scan_elements import ScanElements
from maxrf_core.elements.summary import mean_of_map
from maxrf_core.spectrum.elements import NAMES


@dataclass(frozen=True)
class ElementRow:
    """One element of a scan.

    Attributes
    ----------
    element, name : str
        Symbol and name.
    family : str
        Family of lines that is mapped; empty if there is no map.
    status : str
        ``"sure"``, ``"possible"`` or ``"absent"``.
    mean, error : float or None
        Net counts per pixel, mean of the map, and their standard deviation from counting.
    max : float or None
        The highest net counts of a pixel.
    share : float or None
        Share of the pixels above the detection limit, 0 to 1.
    last_colour : float or None
        Net counts that have the last colour in pictures of the map; the first is 0.
    evidence : str
        In words, in English.
    """

    element: str
    name: str
    family: str
    status: str
    mean: float | None
    error: float | None
    max: float | None
    share: float | None
    last_colour: float | None
    evidence: str


TITLES = {
    "mean": "net_counts_per_pixel",
    "error": "standard_deviation",
    "max": "max_net_counts",
    "share": "share_of_pixels_above_detection_limit",
}


def element_rows(elements: ScanElements) -> Iterator[ElementRow]:
    """Yield a row for each element that has a line in the scan, those with maps first."""
    mapped = elements.findings
    for finding in mapped:
        summary = elements.summary(finding.family)
        mean, error = mean_of_map(*elements.shown(finding.family))
        name = NAMES[finding.element]
        numbers = mean, error, summary.strongest, summary.share, summary.brightest
        yield ElementRow(
            finding.element, name, finding.family, finding.status, *numbers, str(finding.sentence)
        )
    for finding in elements.identification.findings:
        if finding not in mapped:
            name, nothing = NAMES[finding.element], (None,) * 5
            yield ElementRow(finding.element, name, "", finding.status, *nothing, str(finding.sentence))


def element_csv(elements: ScanElements) -> str:
    """Return the table as CSV, with a row of titles."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([TITLES.get(each.name, each.name) for each in fields(ElementRow)])
    for row in element_rows(elements):
        cells = astuple(row)
        writer.writerow([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in cells])
    return text.getvalue()
