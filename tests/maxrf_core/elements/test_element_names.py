"""Every element has a name in every language."""

import pytest

from maxrf_core.elements.element_names import FOREIGN_NAMES, LANGUAGES
from maxrf_core.elements.search import search
from maxrf_core.spectrum.elements import ELEMENTS


def test_every_element_has_a_name_in_every_language():
    assert list(FOREIGN_NAMES) == list(ELEMENTS)
    assert all(
        tuple(names) == LANGUAGES and all(map(all, names.values())) for names in FOREIGN_NAMES.values()
    )


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_every_name_is_found_and_means_its_element_alone(symbol: str):
    for names in FOREIGN_NAMES[symbol].values():
        for name in names:
            assert [match.elements for match in search(name)] == [(symbol,)], name
