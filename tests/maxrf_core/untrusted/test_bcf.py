"""A .bcf file from a stranger is opened and tried before the app opens it."""

import pytest

from maxrf_core.errors import ScanError
from maxrf_core.untrusted.bcf import check_bcf


def test_a_genuine_file_passes_and_a_damaged_one_is_refused(shared, tmp_path):
    good = shared("data/real/sem_maps/bcf_v2_50x50px.bcf")
    check_bcf(good)
    bad = tmp_path / "bad.bcf"
    data = bytearray(good.read_bytes())
    data[0x138 : 0x138 + 64] = b"\xff" * 64
    bad.write_bytes(data)
    with pytest.raises(ScanError, match="damaged"):
        check_bcf(bad)
