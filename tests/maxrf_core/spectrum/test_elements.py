"""Elements and the tube that excites them."""

import pytest
import xraylib
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.elements import ANODES, ELEMENTS, MAX_KV, MIN_KV, NAMES, Tube, tube_attributes
from maxrf_core.spectrum.lines import element_lines


def test_all_elements_from_sodium_to_uranium_have_symbol_name_and_a_line():
    assert len(ELEMENTS) == len(set(NAMES.values())) == 82
    assert [xraylib.SymbolToAtomicNumber(element) for element in ELEMENTS] == list(range(11, 93))
    for element in ELEMENTS:
        lines = element_lines(element, Tube())
        assert max(line.energy for line in lines) > 1, element
        assert all(line.energy < 50 for line in lines), element


@pytest.mark.parametrize(
    ("about", "tube"),
    [
        ({}, Tube("Rh", 50)),
        ({"tube_kV": 38.0, "tube_anode": "Ag"}, Tube("Ag", 38)),
        ({"tube_kV": 40}, Tube("Rh", 40)),
        ({"tube_anode": " mo "}, Tube("Mo", 50)),
        ({"tube_kV": 0.0, "tube_anode": "unknown"}, Tube("Rh", 50)),
        ({"tube_kV": "fifty", "tube_anode": 45}, Tube("Rh", 50)),
    ],
)
def test_the_tube_follows_the_plausible_attributes_of_the_file(about, tube):
    assert Tube.from_attributes(about) == tube
    assert Tube.from_attributes(about, anode="Mo", kv=30) == Tube(
        tube.anode if tube_attributes(about).get("tube_anode") else "Mo",
        tube.kv if tube_attributes(about).get("tube_kV") else 30,
    )


@pytest.mark.parametrize(
    ("anode", "kv"), [("Unobtainium", 50), ("H", 50), ("", 50), ("Rh", 3), ("Rh", 50_000)]
)
def test_a_tube_that_nobody_builds_is_refused(anode, kv):
    with pytest.raises(CalibrationError, match=r"no anode of a tube|no voltage of an X-ray tube"):
        Tube(anode, kv)


@given(st.sampled_from(ANODES), st.floats(MIN_KV, MAX_KV))
def test_a_tube_is_stored_in_the_file_and_read_back_unchanged(anode, kv):
    assert Tube.from_attributes(Tube(anode, kv).attributes(), anode="Cr", kv=30) == Tube(anode, kv)


@given(st.floats(MIN_KV, MAX_KV))
def test_no_photon_of_the_tube_has_more_energy_than_its_voltage(kv):
    energies, weights = zip(*Tube("Rh", kv).excitation, strict=True)
    assert 0 < min(energies) < max(energies) < kv
    assert list(weights) == sorted(weights, reverse=True)  # Kramers: fewer photons at higher energies
