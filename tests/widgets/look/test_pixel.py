"""The counts of a pixel: what is above its detection limit, and the limit of what is not."""

from tests.widgets.elements.made_examination import made_examination
from widgets.look.pixel import counts_of


def test_every_element_is_either_told_with_its_error_or_with_its_limit():
    examination = made_examination()
    seen, unseen = counts_of(examination, 3, 4)
    assert len(seen) + len(unseen) == len(examination.maps.names)
    assert all("±" in each for each in seen)
    assert all("<" in each for each in unseen)
