"""Measured spectra: those of NIST are in tests/data, the others only in the shared folder."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from maxrf_core.spectrum.calibration import Calibration

NIST = Calibration(0.0099987, -0.956415)  # from nine pure elements; the files' own is up to 6 eV off


@dataclass(frozen=True, eq=False)
class Genuine:
    """One measured spectrum with the energies that are right for it."""

    name: str
    counts: np.ndarray
    offset: float
    gain: float
    must_find: tuple[str, ...] = ()
    may_find: tuple[str, ...] = ()
    anode: str | None = "Rh"
    tube_kv: float = 50.0

    @cached_property
    def energies(self) -> np.ndarray:
        return self.offset + self.gain * np.arange(len(self.counts))


def bruker_spectra(data: Path) -> list[Genuine]:
    """The spectra of the Bruker M6 and of NIST: a Rh tube at 50 kV, 4096 channels, the zero peak at 0 keV."""
    found = []
    for path in sorted((data / "real").glob("*/*.spx")):
        text = path.read_text(errors="replace")
        values = {tag: re.search(f"<{tag}>([^<]+)<", text) for tag in ("Channels", "CalibAbs", "CalibLin")}
        counts, offset, gain = (match[1] for match in values.values() if match)
        found.append(Genuine(path.stem, _counts(counts), float(offset), float(gain)))
    for path in sorted((data / "real").glob("*/*.msa")):
        head, body = path.read_text(errors="replace").split("#SPECTRUM", 1)
        told = dict(re.findall(r"#(\w+)\s*:\s*(\S+)", head))
        counts = body.split("\n", 1)[1].split("#ENDOFDATA")[0]
        found.append(Genuine(path.stem, _counts(counts), float(told["OFFSET"]), float(told["XPERCHAN"])))
    return found


def other_spectra(folder: Path) -> list[Genuine]:
    """The spectra of nine other instruments, of which spectra.md tells the traps."""
    told = {each["key"]: each for each in json.loads((folder / "spectra.json").read_text())}
    found = []
    for path in sorted(folder.glob("*.npz")):
        for key, counts in np.load(path).items():
            name = path.stem if key == "counts" else key
            about = told.get(name) or told["fresco_aurora-antico1-prova1_10264"]  # the other is its repeat
            offset, gain = about["axis_offset_gain"]
            found.append(
                Genuine(
                    name,
                    counts.reshape(-1, counts.shape[-1]).sum(axis=0).astype(float),
                    offset,
                    gain,
                    tuple(about["must_find"]),
                    tuple(about["may_find"]),
                    about["anode"],
                    about["kv_or_beam"],
                )
            )
    return found


def _counts(text: str) -> np.ndarray:
    return np.array([float(each) for each in re.split(r"[,\s]+", text) if each]).clip(0)
