"""Cubes of HDF5 files are read block by block as numpy reads them, in any order of their axes."""

import pickle
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core import DataStack, convert
from maxrf_core.errors import ScanError
from maxrf_core.readers import ALL, choices_of, format_of, hdf5_scan, open_scan
from maxrf_core.readers.axes import shape_of
from maxrf_core.readers.hdf5_layouts import Layout
from maxrf_core.readers.hdf5_scan import Hdf5Scan
from tests.maxrf_core.readers.hdf5_files import counts_of, write_hdf5


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["yxc", "cyx", "xyc", "ycx", "yxdc", "dcyx"]),
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
    st.booleans(),
    st.booleans(),
    st.data(),
)
def test_any_block_reads_as_numpy_reads_it(axes, sizes, falls, chunked, data):
    counts = counts_of(tuple(sizes[: len(axes)]))
    detector = data.draw(st.sampled_from([None, 0])) if "d" in axes else None
    whole = counts.take(0, axes.index("d")) if detector == 0 else counts
    names = axes if detector is None else axes.replace("d", "")
    if "d" in names:
        whole, names = whole.sum(axis=names.index("d")), names.replace("d", "")
    whole = whole.transpose([names.index(name) for name in "yxc"])
    energies = np.arange(whole.shape[2]) / 10
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan.h5"
        with h5py.File(path, "w") as file:
            file.create_dataset("a/b", data=counts, chunks=True if chunked else None)
        layout = Layout(
            ("a/b",),
            axes,
            shape_of(counts.shape, axes),
            "",
            detector,
            energies[::-1] if falls else energies,
        )
        scan = Hdf5Scan(path, layout)
        expected = whole[:, :, ::-1] if falls else whole
        np.testing.assert_array_equal(scan.energies, energies)
        part = tuple(
            slice(
                *sorted(data.draw(st.tuples(st.integers(0, size), st.integers(0, size)))),
                data.draw(st.integers(1, 4)),
            )
            for size in whole.shape
        )
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(scan)).read(*part), expected[part])
        np.testing.assert_array_equal(scan.read(slice(None), slice(None)), expected)


class Watched:
    """A dataset that notes which chunks are unpacked."""

    def __init__(self, dataset: h5py.Dataset, met: Counter) -> None:
        self._dataset, self._met = dataset, met

    def __getattr__(self, name: str):
        return getattr(self._dataset, name)

    def __getitem__(self, places):
        axes = zip(places, self._dataset.chunks, strict=True)
        self._met.update(product(*(range(part.start // size, -(-part.stop // size)) for part, size in axes)))
        return self._dataset[places]


@pytest.mark.parametrize("chunks", [(1, 40, 50), (16, 9, 50), (300, 1, 1)])
def test_of_a_cube_with_channels_first_each_chunk_is_unpacked_once_a_block(tmp_path, monkeypatch, chunks):
    path, counts, met = tmp_path / "scan.h5", counts_of((300, 40, 50)), Counter()
    with h5py.File(path, "w") as file:
        file.create_dataset("a", data=counts, chunks=chunks, compression="gzip")
    scan = Hdf5Scan(path, Layout(("a",), "cyx", (40, 50, 300), ""))
    assert scan.natural_block == (chunks[1], chunks[2], chunks[0])
    datasets = scan._datasets
    monkeypatch.setattr(scan, "_datasets", lambda file: [Watched(each, met) for each in datasets(file)])
    monkeypatch.setattr(hdf5_scan, "PIECE", 50_000)
    whole = counts.transpose(1, 2, 0)
    for part in (ALL, ALL, ALL), (slice(0, 40, 5), slice(0, 50, 7), ALL), (slice(3, 9), ALL, slice(7, 80)):
        met.clear()
        np.testing.assert_array_equal(scan.read(*part), whole[part])
        assert set(met.values()) == {1}


@pytest.mark.parametrize("dtype", ["u2", "f4"])
def test_a_conversion_does_not_depend_on_the_chunks_of_the_scan(tmp_path, dtype):
    counts = counts_of((256, 70, 90), dtype) / np.dtype(dtype).type(1 if dtype == "u2" else 3)
    made = []
    for name, chunks in (("whole", None), ("images", (1, 70, 90)), ("blocks", (20, 33, 41))):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file.create_dataset("a", data=counts.astype(dtype), chunks=chunks)
        for memory in (0, 1e9):
            made.append(tmp_path / f"{name}{memory:g}.datastack")
            convert(open_scan(tmp_path / f"{name}.h5"), made[-1], memory=memory)
    first, *others = map(DataStack, made)
    for other in others:
        for array in ("maxrf_cube", "maxrf_sumspectrum", "maxrf_maxspectrum"):
            np.testing.assert_array_equal(other.read(array), first.read(array))


def test_a_sum_of_detectors_does_not_wrap(tmp_path):
    full = np.full((2, 3, 300), 65535, "u2")
    path = write_hdf5(tmp_path / "scan.h5", {f"MAPS_RAW/data_{letter}": full.T for letter in "abcd"}, {})
    made = convert(open_scan(path), tmp_path / "out.datastack")
    assert (DataStack(made).read("maxrf_cube") == 4 * 65535).all()


def test_what_was_read_is_told_and_stored(tmp_path):
    path = write_hdf5(tmp_path / "two.h5", {"a": counts_of((5, 6, 256)), "b": counts_of((4, 3, 256))}, {})
    keys = [choice.key for choice in choices_of(path)]
    assert keys[:2] == ["a:yxc", "b:yxc"]
    made = convert(open_scan(path, choice="b:yxc"), tmp_path / "b.datastack")
    about = DataStack(made).attributes("maxrf_cube")
    assert about["read_from"] == "b:yxc"
    np.testing.assert_array_equal(DataStack(made).read("maxrf_cube"), counts_of((4, 3, 256)))


def test_an_unknown_choice_is_refused(tmp_path):
    path = write_hdf5(tmp_path / "two.h5", {"a": counts_of((5, 6, 256)), "b": counts_of((4, 3, 256))}, {})
    with pytest.raises(ScanError, match="holds no 'c'; it holds a:yxc; b:yxc"):
        open_scan(path, choice="c")


def test_a_file_without_a_cube_says_what_it_holds(tmp_path):
    path = write_hdf5(tmp_path / "table.h5", {"results/table": np.zeros((40, 3))}, {})
    assert format_of(path) is None
    with pytest.raises(ScanError, match=r"results/table \(40 × 3, float64\).*export the scan as a \.raw"):
        open_scan(path)


def test_a_file_that_changed_meanwhile_is_not_read_wrongly(tmp_path):
    path = write_hdf5(tmp_path / "scan.h5", {"a": counts_of((5, 6, 256))}, {})
    scan = open_scan(path)
    write_hdf5(path, {"a": counts_of((5, 6))}, {})
    with pytest.raises(ScanError, match="has changed since it was opened"):
        scan.read(slice(0, 1), slice(0, 1))


def test_a_link_to_another_file_is_not_followed(tmp_path):
    write_hdf5(tmp_path / "secret.h5", {"a": counts_of((5, 6, 256))}, {})
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w") as file:
        file["a"] = h5py.ExternalLink("secret.h5", "/a")
    assert format_of(path) is None
