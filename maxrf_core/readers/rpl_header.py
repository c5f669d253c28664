"""The .rpl header of a raw scan: size, type of number, energies, and what else it says.

The header has one key and one value a line. The rest differs between programs: keys in any case and order,
``-`` or ``_`` in them, tabs and spaces mixed, comments after ``;`` or ``#``, blank lines.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.written_numbers import read_number, split_unit

REQUIRED = ("width", "height", "depth", "data-length", "data-type")
KINDS = {"unsigned": "u", "signed": "i", "float": "f"}
BYTE_ORDERS = {"little-endian": "<", "big-endian": ">", "dont-care": "<"}
RECORDS = ("vector", "image", "dont-care")
# What programs write if the unit is unknown
UNKNOWN_UNITS = ("", "undefined", "<undefined>", "none", "unknown", "n/a", "-", "?", "t.b.d.", "tbd")
CHANNEL_UNITS = ("channel", "channels", "ch", "index", "px", "pixel", "pixels")
ENERGIES = {"kev": 1.0, "ev": 0.001}  # in keV
LENGTHS = {  # in mm
    "mm": 1.0, "millimeter": 1.0, "millimetre": 1.0, "cm": 10.0, "m": 1000.0, "nm": 1e-6,
    "um": 0.001, "µm": 0.001, "μm": 0.001, "micron": 0.001, "microns": 0.001, "micrometer": 0.001,
}  # fmt: skip
# A detector's channel is 0.001 to 0.05 keV wide, so a larger number is in eV.
MAX_GAIN = 0.5
MAX_OFFSET = 50.0  # keV, either way; a spectrum may have been cropped
MAX_VOLTAGE = 500.0  # kV, far beyond any tube of an XRF scanner
MAX_TITLE = 500  # characters


@dataclass(frozen=True, eq=False)
class Header:
    """Content of an .rpl header.

    Attributes
    ----------
    shape : tuple of int
        (height, width, channels).
    dtype : numpy.dtype
        Of the numbers in the raw file, with their byte order.
    offset : int
        Bytes in the raw file before the first number.
    by_image : bool
        True if the file holds one image after another (record-by image), False if it holds one spectrum
        after another (record-by vector).
    calibration : Calibration or None
        None if the header does not state both gain and offset, or their values are impossible.
    about : dict
        Further statements on the scan, under the names of a datastack's root attributes.
    notes : tuple of str
        Sentences that say what was left out, and why.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype
    offset: int = 0
    by_image: bool = False
    calibration: Calibration | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def expected_bytes(self) -> int:
        """Size that the raw file has to have."""
        height, width, channels = self.shape
        return self.offset + height * width * channels * self.dtype.itemsize


def parse_header(text: str, name: str = "the header") -> Header:
    """Read the text of an .rpl file.

    Parameters
    ----------
    text : str
        The file's text.
    name : str
        Name of the file in error messages.

    Raises
    ------
    ScanError
        If a key is missing or a value makes no sense; the sentence names it.

    Notes
    -----
    ``byte-order dont-care`` with numbers of more than one byte means little-endian here.

    Energies need both an origin (``depth-origin`` or ``depthscaleorigin``) and a scale (``depth-scale`` or
    ``depthscaleincrement``, else ``ev-per-chan``): a scale alone would shift all lines by the unknown zero of
    the detector. The unit is what ``depth-units`` or ``depthscaleunits`` says: keV or eV, all others are no
    energies. Without it ``ev-per-chan`` decides; else a scale above 0.5 is taken for eV, below for keV per
    channel. A scale of 1 from an origin of 0 without a unit only counts channels.

    Numbers may have a decimal comma. Impossible values are left out, and `Header.notes` says so.

    Examples
    --------
    >>> header = parse_header('''key value
    ... Width 4
    ... height\\t3   ; rows
    ... depth 2048
    ... data-length 2
    ... data-type unsigned
    ... byte-order big-endian
    ... record-by vector''')
    >>> header.shape, header.dtype.str, header.expected_bytes
    ((3, 4, 2048), '>u2', 49152)
    """
    values = _key_values(text)
    missing = [key for key in REQUIRED if key not in values]
    if missing:
        what = _("is no .rpl header") if len(missing) == len(REQUIRED) else _("is incomplete")
        raise ScanError(
            _("{name} {what}: it lacks {listed}.").format(name=name, what=what, listed=", ".join(missing))
        )
    width, height, depth = (_whole(values, key, name, min_value=1) for key in ("width", "height", "depth"))
    record = _choice(values, "record-by", RECORDS, name, default="vector")
    notes: list[Note] = []
    about = _about(values, notes)
    calibration = _calibration(values, name, notes)
    return Header(
        shape=(height, width, depth),
        dtype=_dtype(values, name),
        offset=_whole(values, "offset", name, min_value=0) if "offset" in values else 0,
        by_image=record == "image",
        calibration=calibration,
        about=about,
        notes=tuple(Note("{name}: {note}", name=name, note=_printable(note)) for note in notes),
    )


