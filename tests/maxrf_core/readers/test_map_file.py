"""Names and sizes of maps."""

import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers.map_file import check_size, clean_name


def test_names_have_no_quotes_no_odd_signs_and_an_end():
    assert clean_name(' "Fe\x07-K"\n') == "Fe-K"
    assert len(clean_name("x" * 500)) == 60


@pytest.mark.parametrize("sizes", [(0, 5, 1), (5, 5, 0), (5, 5, 301), (100_000, 100_000, 1)])
def test_sizes_that_make_no_sense_are_refused(tmp_path, sizes):
    with pytest.raises(ScanError, match=r"x\.dms would hold"):
        check_size(tmp_path / "x.dms", *sizes)
