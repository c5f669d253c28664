"""The table lists every element that has a line in the scan, those with maps first."""

from maxrf_core.export.element_table import element_rows
from tests.maxrf_core.elements.made_scan import COUNTS


def test_elements_with_maps_come_first_and_no_element_is_left_out(known):
    elements = known[1]
    rows = list(element_rows(elements))
    mapped = [row.family for row in rows if row.family]
    assert set(COUNTS) <= set(mapped)
    assert all(row.family for row in rows[: len(mapped)])
    assert {row.element for row in rows} == {each.element for each in elements.identification.findings}
