"""The contents of a datastack are told as aligned lines, with sizes as people write them."""

import pytest

from maxrf_core.datastack.contents import describe, size_text
from maxrf_core.names import Entry


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (22_400_000_000, "22.4 GB"),
        (5_000_000, "5.0 MB"),
    ],
)
def test_sizes_are_in_the_unit_in_which_they_are_short(size, text):
    assert size_text(size) == text


def test_each_array_has_a_line_with_its_shape_type_and_size_in_columns(tmp_path):
    path = tmp_path / "scan.datastack"
    path.write_bytes(bytes(1500))
    entries = [Entry("maxrf_cube", (20, 17, 90), "uint16", 7000), Entry("one", (), "text", 4)]
    assert describe(path, entries).splitlines() == [
        f"{path} (1.5 kB)",
        "maxrf_cube  20 × 17 × 90  uint16  7.0 kB",
        "one         one value     text    4 bytes",
    ]
    assert describe(path, []) == f"{path} (1.5 kB)"
