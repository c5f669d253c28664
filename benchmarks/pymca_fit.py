"""PyMca's fast linear fit of the same cube, configured as its manual advises."""

import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.spectrum.families import split_family

EXCITATION = 22.5  # keV, with which the made spectra of the overlap scan were computed
LOW, HIGH = 0.9, 24.0  # keV that are fitted


def install(folder: Path) -> None:
    """Install PyMca5 in a folder of its own, without changing this program's packages."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder)]
    subprocess.run([*command, "PyMca5", "fisx"], check=True)


def fast_linear_fit(
    folder: Path, ds: DataStack, families: Mapping[str, str]
) -> tuple[dict[str, np.ndarray], float]:
    """Return PyMca's map of each element, (height, width), and the seconds that the fit took."""
    sys.path.insert(0, str(folder))
    from PyMca5.PyMcaPhysics.xrf import ClassMcaTheory
    from PyMca5.PyMcaPhysics.xrf.FastXRFLinearFit import FastXRFLinearFit

    theory = ClassMcaTheory.McaTheory()
    config = theory.getConfiguration()
    axis = ds.axis
    part = axis.channels(LOW, HIGH)
    config["fit"].update(
        energy=[EXCITATION], energyweight=[1.0], energyflag=[1], energyscatter=[0], scatterflag=0,
        xmin=part.start, xmax=part.stop - 1, use_limit=1, stripflag=1, stripalgorithm=1, snipwidth=30,
        hypermetflag=1, escapeflag=1, linearfitflag=1, continuum=0, fitweight=1,
    )  # fmt: skip
    config["detector"].update(
        zero=float(axis.values[0]), gain=float(axis.values[1] - axis.values[0]), noise=0.0767, fano=0.119
    )
    peaks: dict[str, list[str]] = {"Rh": ["L"]}
    for family in (*families.values(), "Pb-M"):
        element, shell = split_family(family)
        peaks.setdefault(element, []).append(shell)
    config["peaks"] = peaks
    height, width, channels = ds.shape
    counts = ds.cube().read(slice(height), slice(width), slice(channels)).astype(np.float32)
    fit = FastXRFLinearFit()
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = fit.fitMultipleSpectra(
            y=counts, x=np.arange(channels), weight=1, refit=0, configuration=config, concentrations=False
        )
    taken = time.perf_counter() - begun
    return {element: _map_of(result, family) for element, family in families.items()}, taken


def _map_of(result: object, family: str) -> np.ndarray:
    """Return the fitted areas of a family."""
    areas = result["parameters"]  # type: ignore[index]
    names = [str(name) for name in result.labels("parameters")]  # type: ignore[attr-defined]
    return np.asarray(areas[names.index(" ".join(split_family(family)))])
