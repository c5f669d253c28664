"""Files with one spectrum each, as tests need them."""

from pathlib import Path

import numpy as np
from rsciio.msa import file_writer

GAIN, OFFSET = 0.02, -0.1
AMPTEK = """<<PMCA SPECTRUM>>
TAG - live_data
DESCRIPTION -{title}
GAIN - 2
LIVE_TIME - {seconds}
REAL_TIME - 12.500000
SERIAL_NUMBER - 2315
<<CALIBRATION>>
LABEL - keV
10 0.1
90 1.7
<<DATA>>
{counts}
<<END>>
<<DP5 CONFIGURATION>>
RESC=Y;
"""


def amptek(counts: np.ndarray, seconds: float = 2.5, title: str = "") -> str:
    """Return the text of an .mca file; its energies are −0.1 + 0.02 n keV."""
    return AMPTEK.format(counts="\n".join(map(str, counts)), seconds=seconds, title=title)


def write_msa(path: Path, counts: np.ndarray, place: tuple[float, float] | None = None) -> None:
    """Write an .msa file by RosettaSciIO, with the place of its pixel in mm."""
    axis = {"name": "E", "size": len(counts), "offset": OFFSET, "scale": GAIN, "units": "keV"}
    metadata = {"General": {"title": "a"}, "Signal": {"signal_type": "EDS"}, "Acquisition_instrument": {}}
    signal = {"data": counts, "axes": [axis], "metadata": metadata, "original_metadata": {}}
    file_writer(str(path), signal)
    if place is not None:
        lines = f"#XPOSITION  mm: {place[0]}\n#YPOSITION  mm: {place[1]}\n#SPECTRUM"
        path.write_text(path.read_text().replace("#SPECTRUM", lines))
