"""Single spectra through RosettaSciIO: .spx of Bruker and .msa (EMSA/MAS)."""

import re
import xml.etree.ElementTree as ET

import numpy as np

from maxrf_core.readers.axes import KEV


def read_msa(text: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Read the text of an .msa file.

    Returns
    -------
    counts : ndarray, shape (channels,), float64
    energies : ndarray, shape (channels,), float64, or None
        keV; None if its unit is none of energy.
    """
    from rsciio.msa._api import parse_msa_string  # slow to import

    # RosettaSciIO 0.15 wants a space behind each colon and no empty lines
    lines = [re.sub("^(#[^:]*):[ \t]*", r"\1: ", line) for line in text.splitlines() if line.strip()]
    [signal] = parse_msa_string("\n".join(lines))
    counts = np.asarray(signal["data"], np.float64)
    [axis] = signal["axes"]
    factor = KEV.get(str(axis["units"]).strip().lower())
    if factor is None:
        return counts, None
    return counts, _line(axis["offset"], axis["scale"], counts.size, factor)


def read_spx(content: bytes) -> tuple[np.ndarray, np.ndarray | None]:
    """Read the content of an .spx file; results as of `read_msa`.

    Raises
    ------
    ValueError
        If it defines entities, which could grow without end, or holds no spectrum.
    """
    from rsciio.bruker._api import EDXSpectrum  # slow to import

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("it defines entities")
    node = ET.fromstring(content).find("./ClassInstance[@Type='TRTSpectrum']")
    if node is None:
        raise ValueError("it holds no spectrum")
    spectrum = EDXSpectrum(node)
    counts = np.asarray(spectrum.data, np.float64)
    return counts, _line(spectrum.offset, spectrum.scale, counts.size, 1.0)


def _line(offset: float, scale: float, channels: int, factor: float) -> np.ndarray | None:
    offset, scale = float(offset) * factor, float(scale) * factor
    return offset + scale * np.arange(channels) if scale > 0 and np.isfinite(offset + scale) else None
