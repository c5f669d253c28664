"""Raw scans are converted by the call of maxrf4u's notebooks."""

from pathlib import Path

import numpy as np
import pytest

import maxrf_core
from maxrf_core import DataStack, L, raw_to_datastack
from maxrf_core.errors import DatastackError

COUNTS = np.random.default_rng(5).poisson(3.0, (6, 5, 200)).astype(np.uint16)


@pytest.fixture
def raw(tmp_path):
    COUNTS.tofile(tmp_path / "RP-T-1.raw")
    header = {
        "key": "value", "width": 5, "height": 6, "depth": 200, "offset": 0, "data-length": 2,
        "data-type": "unsigned", "byte-order": "little-endian", "record-by": "vector",
    }  # fmt: skip
    (tmp_path / "RP-T-1.rpl").write_text("".join(f"{key}\t{value}\n" for key, value in header.items()))
    return str(tmp_path / "RP-T-1.raw"), str(tmp_path / "RP-T-1.rpl")


def test_a_raw_scan_is_converted_beside_itself_and_turned(raw, capsys):
    made = raw_to_datastack(*raw, flip_horizontal=True, flip_vertical=True)
    assert made == raw[0].removesuffix(".raw") + maxrf_core.DATASTACK_EXT
    ds = DataStack(made)
    assert np.array_equal(ds.read(ds.MAXRF_CUBE), COUNTS[::-1, ::-1])  # the counts, which maxrf4u smooths
    assert np.allclose(ds.read(L.MAXRF_SUMSPECTRUM), COUNTS.mean(axis=(0, 1)))
    assert "counts as they are" in capsys.readouterr().out


def test_a_scan_is_converted_into_another_folder_without_a_word(raw, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    made = raw_to_datastack(*raw, output_dir=tmp_path / "out", chunks="1 MiB", rechunk=True, verbose=False)
    assert Path(made) == tmp_path / "out/RP-T-1.datastack"
    assert capsys.readouterr().out == ""
    with pytest.raises(DatastackError, match="no folder"):
        raw_to_datastack(*raw, output_dir=tmp_path / "absent")


def test_what_the_format_cannot_do_is_said(raw):
    with pytest.warns(UserWarning, match=r"band_map\(…, sigma=0\)"):
        made = raw_to_datastack(*raw, sigma=0, verbose=False)
    with pytest.raises(DatastackError, match="maxrf_cube, not 'cube'"):
        raw_to_datastack(*raw, name="cube")
    before = Path(made).read_bytes()
    with pytest.raises(DatastackError, match="exists"):
        raw_to_datastack(*raw, verbose=False)
    assert Path(made).read_bytes() == before