def _printable(note: Note) -> Note:
    """Return a note without signs that cannot be printed, which the header's values may hold."""
    values = {
        name: "".join(sign if sign.isprintable() else "?" for sign in value)
        for name, value in note.fields.items()
    }
    return Note(note.template, **values)


def _key_values(text: str) -> dict[str, str]:
    """Return the header's lines as key → value; keys in small letters, joined with ``-``."""
    values = {}
    for line in text.lstrip("\ufeff").splitlines():
        parts = re.split(r"[;#]", line, maxsplit=1)[0].split(maxsplit=1)
        if len(parts) == 2:
            values[parts[0].lower().replace("_", "-")] = parts[1].strip()
    return values


def _whole(values: Mapping[str, str], key: str, name: str, min_value: int) -> int:
    try:
        number = int(values[key])
    except ValueError:
        number = min_value - 1
    if number < min_value:
        raise ScanError(
            _(
                "{name} says {key} is {value:.40}, which has to be a whole number of at least {min_value}."
            ).format(name=name, key=key, value=values[key], min_value=min_value)
        )
    return number


def _choice(values: Mapping[str, str], key: str, choices: tuple[str, ...], name: str, default: str) -> str:
    value = re.sub(r"[\s_-]+", "-", values.get(key, default).lower().replace("'", ""))
    value = {"dontcare": "dont-care"}.get(value, value)
    if value not in choices:
        raise ScanError(
            _("{name} says {key} is {value:.40}, which has to be one of {listed}.").format(
                name=name, key=key, value=values[key], listed=", ".join(choices)
            )
        )
    return value


def _dtype(values: Mapping[str, str], name: str) -> np.dtype:
    kind = _choice(values, "data-type", tuple(KINDS), name, default="")
    order = _choice(values, "byte-order", tuple(BYTE_ORDERS), name, default="dont-care")
    lengths = (4, 8) if kind == "float" else (1, 2, 4, 8)
    length = _whole(values, "data-length", name, min_value=1)
    if length not in lengths:
        allowed = ", ".join(map(str, lengths))
        raise ScanError(
            _(
                "{name} says data-length is {length}, which for {kind} numbers has to be one of {allowed}."
            ).format(name=name, length=length, kind=kind, allowed=allowed)
        )
    return np.dtype(f"{BYTE_ORDERS[order]}{KINDS[kind]}{length}")


