"""Identification of mixtures of measured spectra, whose elements are known, at several numbers of counts."""

from pathlib import Path

import numpy as np

from benchmarks.report import Row
from maxrf_core.datastack.scan_identify import identify
from maxrf_core.spectrum.calibration import SpectralAxis
from tests.maxrf_core.spectrum.genuine_spectra import NIST

PURE = ("Si", "S", "Ti", "Cr", "Fe", "Ni", "Cu", "Zr", "Sn")
ALSO = {"Zr": ("Hf",), "Sn": ("Pb",)}  # in the pure elements that were measured
BLANK = "Acrylic_600s"
COUNTS = (30_000, 300_000, 3_000_000)
N_MIXTURES = 25
MIN_ELEMENTS, MAX_ELEMENTS = 2, 4
LEAST_SHARE = 0.05  # of a mixture's fluorescence
SEED = 14


def mixture_rows(shared: Path) -> list[Row]:
    """Identify 25 mixtures at each number of counts; the tube is stated."""
    with np.load(shared / "data" / "real" / "nexl_rh50kv" / "rh50kv_measured_spectra.npz") as stored:
        spectra = {
            str(name): np.clip(counts, 0, None).astype(np.float64)
            for name, counts in zip(stored["names"], stored["counts"], strict=True)
        }
    axis = SpectralAxis(NIST.energies(len(spectra[BLANK])), "keV")
    rows: list[Row] = [["counts", "sure", "sure or possible", "false among the sure"]]
    for total in COUNTS:
        random = np.random.default_rng([SEED, total])
        n_all = n_sure = n_found = 0
        false: list[str] = []
        for _ in range(N_MIXTURES):
            elements, counts = mixture(spectra, total, random)
            found = identify(counts, axis, anode="Rh", kv=50)
            sure, possible = found.elements("sure"), found.elements("possible")
            n_all += len(elements)
            n_sure += len({*elements} & {*sure})
            n_found += len({*elements} & {*sure, *possible})
            true = {*elements, *(also for element in elements for also in ALSO.get(element, ()))}
            false += sorted({*sure} - true)
        rows.append(
            [
                f"{total:,}",
                f"{n_sure} of {n_all} ({n_sure / n_all:.0%})",
                f"{n_found} of {n_all} ({n_found / n_all:.0%})",
                " ".join(false) or "none",
            ]
        )
    return rows


def mixture(
    spectra: dict[str, np.ndarray], total: int, random: np.random.Generator
) -> tuple[list[str], np.ndarray]:
    """Draw a mixture's elements and its counts: some pure elements, and as much scatter."""
    count = int(random.integers(MIN_ELEMENTS, MAX_ELEMENTS + 1))
    elements = [str(name) for name in random.choice(PURE, count, replace=False)]
    shares = LEAST_SHARE + (1 - LEAST_SHARE * count) * random.dirichlet(np.ones(count))
    mean = sum(
        share * spectra[name] / spectra[name].sum()
        for name, share in zip([*elements, BLANK], [*shares, random.uniform(0.2, 1.0)], strict=True)
    )
    return elements, random.poisson(total * mean / np.sum(mean)).astype(np.float64)
