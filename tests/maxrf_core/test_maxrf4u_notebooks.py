"""What maxrf4u's notebooks call is here under the same names, and does the same."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import maxrf_core
from maxrf_core import DataStack, L, append, append_list, raw_to_datastack, tree
from maxrf_core.errors import DatastackError

DATA = Path(__file__).resolve().parents[1] / "data"
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


@pytest.fixture(params=["ours", "maxrf4u's"])
def path(request, tmp_path):
    name = "faults/band_edges" if request.param == "ours" else "maxrf4u/v3_head_24x20x4096"
    return shutil.copy(DATA / f"{name}.datastack", tmp_path / "scan.datastack")


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


def test_a_notebook_shows_a_table_of_the_arrays(path, capsys):
    assert tree(path) is None
    printed = capsys.readouterr().out.strip()
    table = tree(path, show_arrays=True)
    assert repr(table) == printed
    shown = table._repr_html_()
    assert shown == DataStack(path)._repr_html_()
    assert shown.count("<tr>") == 1 + len(DataStack(path).names)
    assert "<td>maxrf_cube</td>" in shown


def test_names_and_texts_of_a_file_are_no_html(tmp_path):
    path = tmp_path / "<b>scan.datastack"
    maxrf_core.convert(maxrf_core.ArrayScan(COUNTS), path, about={"title": "<script>alert(1)</script>"})
    append([1.0], "<img src=x>", path)
    shown = DataStack(path)._repr_html_()
    assert "&lt;script&gt;" in shown
    assert not any(tag in shown for tag in ("<script", "<img", "<b>"))
