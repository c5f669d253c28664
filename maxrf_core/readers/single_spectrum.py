"""Files with one spectrum: .mca of Amptek and of SPEC, .spx of Bruker, .msa (EMSA/MAS), and columns of text.

Those of Bruker and EMSA/MAS are read by RosettaSciIO.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maxrf_core.errors import MaxrfError, ScanError, unreadable
from maxrf_core.language import _
from maxrf_core.readers.axes import KEV, MIN_CHANNELS, energies_of
from maxrf_core.readers.rosetta_spectra import read_msa, read_spx

ENDINGS = (".mca", ".spx", ".msa", ".txt")
MAX_BYTES = 4_000_000  # a spectrum of 65,536 channels as text takes about one
MAX_CHANNELS = 65_536
MAX_HEADER_LINES = 200  # before columns of numbers
START_BYTES = 16_384  # of a file, in which its header tells times and places

_SECONDS = (
    (re.compile(rb"^LIVE_TIME - ([0-9.eE+-]+)", re.MULTILINE), 1.0),
    (re.compile(rb"^#LIVETIME[^:\r\n]*:\s*([0-9.eE+-]+)", re.MULTILINE), 1.0),
    (re.compile(rb"<LifeTime>([0-9.eE+-]+)</LifeTime>"), 1e-3),
)
_POSITION = re.compile(rb"^#([XY])POSITION([^:\r\n]*):\s*([0-9.eE+-]+)", re.MULTILINE)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, eq=False)
class SingleSpectrum:
    """A spectrum as a file holds it.

    Attributes
    ----------
    counts : ndarray, shape (channels,), float64
    energies : ndarray, shape (channels,), float64, or None
        keV; None if the file does not state them.
    notes : tuple of str
        Sentences for people on what was assumed.
    """

    counts: np.ndarray
    energies: np.ndarray | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpectrumHeader:
    """What the beginning of a file tells of its spectrum.

    Attributes
    ----------
    live_time_s : float
        NaN if it is not told.
    place_mm : (float, float) or None
        x and y; None if they are not told.
    """

    live_time_s: float = float("nan")
    place_mm: tuple[float, float] | None = None


def read_spectrum_file(path: Path) -> SingleSpectrum:
    """Read a file with one spectrum.

    Raises
    ------
    ScanError
        If it holds none, or cannot be read.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(path.name, error) from error
    return parse_spectrum(content, path.name)


def parse_spectrum(content: bytes, name: str) -> SingleSpectrum:
    """Read a spectrum from the content of a file; its kind is told by the content.

    Parameters
    ----------
    content : bytes
    name : str
        Of the file, for messages.

    Raises
    ------
    ScanError
        If it holds no spectrum.

    Examples
    --------
    >>> text = b"Energy [eV];Counts\\n" + b"".join(b"%d;%d\\n" % (20 * n, n) for n in range(16))
    >>> spectrum = parse_spectrum(text, "a.txt")
    >>> spectrum.counts[:3].tolist(), spectrum.energies[1].item()
    ([0.0, 1.0, 2.0], 0.02)
    """
    if len(content) > MAX_BYTES:
        raise ScanError(_("{name} is too large for a file with one spectrum.").format(name=name))
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if start.startswith(b"<<PMCA SPECTRUM>>"):
            found = _amptek(content.decode("latin-1"), name)
        elif start.upper().startswith(b"#FORMAT") and b"EMSA" in start.upper():
            found = SingleSpectrum(*read_msa(content.decode("latin-1")))
        elif start.startswith(b"<") and b"TRTSpectrum" in start:
            found = SingleSpectrum(*read_spx(content))
        elif re.search(rb"^@A\s", content, re.MULTILINE):
            found = _spec(content.decode("latin-1"))
        else:
            found = _columns(content.decode("latin-1"), name)
    except MaxrfError:
        raise
    except Exception as error:  # the parsers raise nearly anything on damaged files
        raise _no_spectrum(name) from error
    channels = found.counts.size
    if found.counts.ndim != 1 or not MIN_CHANNELS <= channels <= MAX_CHANNELS:
        raise _no_spectrum(name)
    return found


