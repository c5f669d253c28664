"""Parts of a report on elements: the wall of maps, the evidence, the mean spectrum."""

import numpy as np
from PIL import Image

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.missing_pixels import averaged_pixels
from maxrf_core.datastack.scan_elements import ScanElements
from maxrf_core.datastack.scan_peaks import scan_peaks
from maxrf_core.elements.identify import ABSENT, Finding, refit
from maxrf_core.elements.peak_names import name_peaks
from maxrf_core.elements.smoothing import smooth
from maxrf_core.elements.summary import mean_of_map
from maxrf_core.export.page import Markup, element, joined, picture, png_address, section, svg_address, table
from maxrf_core.export.spectrum_picture import spectrum_svg
from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.imaging.display import colorize, shrink
from maxrf_core.imaging.layer_keys import title_of
from maxrf_core.imaging.layers import LayerLook, brightness
from maxrf_core.language import Note
from maxrf_core.patches.sentences import with_error
from maxrf_core.progress import Progress, silent
from maxrf_core.spectrum.elements import NAMES
from maxrf_core.spectrum.families import split_family

FEW = 20  # maps; more are drawn smaller
SIDE_OF_FEW, SIDE_OF_MANY = 400, 280  # pixels


def wall(elements: ScanElements, colormap: str, progress: Progress = silent) -> Markup:
    """Return all element maps as pictures with their status and counts."""
    findings = elements.findings
    side = SIDE_OF_FEW if len(findings) <= FEW else SIDE_OF_MANY
    figures = []
    for number, finding in enumerate(findings):
        progress(number / len(findings), Note("drawing the map of {family}", family=finding.family))
        figures.append(_tile(elements, finding.family, finding.status, side, colormap))
    if not figures:
        return section("Elements", element("p", "No element stands out from the noise of this scan."))
    note = (
        "Net counts of each element's lines in each pixel, from fits of its spectrum. Each map runs from 0 "
        "(darkest) to the counts below it (brightest), so that maps are not to be compared by their colours. "
        "Counts do not tell amounts of matter: lines of light elements are weakened most."
    )
    return section("Elements", element("p", note, class_="note"), element("div", *figures, class_="wall"))


def _tile(elements: ScanElements, family: str, status: str, side: int, colormap: str) -> Markup:
    summary, (net, sigma) = elements.summary(family), elements.shown(family)
    mean, error = mean_of_map(net, sigma)
    if summary.smoothing > 1:
        net, sigma = smooth(net, sigma, summary.smoothing)
    name = NAMES[split_family(family)[0]]
    told = [
        f"{name}, {split_family(family)[1]} lines",
        f"{with_error(mean, error)} net counts per pixel, up to {summary.strongest:,.0f}",
        f"{_percent(summary.share)} of the pixels above the detection limit",
        f"brightest colour: {summary.brightest:,.3g}" + (", smoothed" if summary.smoothing > 1 else ""),
    ]
    title = element("span", title_of(family), _badge(status), class_="element")
    lines = [element("br") if part is None else part for line in told for part in (line, None)]
    return picture(
        map_address(net, summary.brightest, side, colormap),
        f"Map of {name}: {status}",
        title,
        *lines[:-1],
    )


def map_address(net: np.ndarray, brightest: float, side: int, colormap: str) -> str:
    """Return a map as the address of a picture of at most `side` pixels, from 0 to its brightest value."""
    small = shrink(net, side, side)
    if not np.isfinite(small).all():
        return png_address(Image.fromarray(colorize(small, 0.0, brightest, colormap)))
    levels = brightness(small, LayerLook("", high=brightest)).astype(np.uint8)
    image = Image.fromarray(levels, "L").convert("P")
    image.putpalette(COLORMAPS[colormap].tobytes())
    return png_address(image)


def evidence(elements: ScanElements) -> Markup:
    """Return a table of why each element is thought to be there."""
    rows = [(each.element, each.status, _told(each)) for each in elements.findings]
    found, tube = elements.identification, elements.analysis.instrument.tube
    absent = sorted(each.element for each in found.findings if each.status == ABSENT)
    notes = [element("p", f"Nothing above noise: {', '.join(absent)}.", class_="note")] if absent else []
    hidden = f"{tube.anode} cannot be told: it is the anode of the tube."
    notes.append(element("p", hidden, class_="note"))
    if found.unexplained:
        peaks = ", ".join(f"{energy:.2f}" for energy, *_counts in sorted(found.unexplained))
        notes.append(element("p", f"Not explained by any element: counts at {peaks} keV.", class_="note"))
    if not rows:
        return joined(notes)
    return section("Evidence", table(("Element", "Status", "Evidence"), rows), *notes)


def _told(finding: Finding) -> str:
    seen = "" if finding.where == "mean" else f" Seen in a {finding.where}."
    return f"{finding.sentence}{seen}"


def mean_spectrum(ds: DataStack, elements: ScanElements) -> Markup:
    """Return the mean spectrum with the fitted model and the names of its peaks."""
    analysis = elements.analysis
    pixels = averaged_pixels(ds)
    address = _fitted_address(ds, elements, analysis.spectrum, pixels, analysis.fit.fitted)
    words = (
        f"Mean of all {pixels:,} measured pixels, with the model of all candidates. Its mean squared "
        f"deviation is {analysis.fit.chi2:.1f} times that of counting. A name with “?” is possible, not sure."
    )
    return picture(address, "Mean spectrum with the fitted model", words, class_="spectrum")


def region_spectrum(
    ds: DataStack, elements: ScanElements, counts: np.ndarray, pixels: int, name: str
) -> Markup:
    """Return the spectrum of some pixels, (channels,) counts of all of them, with a fit of its own."""
    fit = refit(elements.analysis, counts)
    address = _fitted_address(ds, elements, counts, pixels, fit.fitted)
    words = f"{name}: mean of {pixels:,} pixels, with a fit of its own."
    return picture(address, f"Spectrum of {name}", words, class_="spectrum")


def _fitted_address(
    ds: DataStack, elements: ScanElements, counts: np.ndarray, pixels: int, fitted: np.ndarray
) -> str:
    analysis = elements.analysis
    inside = analysis.channels
    channels = [peak for peak in scan_peaks(ds, ds.axis).tolist() if inside.start <= peak < inside.stop]
    names = name_peaks(analysis, elements.identification, channels, counts)
    labels = [
        (float(analysis.energies[peak]), name) for peak, name in zip(channels, names, strict=True) if name
    ]
    labels.sort(key=lambda label: -counts[np.searchsorted(analysis.energies, label[0])])
    scale = max(pixels, 1)
    return svg_address(
        spectrum_svg(analysis.energies[inside], counts[inside] / scale, fitted[inside] / scale, labels)
    )


def _badge(status: str) -> Markup:
    return element("span", status, class_=f"badge {status}")


def _percent(share: float) -> str:
    if 0 < share < 0.001:
        return "less than 0.1%"
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"
