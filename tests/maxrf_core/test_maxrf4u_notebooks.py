"""What maxrf4u's notebooks call is here under the same names, and does the same."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from maxrf_core import DataStack, L, append, append_list
from maxrf_core.errors import DatastackError

DATA = Path(__file__).resolve().parents[1] / "data"
COUNTS = np.random.default_rng(5).poisson(3.0, (6, 5, 200)).astype(np.uint16)


@pytest.fixture(params=["ours", "maxrf4u's"])
def path(request, tmp_path):
    name = "faults/band_edges" if request.param == "ours" else "maxrf4u/v3_head_24x20x4096"
    return shutil.copy(DATA / f"{name}.datastack", tmp_path / "scan.datastack")


def test_a_datastack_is_opened_and_extended_as_in_the_notebooks(path, capsys):
    ds = DataStack(path, mode="r", verbose=True)
    assert "maxrf_cube" in capsys.readouterr().out
    assert ds.datastack_file == str(path)
    assert [getattr(ds, layer) for layer in ds.LAYERS] == [layer.lower() for layer in L.LAYERS]
    append(np.arange(4), "test_array", ds.datastack_file)
    append_list([[1, 2], [3, 5, 7], [1]], "test_list", ds.datastack_file)
    ds.update_attrs()
    assert ds.read_list(datapath="test_list") == [[1, 2], [3, 5, 7], [1]]
    assert ds.test_array.compute().tolist() == [0, 1, 2, 3]
    assert {"test_array", "test_list"} <= set(ds.datapath_list)


@pytest.mark.parametrize("mode", ["w", "w-", "x", "write"])
def test_no_mode_empties_a_datastack(path, mode):
    before = Path(path).read_bytes()
    with pytest.raises(DatastackError, match="never overwritten"):
        DataStack(path, mode=mode)
    assert Path(path).read_bytes() == before
