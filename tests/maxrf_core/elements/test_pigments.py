"""Every pigment is found by each of its names, and its elements exist."""

import pytest

from maxrf_core.elements.pigments import PIGMENTS, Pigment
from maxrf_core.elements.search import search
from maxrf_core.spectrum.elements import NAMES


@pytest.mark.parametrize("pigment", PIGMENTS, ids=lambda pigment: pigment.name)
def test_each_name_of_a_pigment_means_it_alone(pigment: Pigment):
    assert pigment.elements
    assert set(pigment.elements) <= NAMES.keys()
    for name in (pigment.name, *pigment.others):
        assert [match.name for match in search(name)] == [pigment.name], name
