"""The tube's scattered lines: where they lie, and that each has unit area."""

import numpy as np
import pytest

from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.response import Response
from maxrf_core.spectrum.scatter import scatter_columns

RESPONSE = Response(-0.95, 0.01)


def test_rayleigh_and_compton_of_rhodium_lie_where_spectra_have_them():
    columns = scatter_columns(Tube("Rh", 50), RESPONSE, 4096, 142, 0.45)
    energies = RESPONSE.energies(4096)
    assert energies[columns["Rh Rayleigh K"].argmax()] == pytest.approx(20.20, abs=0.03)
    assert energies[columns["Rh Compton narrow"].argmax()] == pytest.approx(18.87, abs=0.05)
    assert energies[columns["Rh Rayleigh L"].argmax()] == pytest.approx(2.70, abs=0.03)
    for column in columns.values():
        assert column.sum() == pytest.approx(1)
    assert columns["Rh Compton wide"].max() < columns["Rh Compton narrow"].max()


def test_a_heavy_anode_scatters_its_l_lines_by_compton_too():
    names = scatter_columns(Tube("W", 50), RESPONSE, 4096, 142, 0.45).keys()
    assert {"W Rayleigh L", "W Compton L narrow"} <= names
    assert not any(name.endswith("K") for name in names)


def test_a_voltage_below_the_edge_leaves_out_the_k_lines():
    names = scatter_columns(Tube("Rh", 15), RESPONSE, 4096, 142, 0.45).keys()
    assert set(names) == {"Rh Rayleigh L"}
    assert np.isfinite(list(scatter_columns(Tube("Rh", 15), RESPONSE, 40, 142, 0.45).values())).all()
