"""Parts of a report on how its numbers came about: scan, calibration, registration, settings, versions."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.datastack.contents import size_text
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.datastack.scan_elements import ScanElements
from maxrf_core.datastack.scan_peaks import smoothing_of
from maxrf_core.elements.maps import DETECTION, MODEL_VERSION
from maxrf_core.errors import MaxrfError
from maxrf_core.export.page import Markup, element, facts, section, table
from maxrf_core.export.report_points import RegisteredPoints, points_table
from maxrf_core.names import CUBE, ENERGIES
from maxrf_core.registration.local_error import error_sentence
from maxrf_core.registration.stored import registered_photos
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.calibration_check import check_calibration
from maxrf_core.spectrum.elements import Tube

LIBRARIES = ("numpy", "scipy", "h5py", "opencv-python-headless", "matplotlib", "pillow")
MAX_PHOTOS = 6


def scan_part(ds: DataStack, checksum: str) -> Markup:
    """Return what the scan is, and which file."""
    height, width, channels = ds.shape
    about, step = ds.about, pixel_size_of(ds)
    live = about.get("live_time_s")
    size = "" if step is None else f"{width * step[0]:,.1f} × {height * step[1]:,.1f} mm"
    pairs = [
        ("File", ds.path.name),
        ("Size of the file", size_text(ds.path.stat().st_size)),
        ("SHA-256", checksum),
        ("Pixels", f"{width:,} × {height:,}"),
        ("Size of the scan", size),
        ("Step", "" if step is None else f"{step[0]:g} × {step[1]:g} mm"),
        ("Channels", f"{channels:,}"),
        ("Instrument", about.get("instrument")),
        ("Live time of a pixel", f"{live:g} s" if isinstance(live, int | float) else ""),
    ]
    return section("Scan", facts(pairs))


def calibration_part(ds: DataStack, elements: ScanElements | None) -> Markup:
    """Return the energies of the channels, and how well known lines agree with them."""
    if ds.axis.unit != "keV" or elements is None:
        words = "The scan has no energies; bands are given in channels."
        return section("Calibration", element("p", words)) if ds.axis.unit != "keV" else Markup("")
    notes, values = ds.attributes(ENERGIES) if ENERGIES in ds.names else {}, ds.axis.values
    gain, offset = np.polyfit(np.arange(len(values)), values, 1).tolist()
    response = elements.analysis.instrument.response
    pairs = [
        ("Energy of a channel", f"{offset:.5f} keV + {gain:.7f} keV × channel"),
        ("Set by", notes.get("source")),
        ("As refined for the fit", f"{response.offset:.5f} keV + {response.gain:.7f} keV × channel"),
        ("Resolution at 6.4 keV", f"{1000 * float(response.fwhm(6.4)):.0f} eV (FWHM)"),
    ]
    tube, spectrum = elements.analysis.instrument.tube, elements.analysis.spectrum
    try:
        check = check_calibration(Calibration(gain, offset), spectrum, tube)
    except MaxrfError as error:
        return section("Calibration", facts(pairs), element("p", str(error)))
    rows = [
        (
            each.name,
            f"{each.channel:.1f}",
            f"{round(each.energy, 3) + 0.0:.3f}",
            "" if each.deviation is None else f"{round(each.deviation):+d}",
        )
        for each in check.landmarks
    ]
    doubts = [element("p", doubt) for doubt in check.doubts]
    titles = ("Feature", "Channel", "Energy (keV)", "Deviation (eV)")
    return section("Calibration", facts(pairs), table(titles, rows, "numbers") if rows else "", *doubts)


def registration_part(ds: DataStack) -> Markup:
    """Return how well each registered photograph fits the maps; nothing if there is none."""
    parts = []
    for photo in registered_photos(ds)[:MAX_PHOTOS]:
        notes = ds.attributes(photo.name, latest=False)
        parts.append(element("h3", str(notes.get("photo") or photo.name)[:200]))
        pairs, sentence = _precision(ds, photo.points)
        parts.append(element("p", sentence))
        created = str(notes.get("created", ""))[:10]
        parts.append(facts([("Array", photo.name), ("Registered", created), *pairs]))
        points = RegisteredPoints.of(ds, photo.points)
        if points is not None:
            parts.append(points_table(points))
    return section("Registration", *parts)


def _precision(ds: DataStack, points: str | None) -> tuple[list[tuple[str, object]], str]:
    unknown = "How precisely it fits the maps was not kept with it."
    if points is None:
        return [], unknown
    try:
        places, notes = np.asarray(ds.read(points, latest=False)), ds.attributes(points, latest=False)
        middle = (ds.shape[1] - 1) / 2, (ds.shape[0] - 1) / 2
        sentence = error_sentence(places, notes, middle)
        return [
            ("Transform", notes.get("model")),
            ("Pairs of points", len(places)),
            ("Residual, root mean square", _in_pixels(notes.get("rms"))),
            ("Error of a click", _in_pixels(notes.get("click_error"))),
            ("Each point predicted from the others", _in_pixels(_rms(notes.get("leave_one_out")))),
        ], f"In the middle of the map: {sentence}"
    except (MaxrfError, ValueError, IndexError, TypeError):  # by other programs
        return [], unknown


def settings_part(ds: DataStack, elements: ScanElements | None) -> Markup:
    """Return what the numbers depend on, and the versions of the programs that made them."""
    smoothing = smoothing_of(ds, CUBE)
    spectra = f"smoothed, sigma {smoothing:g} channels" if smoothing else "counts as measured, not smoothed"
    moved = ds.row_displacement
    pairs: list[tuple[str, object]] = [
        ("Spectra", spectra),
        ("Odd rows", f"shifted back by {moved:.2f} pixels" if moved else ""),
    ]
    if elements is not None:
        pairs += _of_model(elements, ds.about)
    return section("Settings and versions", facts([*pairs, *_versions()]))


def _of_model(elements: ScanElements, about: Mapping[str, Any]) -> list[tuple[str, object]]:
    tube: Tube = elements.analysis.instrument.tube
    is_told = {"tube_anode", "tube_kV"} <= set(about)
    told = "as the file tells it" if is_told else elements.identification.tube_sentence
    return [
        ("X-ray tube", f"{tube.anode}, {tube.kv:g} kV"),
        ("Tube known from", told),
        ("Maps", "net counts of single pixels, not smoothed, from weighted least squares"),
        ("Fitted together", ", ".join(elements.maps.about.get("model", []))),
        ("Detection limit", f"{DETECTION:g} sigma of counting"),
        ("Version of the model", elements.maps.about.get("version", MODEL_VERSION)),
    ]


def _versions() -> list[tuple[str, object]]:
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return [
        ("Program", SOFTWARE),
        ("With", ", ".join([f"Python {platform.python_version()}", *found])),
    ]


def _rms(values: object) -> float | None:
    if not isinstance(values, list) or not values:
        return None
    return float(np.sqrt(np.mean(np.square(np.asarray(values, np.float64)))))


def _in_pixels(value: object) -> str:
    is_number = isinstance(value, int | float) and np.isfinite(value)
    return f"{value:.2f} map pixels" if is_number else ""
