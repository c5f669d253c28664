"""EDF maps that PyMca and fabio wrote."""

import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers import open_maps

FOLDER = "data/readers/maps"


def test_maps_that_pymca_wrote_keep_their_values_and_titles(shared):
    scan, truth = open_maps(shared(f"{FOLDER}/maps.edf")), np.load(shared(f"{FOLDER}/truth.npz"))
    assert scan.map_names == ("Fe_K", "Ca_K")
    for number, name in enumerate(scan.map_names):
        np.testing.assert_array_equal(scan.read_map(number), truth[name])


def test_whole_numbers_that_fabio_wrote_stay_whole_numbers(shared):
    scan, truth = open_maps(shared(f"{FOLDER}/fabio.edf")), np.load(shared(f"{FOLDER}/truth.npz"))
    assert (scan.dtype, scan.map_names) == (np.uint16, ("Fe-K", "fabio 2"))
    np.testing.assert_array_equal(scan.read_map(0), truth["Fe_K"].astype(np.uint16))


@pytest.mark.parametrize("order", ["HighByteFirst", "LowByteFirst"])
def test_the_order_of_bytes_is_that_of_the_header(tmp_path, order):
    values = np.arange(12, dtype=">i4" if order.startswith("High") else "<i4").reshape(3, 4)
    header = f"{{\nDataType = SignedInteger ;\nByteOrder = {order} ;\nDim_1 = 4 ;\nDim_2 = 3 ;\n"
    path = tmp_path / "Fe.edf"
    path.write_bytes(header.ljust(510).encode() + b"}\n" + values.tobytes())
    np.testing.assert_array_equal(open_maps(path).read_map(0), np.arange(12).reshape(3, 4))


def test_a_file_that_is_cut_off_or_packed_is_refused_in_a_sentence(shared, tmp_path):
    whole = shared(f"{FOLDER}/maps.edf").read_bytes()
    path = tmp_path / "maps.edf"
    for content, said in (
        (whole[:-10], "ends inside a map"),
        (whole[:600], "no header|ends inside"),
        (b"", "is empty"),
        (whole.replace(b"FloatValue", b"Compressed"), "no map of plain numbers"),
    ):
        path.write_bytes(content)
        with pytest.raises(ScanError, match=said):
            open_maps(path)
