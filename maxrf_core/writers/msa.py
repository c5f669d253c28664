"""EMSA/MAS: single spectra as text (.msa), ISO 22029; energy and counts of a channel on each line."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.cube.regions import Region
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.language import _, marked
from maxrf_core.names import file_stem
from maxrf_core.progress import Progress
from maxrf_core.writers.energy_line import energy_line
from maxrf_core.writers.new_files import NewFiles
from maxrf_core.writers.one_line import one_line
from maxrf_core.writers.writer import Writer

LINE_END = "\r\n"  # of the standard
MAX_TITLE = 64  # characters, of the standard
KINDS = ("mean", "sum", "max")
WORDS = {
    "mean": "mean counts of {pixels} pixels",
    "sum": "sum of the counts of {pixels} pixels",
    "max": "maximum counts of {pixels} pixels",
}


def write_msa(
    ds: DataStack,
    files: NewFiles,
    progress: Progress,
    *,
    pixel: tuple[int, int] | None = None,
    patches: bool = False,
) -> list[str]:
    """Write mean, sum and maximum of all pixels' counts, and of patches', or the spectrum of one pixel."""
    text = _Text(ds)
    if pixel is not None:
        x, y = pixel
        path = files.new(".msa")
        _write(path, text.of(ds.spectrum(x, y), f"pixel in column {x}, row {y}"))
        return []
    regions = _regions(ds, patches)
    paths = {(name, kind): files.new(f"{name}_{kind}.msa") for name in regions for kind in KINDS}
    for number, (name, (words, region)) in enumerate(regions.items()):
        done_before = number / len(regions)
        found = ds.region_spectrum(region, _part(progress, done_before, 1 / len(regions)))
        for kind in KINDS:
            what = f"{words}: {WORDS[kind].format(pixels=found.pixels)}"
            _write(paths[name, kind], text.of(getattr(found, kind), what))
    return []


def _part(progress: Progress, before: float, share: float) -> Progress:
    return lambda done, doing: progress(0.999 * (before + share * done), doing)


def _regions(ds: DataStack, patches: bool) -> dict[str, tuple[str, Any]]:
    """Return what is summed, in words and as a region, by what the names of its files add."""
    height, width, _channels = ds.shape
    found: dict[str, tuple[str, Any]] = {"": ("whole scan", Region.rectangle(0, 0, width - 1, height - 1))}
    for patch in ds.patches() if patches else []:
        found[_unused(f"_{file_stem(patch.name)}", found)] = (f"patch {patch.name}", patch.mask)
    if patches and len(found) == 1:
        raise DatastackError(
            _("{name} has no patches; mark some, or export the spectra of the whole scan alone.").format(
                name=ds.path.name
            )
        )
    return found


def _unused(name: str, names: Iterable[str]) -> str:
    """Return a name that no other patch's file has, in any case."""
    taken, number, found = {each.lower() for each in names}, 2, name
    while found.lower() in taken:
        found, number = f"{name}-{number}", number + 1
    return found


class _Text:
    """Texts of the spectra of one scan."""

    def __init__(self, ds: DataStack) -> None:
        self._about, self._axis, self._name = ds.about, ds.axis, ds.path.stem
        self._line = energy_line(ds)

    def of(self, counts: np.ndarray, what: str) -> str:
        """Return the text of a spectrum's file."""
        calibrated = self._axis.unit == "keV"
        keys: dict[str, Any] = {
            "FORMAT": "EMSA/MAS Spectral Data File",
            "VERSION": "1.0",
            "TITLE": (one_line(self._about.get("title")) or self._name)[:MAX_TITLE],
            "DATE": "",
            "TIME": "",
            "OWNER": "",
            "NPOINTS": len(counts),
            "NCOLUMNS": 1,
            "XUNITS": "keV" if calibrated else "channel",
            "YUNITS": "counts",
            "DATATYPE": "XY",
            "XPERCHAN": 1.0 if self._line is None else self._line.gain,
            "OFFSET": 0.0 if self._line is None else self._line.offset,
            "SIGNALTYPE": "XRF",
            "XLABEL": "Energy" if calibrated else "Channel",
            "YLABEL": "Counts",
        }
        voltage = self._about.get("tube_kV")
        if isinstance(voltage, int | float):
            keys["BEAMKV"] = float(voltage)
        keys["COMMENT"] = f"{one_line(what)}, written by {SOFTWARE}"
        keys["SPECTRUM"] = "Spectral Data Starts Here"
        lines = [f"#{key:<12}: {_value(value)}" for key, value in keys.items()]
        pairs = zip(self._axis.values.tolist(), counts.tolist(), strict=True)
        lines += [f"{energy!r}, {float(value)!r}" for energy, value in pairs]
        return LINE_END.join([*lines, f"#{'ENDOFDATA':<12}: End Of Data and File", ""])


def _value(value: Any) -> str:
    """Return a value without a colon and a space together, which end a keyword."""
    return value.replace(": ", ", ") if isinstance(value, str) else repr(value)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="ascii", errors="replace", newline="")


WRITER = Writer(
    key="msa",
    name="EMSA/MAS spectra (.msa)",
    read_by="HyperSpy, DTSA-II",
    keeps=marked("Mean, sum and maximum spectrum of the scan with energies, title and tube voltage."),
    loses=marked("The cube: single spectra have no pixels."),
    files=("_mean.msa", "_sum.msa", "_max.msa", ".msa"),
    write=write_msa,
    holds_spectra=True,
)
