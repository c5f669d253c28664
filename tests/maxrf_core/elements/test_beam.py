"""A monochromatic beam is told from its scattered line, and excites what lies below it only."""

import numpy as np
import pytest

from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.beam import beam_candidates, find_beam
from maxrf_core.elements.identify import identify_spectrum
from maxrf_core.elements.maps import map_model
from maxrf_core.elements.tube_choice import choose_tube
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import Tube
from tests.maxrf_core.elements.made_scan import AXIS, made_spectrum
from tests.maxrf_core.spectrum.genuine_spectra import bruker_spectra, other_spectra

# Energies of the beams: as their sources tell them, within the error of their axes.
BEAMS = {"gse_srm1832_d0": 12.5, "gse_axo_d0": 21.0, "pymca_steel": 16.0}


def axo_at_2_id_e(shared):
    """The spectrum of a thin film at 10 keV, of one detector of four."""
    with np.load(shared("data/real/aps_2ide/axo_std_cube.npz")) as stored:
        counts = stored["cube"][:, :, 0].sum(axis=(0, 1)).astype(np.float64)
    return counts, SpectralAxis(0.00096 + 0.0095762 * np.arange(len(counts)), "keV")


@pytest.mark.parametrize("name", BEAMS)
def test_the_beam_of_a_synchrotron_is_proposed(shared, name):
    genuine = {each.name: each for each in other_spectra(shared("data/spectra"))}[name]
    choice = choose_tube(genuine.counts, SpectralAxis(genuine.energies, "keV"))
    assert choice.tube.is_beam
    assert choice.tube.kv == pytest.approx(BEAMS[name], abs=0.1)
    assert f"monochromatic beam of {choice.tube.kv:.2f} keV" in str(choice.sentence)
    assert not choice.told


def test_tubes_are_not_taken_for_beams(shared):
    spectra = [
        each
        for each in [*other_spectra(shared("data/spectra")), *bruker_spectra(shared("data"))]
        if each.name not in BEAMS
    ]
    assert len(spectra) > 40
    axes = [SpectralAxis(each.energies, "keV") for each in spectra]
    tried = [
        (each, axis) for each, axis in zip(spectra, axes, strict=True) if beam_candidates(each.counts, axis)
    ]
    assert tried  # of NIST's pure elements, whose last strong line is followed by little
    # Six of the kinds that are nearest to one line with nothing beyond it.
    nearest = ("xgt_zirconia", "xgt_Zn", "px5_se_run1", "Zr_50", "Cr_50", "Sn_50")
    found = {each.name: find_beam(each.counts, axis) for each, axis in tried if each.name.startswith(nearest)}
    assert len(found) == len(nearest)
    assert not any(found.values())


def test_elements_of_a_film_at_a_synchrotron_are_found(shared):
    counts, axis = axo_at_2_id_e(shared)
    choice = choose_tube(counts, axis)
    analysis = analyse(counts, axis, choice.tube)
    assert choice.tube.kv == pytest.approx(10.0, abs=0.1)
    found = identify_spectrum(analysis, choice.sentence)
    assert {"Ca", "La", "Fe", "Cu"} == {*found.elements("sure")}
    assert "Pb" in found.elements("possible")  # its M lines alone are excited
    assert found.of("mono") is None
    assert "As-K" not in analysis.fit.model.families  # its edge lies above the beam
    names = map_model(analysis, ["Fe-K"]).names
    assert {"mono Rayleigh K", "mono Compton narrow"} <= {*names}


def test_a_beam_that_is_told_is_used_as_it_is():
    assert choose_tube(made_spectrum(), AXIS, "mono", 17.4).tube == Tube("mono", 17.4)
    assert choose_tube(made_spectrum(), AXIS, "mono", 17.4).sentence == ""


def test_a_beam_without_energy_that_nothing_tells_is_asked_for():
    choice = choose_tube(made_spectrum(), AXIS, "mono")
    assert choice.tube.is_beam
    assert "state it in keV" in str(choice.sentence)