def spectrum_header(start: bytes) -> SpectrumHeader:
    """Return what the first bytes of a file tell of its live time and place.

    Examples
    --------
    >>> spectrum_header(b"#LIVETIME  -s: 2.5\\n#XPOSITION mm: 1.5\\n#YPOSITION mm: -2\\n")
    SpectrumHeader(live_time_s=2.5, place_mm=(1.5, -2.0))
    """
    seconds = float("nan")
    for pattern, factor in _SECONDS:
        if found := pattern.search(start):
            seconds = _float(found[1]) * factor
            break
    places = {
        found[1]: _float(found[3]) * (1e-3 if b"um" in found[2].lower() else 1.0)
        for found in _POSITION.finditer(start)
    }
    place = (places[b"X"], places[b"Y"]) if len(places) == 2 else None
    return SpectrumHeader(seconds, place if place and np.isfinite(place).all() else None)


def _float(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _amptek(text: str, name: str) -> SingleSpectrum:
    """Read a .mca of Amptek's programs: counts between <<DATA>> and <<END>>, one on a line."""
    parts = dict(re.findall(r"^<<([^<>\r\n]+)>>\s*?$([^<]*)", text, re.MULTILINE))
    counts = np.array(parts["DATA"].split(), np.float64)
    label = re.search(r"^LABEL - (.*)$", parts.get("CALIBRATION", ""), re.MULTILINE)
    points = re.findall(r"^\s*([0-9.eE+-]+)\s+([0-9.eE+-]+)\s*$", parts.get("CALIBRATION", ""), re.MULTILINE)
    if len(points) < 2 or len({place for place, _energy in points}) < 2:
        return SingleSpectrum(counts)
    channels, values = np.array(points, np.float64).T
    gain, offset = np.polyfit(channels, values, 1)
    unit = label[1].strip().lower() if label else ""
    energies, notes = energies_of(
        offset + gain * np.arange(counts.size), unit if unit in KEV else "", counts.size, name
    )
    return SingleSpectrum(counts, energies, tuple(notes))


def _spec(text: str) -> SingleSpectrum:
    """Read the first spectrum of a SPEC file: numbers after @A, in lines that end with a backslash."""
    text = text.replace("\r", "").replace("\\\n", " ")
    line = re.search(r"^@A\s+(.*)$", text, re.MULTILINE)
    assert line is not None
    counts = np.array(line[1].split(), np.float64)
    calibration = re.search(r"^#@CALIB\s+(\S+)\s+(\S+)\s+(\S+)", text, re.MULTILINE)
    first = re.search(r"^#@CHANN\s+\S+\s+(\S+)", text, re.MULTILINE)
    if calibration is None:
        return SingleSpectrum(counts)
    channels = np.arange(counts.size) + (float(first[1]) if first else 0.0)
    values = sum(float(calibration[power + 1]) * channels**power for power in range(3))
    energies, _notes = energies_of(values, "", counts.size, "")
    return SingleSpectrum(counts, energies)


def _columns(text: str, name: str) -> SingleSpectrum:
    """Read counts, or energies (or numbers of channels) and counts, in columns below lines of text."""
    lines = [line for line in text.splitlines() if line.strip()]
    begin = next((n for n, line in enumerate(lines[:MAX_HEADER_LINES]) if _cells(line)), None)
    if begin is None:
        raise _no_spectrum(name)
    rows = [_cells(line) for line in lines[begin:]]
    width = len(rows[0])
    if width > 2 or any(len(row) != width for row in rows):
        raise ScanError(
            _("{name} is no spectrum: its text has other than one or two columns of numbers.").format(
                name=name
            )
        )
    values = np.array(rows, np.float64)
    if width == 1:
        return SingleSpectrum(values[:, 0])
    heading = " ".join(lines[:begin]).lower()
    unit = "keV" if "kev" in heading else "eV" if re.search(r"\bev\b", heading) else ""
    is_number = bool((np.diff(values[:, 0]) == 1).all())
    energies, notes = (None, []) if is_number else energies_of(values[:, 0], unit, len(values), name)
    return SingleSpectrum(values[:, 1], energies, tuple(notes))


def _cells(line: str) -> list[str]:
    """Return the numbers of a line, with points for decimal commas; empty if it has anything else."""
    parts = line.split(";") if ";" in line else line.split("\t") if "\t" in line.strip() else line.split()
    if len(parts) == 1 and parts[0].count(",") == 1:
        parts = parts[0].split(",")
    cells = [part.strip().strip(",") for part in parts if part.strip().strip(",")]
    if not cells or not all(_NUMBER.fullmatch(cell) for cell in cells):
        return []
    return [cell.replace(",", ".") for cell in cells]


def _no_spectrum(name: str) -> ScanError:
    return ScanError(
        _("{name} holds no spectrum of a known kind; it may be damaged. Export it as .msa or text.").format(
            name=name
        )
    )
