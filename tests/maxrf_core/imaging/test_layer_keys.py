"""Keys of layers, which also come from files of others."""

import pytest

from maxrf_core.imaging.layer_keys import band_key, band_of, photo_key, photo_of, title_of


def test_layers_have_the_names_of_elements():
    assert [title_of(family) for family in ("Fe-K", "Pb-L", "Pb-M")] == ["Fe", "Pb L", "Pb M"]


def test_a_key_tells_what_it_was_made_of():
    assert band_of(band_key(6.25, 6.55)) == (6.25, 6.55)
    assert photo_of(photo_key("imvis_reg:2")) == "imvis_reg:2"


@pytest.mark.parametrize("key", ["band:1", "band:a:b", "band:1:nan", "band:1:2:3", "photo:", "photo", "Fe-K"])
def test_other_keys_are_no_band_and_no_photograph(key):
    assert band_of(key) is None
    assert photo_of(key) is None
