"""Names of single lines beside those of families."""

import pytest

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.line_names import family_of, line_group, line_title


@pytest.mark.parametrize("name", ["Fe-K", "Pb-L", "Pb-M", "Pb-Ma", "Pb-Lx"])
def test_a_family_is_no_line(name):
    assert line_group(name) is None


def test_a_line_has_a_family_and_a_title():
    assert (family_of("Hg-Lg"), line_group("Hg-Lg"), line_title("Hg-Lg")) == ("Hg-L", "g", "Hg Lγ")


@pytest.mark.parametrize("name", ["Xx-La", "Pb-Ma", "La"])
def test_what_is_none_is_refused(name):
    with pytest.raises(CalibrationError, match="no family of lines"):
        family_of(name)