def _calibration(values: Mapping[str, str], name: str, notes: list[Note]) -> Calibration | None:
    """Return the energy scale; None if the header does not state it, with a note that says why."""
    origin = _first(values, "depth-origin", "depthscaleorigin")
    scale = _first(values, "depth-scale", "depthscaleincrement")
    unit = _first(values, "depth-units", "depthscaleunits").lower()
    of_channel = values.get("ev-per-chan", "")
    if unit in CHANNEL_UNITS or not (scale or of_channel):
        return None
    if unit not in (*UNKNOWN_UNITS, *ENERGIES):
        notes.append(
            Note("its channels are in {unit:.20}, which is no energy; the scan has no energies.", unit=unit)
        )
        return None
    try:
        step, start = read_number(scale or of_channel), read_number(origin or "0")
    except ValueError:
        notes.append(
            Note(
                "its energy scale ({origin:.30}, {scale:.30}) is not in numbers and was left out.",
                origin=origin,
                scale=scale or of_channel,
            )
        )
        return None
    if unit in UNKNOWN_UNITS and scale and (start, step) == (0, 1):  # only counts channels
        return None
    if not origin:
        notes.append(
            Note("it states the width of a channel but not the energy of channel 0; no energies were read.")
        )
        return None
    factor = ENERGIES.get(unit) or _guessed_unit(step, of_channel)
    calibrated = start * factor, step * (factor if scale else ENERGIES["ev"])
    if not (abs(calibrated[0]) <= MAX_OFFSET and 0 < calibrated[1] <= MAX_GAIN):
        notes.append(
            Note(
                "its energy scale ({origin:.30}, {scale:.30} {unit:.20}) cannot be meant and was left out.",
                origin=origin,
                scale=scale or of_channel,
                unit=unit,
            )
        )
        return None
    return Calibration(calibrated[1], calibrated[0], source=name)


def _guessed_unit(step: float, of_channel: str) -> float:
    """Return the unit of an energy scale without one, in keV."""
    try:
        stated = read_number(of_channel)
    except ValueError:
        stated = np.nan
    for factor in ENERGIES.values():
        if np.isclose(step * factor * 1000, stated, rtol=0.01):
            return factor
    return ENERGIES["ev"] if step > MAX_GAIN else ENERGIES["kev"]


def _about(values: Mapping[str, str], notes: list[Note]) -> dict[str, Any]:
    """Return what else the header states: title, pixel size, times, the tube's voltage."""
    about: dict[str, Any] = {}
    for key, name in (("title", "title"), ("instrument", "instrument")):
        text = "".join(filter(str.isprintable, values.get(key, "")))[:MAX_TITLE].strip()
        if text:
            about[name] = text
    amounts = {
        "live_time_s": ("live-time", {"s": 1.0, "sec": 1.0, "ms": 0.001}, np.inf),
        "real_time_s": ("real-time", {"s": 1.0, "sec": 1.0, "ms": 0.001}, np.inf),
        "tube_kV": ("beam-energy", {"kv": 1.0, "kev": 1.0, "v": 0.001}, MAX_VOLTAGE),
        "ev_per_channel": ("ev-per-chan", {"ev": 1.0, "kev": 1000.0}, 1000 * MAX_GAIN),
    }
    for name, (key, units, max_value) in amounts.items():
        value = _amount(values.get(key, ""), "", units, max_value, "")
        if value:
            about[name] = value
        elif value is None:
            notes.append(
                Note("its {key} ({value:.40}) cannot be meant and was left out.", key=key, value=values[key])
            )
    sides = [
        _amount(values.get(f"{side}-scale", ""), values.get(f"{side}-units", ""), LENGTHS, 1000.0, None)
        for side in ("width", "height")
    ]
    if all(sides):
        about["pixel_size_mm"] = np.array(sides, dtype=np.float64)
    elif any(sides) or None in sides:
        notes.append(Note("the size that it gives for a pixel cannot be meant and was left out."))
    return about


def _amount(
    text: str, unit: str, units: Mapping[str, float], max_value: float, default: str | None
) -> float | None:
    """Return an amount in the first of some units: 0 if none is stated, None if its value is impossible.

    Without a unit it is in the first of them unless `default` is None.
    """
    if not text:
        return 0.0
    try:
        value, own = split_unit(text)
    except ValueError:
        return None
    unit = (own or unit).lower()
    if unit in (*UNKNOWN_UNITS, *CHANNEL_UNITS):
        if default is None:
            return 0.0
        unit = next(iter(units))
    value *= units.get(unit, np.nan)
    return value if 0 < value <= max_value and np.isfinite(value) else 0.0 if value == 0 else None


def _first(values: Mapping[str, str], *keys: str) -> str:
    return next((values[key] for key in keys if key in values), "")
