"""The earlier address of the part Elements of the page Look."""

from pathlib import Path

from tests.pages.old_addresses import part_at


def test_the_address_leads_to_the_part_with_scan_band_and_element(data_folder: Path):
    assert part_at("elements") == "elements"
