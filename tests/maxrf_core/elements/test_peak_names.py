"""The peaks of a spectrum are named by the identification, and never by the nearest line."""

from dataclasses import replace

import numpy as np

from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.identify import POSSIBLE, Finding, Identification, identify_spectrum
from maxrf_core.elements.peak_names import name_peaks
from maxrf_core.elements.tube_choice import choose_tube
from maxrf_core.spectrum.calibration import SpectralAxis
from tests.maxrf_core.elements.made_scan import AXIS, INSTRUMENT, N, analysed, made_spectrum
from tests.maxrf_core.spectrum.genuine_spectra import other_spectra


def named(energies, without=(), identification=None, spectrum=None):
    analysis = analysed(without)
    channels = [AXIS.index(energy) for energy in energies]
    return name_peaks(analysis, identification or identify_spectrum(analysis), channels, spectrum)


def with_status(status, *elements, of=None):
    """Return an identification in which some elements have another status."""
    found = of or identify_spectrum(analysed())
    changed = [replace(each, status=status) if each.element in elements else each for each in found.findings]
    return Identification(tuple(changed), found.tube_sentence, found.unexplained)


def test_each_peak_has_the_line_with_the_most_counts():
    energies = [3.69, 4.51, 4.83, 6.40, 7.06, 8.05, 10.55, 12.61, 14.76, 18.85, 20.2]
    assert named(energies) == [
        "Ca Ka", "Ti Ka", "Ba Lb", "Fe Ka", "Fe Kb", "Cu Ka",
        "Pb La", "Pb Lb", "Pb Lg", "Rh Ka Compton", "Rh Ka",
    ]  # fmt: skip


def test_the_peak_at_4_5_kev_is_titanium_or_barium_by_what_is_there():
    assert named([4.47]) == ["Ti Ka"]
    assert named([4.47], without=("Ti-K",)) == ["Ba La"]


def test_an_element_that_is_only_possible_has_a_question_mark():
    assert named([8.05], identification=with_status(POSSIBLE, "Cu")) == ["Cu Ka?"]


def test_a_peak_of_nothing_that_is_there_is_unknown_and_no_name_lies_outside_the_fit():
    assert named([8.05], identification=with_status("absent", "Cu")) == ["?"]
    assert named([0.2, 60.0 if AXIS.values[-1] > 60 else AXIS.values[-1]])[0] == ""


def test_a_peak_of_a_few_bright_pixels_is_named_by_the_max_spectrum():
    """Mercury in a few pixels: the mean spectrum does not show it, but it was found in a bright spot."""
    found = identify_spectrum(analysed())
    mercury = Finding("Hg", "sure", "Hg-L", 500.0, 20.0, (), "", "bright spot at x 3, y 4")
    findings = (mercury, *(each for each in found.findings if each.element != "Hg"))
    spotted = Identification(findings, "", ())
    highest = made_spectrum() / made_spectrum().max() * 400 + 3000 * INSTRUMENT.family("Hg-L", N)
    assert named([9.99, 11.82]) == ["?", "?"]
    assert named([9.99, 11.82], identification=spotted, spectrum=highest) == ["Hg La", "Hg Lb"]


def test_the_lead_of_a_fresco_is_not_called_arsenic_though_no_header_names_the_tube(shared):
    each = next(each for each in other_spectra(shared("data/spectra")) if each.name.startswith("fresco"))
    axis = SpectralAxis(np.asarray(each.energies, np.float64), "keV")
    tube = choose_tube(each.counts, axis).tube
    analysis = analyse(each.counts, axis, tube)
    channels = [axis.index(energy) for energy in (3.69, 6.40, 8.05, 10.55, 22.1)]
    names = name_peaks(analysis, identify_spectrum(analysis), channels)
    assert names == ["Ca Ka", "Fe Ka", "Cu Ka?", "Pb La", "Ag Ka"]
