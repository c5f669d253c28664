"""A small scan with known elements, whose step is stated."""

from pathlib import Path

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, made_counts

STEP = [0.5, 0.25]  # mm


def known_scan(folder: Path, name: str = "scan") -> DataStack:
    """Write the scan."""
    about = {"tube_kV": 50.0, "tube_anode": "Rh", "pixel_size_mm": STEP, "title": name}
    path = folder / f"{name}.datastack"
    return DataStack(convert(ArrayScan(made_counts()), path, calibration=CALIBRATION, about=about))
