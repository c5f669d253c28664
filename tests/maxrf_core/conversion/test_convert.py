"""Conversion of a scan: the datastack holds the exact counts or does not exist; any HDF5 tool reads it."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError, ScanError
from maxrf_core.readers import ArrayScan, open_scan
from maxrf_core.spectrum.calibration import Calibration


def poisson(shape, seed=0, mean=3.0):
    return np.random.default_rng(seed).poisson(mean, shape)


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, dict]]:
    """Read a datastack as any HDF5 program would."""
    with h5py.File(path) as file:
        arrays = [name for name in file if isinstance(file[name], h5py.Dataset)]
        return {name: file[name][()] for name in arrays}, {name: dict(file[name].attrs) for name in arrays}


def in_new_folder(scan, **options) -> tuple[dict[str, np.ndarray], dict[str, dict]]:
    with tempfile.TemporaryDirectory() as folder:
        return read(convert(scan, Path(folder) / "out.datastack", **options))


SHAPES = st.tuples(st.integers(1, 70), st.integers(1, 70), st.integers(1, 70)) | st.sampled_from(
    [(64, 64, 64), (65, 1, 129), (1, 130, 64), (3, 2, 300), (128, 64, 1)]
)


@settings(max_examples=40, deadline=None)
@given(
    SHAPES,
    st.sampled_from(["u1", "u2", "u4", "u8", "i1", "i2", "i4", "f4", "f8"]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from([0, 10**9]),
)
def test_the_cube_holds_the_exact_counts_mirrored_and_turned_as_requested(
    shape, dtype, flip_horizontal, flip_vertical, turns, memory
):
    counts = poisson(shape, mean=30).clip(0, 127).astype(dtype)
    arrays, attributes = in_new_folder(
        ArrayScan(counts),
        flip_horizontal=flip_horizontal,
        flip_vertical=flip_vertical,
        quarter_turns=turns,
        memory=memory,
    )
    expected = counts[:: -1 if flip_vertical else 1, :: -1 if flip_horizontal else 1]
    for _turn in range(turns):  # clockwise: the lowest row becomes the first column
        expected = expected[::-1].swapaxes(0, 1)
    assert arrays["maxrf_cube"].dtype == np.uint8
    np.testing.assert_array_equal(arrays["maxrf_cube"], expected)
    assert attributes["maxrf_cube"]["flipped_horizontally"] == flip_horizontal
    assert attributes["maxrf_cube"]["flipped_vertically"] == flip_vertical
    assert attributes["maxrf_cube"]["quarter_turns"] == turns
    np.testing.assert_allclose(arrays["maxrf_sumspectrum"], counts.mean(axis=(0, 1), dtype=float), rtol=1e-12)
    smoothed = gaussian_filter1d(counts.astype(float), 7, axis=2).max(axis=(0, 1))
    np.testing.assert_allclose(arrays["maxrf_maxspectrum"], smoothed, rtol=1e-4)
    assert "maxrf_energies" not in arrays


@pytest.mark.parametrize(("turns", "expected"), [(0, [0.5, 0.25]), (1, [0.25, 0.5]), (2, [0.5, 0.25])])
def test_a_quarter_turn_exchanges_the_steps_in_x_and_y(tmp_path, turns, expected):
    scan = ArrayScan(poisson((4, 5, 30)).astype("u2"))
    scan.about = {"pixel_size_mm": np.array([0.5, 0.25])}
    with h5py.File(convert(scan, tmp_path / "a.datastack", quarter_turns=turns)) as file:
        assert file.attrs["pixel_size_mm"].tolist() == expected


@pytest.mark.parametrize(
    ("highest", "dtype", "stored"),
    [
        (255, "u2", "u1"), (256, "u2", "u2"), (65535, "i4", "u2"), (65536, "u4", "u4"), (2**31, "f8", "u4"),
        (2**40, "u8", "u8"), (255, "f4", "u1"), (0, "u4", "u1"), (127, "i1", "u1"), (32767, "i2", "u2"),
    ],
)  # fmt: skip
def test_the_cube_has_the_smallest_type_for_the_highest_count(highest, dtype, stored):
    counts = poisson((5, 6, 7), mean=0.1).astype(dtype)
    counts[4, 5, 6] = highest
    counts = np.minimum(counts, highest).astype(dtype)
    arrays, _ = in_new_folder(ArrayScan(counts))
    assert arrays["maxrf_cube"].dtype == np.dtype(stored)
    np.testing.assert_array_equal(arrays["maxrf_cube"], counts.astype(stored))


class CountingScan(ArrayScan):
    """A scan that knows how often each of its counts was read."""

    def __init__(self, counts):
        super().__init__(counts)
        self.times = np.zeros(counts.shape, int)

    def read(self, rows, columns, channels=slice(None)):
        self.times[rows, columns, channels] += 1
        return super().read(rows, columns, channels)


@pytest.mark.parametrize(
    ("highest", "dtype", "stored", "readings"),
    [
        (200, "u2", "u1", 1),
        (4000, "u2", "u2", 2),
        (4000, "u4", "u2", 2),
        (70_000, "u4", "u4", 2),
        (0.5, "f4", "f4", 2),
    ],
)
def test_a_late_high_count_needs_a_second_reading_but_no_third(highest, dtype, stored, readings):
    counts = poisson((141, 142, 40)).astype(dtype)
    counts[-1, -1, -1] = highest
    scan = CountingScan(counts)
    arrays, _ = in_new_folder(scan, flip_horizontal=True, memory=0)
    assert arrays["maxrf_cube"].dtype == np.dtype(stored)
    np.testing.assert_array_equal(arrays["maxrf_cube"], counts[:, ::-1])
    np.testing.assert_allclose(arrays["maxrf_sumspectrum"], counts.mean(axis=(0, 1), dtype=float), rtol=1e-6)
    sampled = (scan.times > readings).mean()  # pixels all over the scan, from which the type was guessed
    assert scan.times.max() <= readings + 1
    assert sampled < 0.2


@pytest.mark.parametrize("memory", [0, 310_000_000, 10**9])
@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
def test_the_memory_limit_does_not_change_the_arrays(memory, dtype):
    counts = poisson((70, 200, 333), mean=3).astype(dtype) + (0.25 if dtype == "f4" else 0)
    expected, _ = in_new_folder(ArrayScan(counts.astype(dtype)))
    arrays, _ = in_new_folder(ArrayScan(counts.astype(dtype)), memory=memory)
    assert arrays.keys() == expected.keys()
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], expected[name])
    smoothed = gaussian_filter1d(counts.astype(float), 7, axis=2).max(axis=(0, 1))
    np.testing.assert_allclose(arrays["maxrf_maxspectrum"], smoothed, rtol=1e-4)


@pytest.mark.parametrize("dtype", ["i2", "i8", "f4"])
def test_negative_counts_become_0_and_are_counted(dtype):
    counts = poisson((4, 5, 30)).astype(dtype)
    counts[1, 2, 3] = -1
    counts[3, 4, 29] = -7
    arrays, attributes = in_new_folder(ArrayScan(counts))
    np.testing.assert_array_equal(arrays["maxrf_cube"], np.maximum(counts, 0))
    assert attributes["maxrf_cube"]["negative_counts_set_to_0"] == 2
    assert arrays["maxrf_sumspectrum"].min() >= 0


def test_fractional_values_are_unchanged():
    counts = poisson((4, 5, 30)).astype("f8") - 0.25
    counts[0, 0, 0] = np.nan
    arrays, _ = in_new_folder(ArrayScan(counts))
    assert arrays["maxrf_cube"].dtype == np.float32
    np.testing.assert_array_equal(arrays["maxrf_cube"], counts.astype("f4"))
    assert np.isfinite(arrays["maxrf_sumspectrum"]).all()
    assert np.isfinite(arrays["maxrf_maxspectrum"]).all()


def test_the_max_spectrum_is_the_maximum_of_the_smoothed_spectra(real_scan):
    scan = open_scan(real_scan / "upright.rpl")
    arrays, attributes = in_new_folder(scan)
    counts = np.fromfile(real_scan / "upright.raw", "<u2").reshape(70, 66, 4096)
    expected = gaussian_filter1d(counts.reshape(-1, 4096).astype("f8"), sigma=7).max(axis=0)
    assert arrays["maxrf_maxspectrum"].dtype == np.float32
    assert attributes["maxrf_maxspectrum"]["smoothing_sigma"] == 7.0
    np.testing.assert_allclose(arrays["maxrf_maxspectrum"], expected, rtol=1e-4)


def test_a_real_scan_stored_upside_down_gives_the_same_cube(real_scan):
    upright, _ = in_new_folder(open_scan(real_scan / "upright.rpl"))
    turned, _ = in_new_folder(open_scan(real_scan / "turned.raw"), flip_horizontal=True, flip_vertical=True)
    truth = np.load(real_scan / "upright_truth.npz")
    np.testing.assert_allclose(upright["maxrf_sumspectrum"], truth["mean_counts"])
    # each pixel was drawn anew, so the two scans agree as two measurements do
    iron = dict(zip(truth["elements"], truth["maps"], strict=True))["Fe"]
    band = slice(726, 746)
    for cube in (upright["maxrf_cube"], turned["maxrf_cube"]):
        seen = cube[:, :, band].sum(axis=2, dtype=float)
        assert np.corrcoef(seen.ravel(), iron.ravel())[0, 1] > 0.9


def test_a_scan_stored_image_by_image_and_turned_gives_exactly_the_same_cube(real_scan, tmp_path):
    counts = np.fromfile(real_scan / "upright.raw", "<u2").reshape(70, 66, 4096)
    counts[::-1, ::-1].transpose(2, 0, 1).astype(">u2").tofile(tmp_path / "turned.raw")
    header = (real_scan / "upright.rpl").read_text()
    header = header.replace("little-endian", "big-endian").replace("vector", "image")
    (tmp_path / "turned.rpl").write_text(header)
    arrays, _ = in_new_folder(open_scan(tmp_path / "turned.rpl"), flip_horizontal=True, flip_vertical=True)
    np.testing.assert_array_equal(arrays["maxrf_cube"], counts)


def test_the_file_states_its_format_and_source(real_scan, tmp_path):
    path = convert(open_scan(real_scan / "upright.rpl"), str(tmp_path / "a.datastack"))
    assert path == tmp_path / "a.datastack"
    with h5py.File(path) as file:
        assert file.attrs["format"] == "maxrf-datastack"
        assert file.attrs["format_version"] == 1
        assert file["maxrf_cube"].attrs["source"] == "upright.raw, upright.rpl"
        assert file["maxrf_cube"].chunks == (64, 64, 64)
        assert file["maxrf_cube"].compression == "gzip"
    assert path.stat().st_size < 0.1 * (real_scan / "upright.raw").stat().st_size


def test_energies_are_stored_with_their_calibration():
    counts = poisson((2, 3, 40)).astype("u2")
    told = ArrayScan(counts, "bench scan", Calibration(0.01, -0.96).energies(40))
    arrays, attributes = in_new_folder(told)
    np.testing.assert_allclose(arrays["maxrf_energies"], -0.96 + 0.01 * np.arange(40))
    assert attributes["maxrf_energies"]["gain"] == pytest.approx(0.01)
    assert attributes["maxrf_energies"]["offset"] == pytest.approx(-0.96)
    assert attributes["maxrf_energies"]["source"] == "bench scan"
    arrays, attributes = in_new_folder(told, calibration=Calibration(0.02, 0.5))
    np.testing.assert_allclose(arrays["maxrf_energies"], 0.5 + 0.02 * np.arange(40))
    assert attributes["maxrf_energies"]["source"] == "typed"


def test_an_existing_file_is_overwritten_only_on_request(tmp_path):
    path = tmp_path / "a.datastack"
    path.write_bytes(b"mine")
    scan = ArrayScan(np.ones((2, 3, 4), "u2"))
    with pytest.raises(DatastackError, match="exists already"):
        convert(scan, path)
    assert path.read_bytes() == b"mine"
    convert(scan, path, overwrite=True)
    assert h5py.is_hdf5(path)


@pytest.mark.parametrize("name", ["upright.raw", "upright.rpl"])
def test_the_scan_itself_is_never_overwritten(real_scan, name):
    before = hashlib.sha256((real_scan / name).read_bytes()).hexdigest()
    with pytest.raises(DatastackError, match="is the scan itself"):
        convert(
            open_scan(real_scan / "upright.rpl"), real_scan / ".." / real_scan.name / name, overwrite=True
        )
    assert hashlib.sha256((real_scan / name).read_bytes()).hexdigest() == before


def test_converting_leaves_the_scan_as_it_is(real_scan, tmp_path):
    def digests():
        return {each: hashlib.sha256(each.read_bytes()).hexdigest() for each in real_scan.iterdir()}

    before = digests()
    convert(open_scan(real_scan / "upright.rpl"), tmp_path / "a.datastack", flip_vertical=True)
    assert digests() == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError, SystemExit])
@pytest.mark.parametrize("existing", [False, True])
def test_stopping_at_any_time_leaves_no_half_file(tmp_path, stop, existing):
    scan = ArrayScan(poisson((330, 170, 5)).astype("u2"))
    path = tmp_path / "a.datastack"
    if existing:
        path.write_bytes(b"older")
    reports: list[tuple[float, str]] = []
    convert(scan, tmp_path / "whole.datastack", memory=0, progress=lambda *report: reports.append(report))
    (tmp_path / "whole.datastack").unlink()
    assert [fraction for fraction, _ in reports] == sorted(fraction for fraction, _ in reports)
    assert reports[-1][0] == 1.0
    assert len(reports) > 10
    for last in range(len(reports)):
        seen = []

        def report(fraction, doing, last=last, seen=seen):
            seen.append(fraction)
            if len(seen) > last:
                raise stop

        with pytest.raises(stop):
            convert(scan, path, overwrite=True, memory=0, progress=report)
        assert [each.name for each in tmp_path.iterdir()] == (["a.datastack"] if existing else [])
    assert not existing or path.read_bytes() == b"older"


def test_an_error_in_the_scan_leaves_no_file(real_scan, tmp_path):
    for ending in (".raw", ".rpl"):
        (tmp_path / f"a{ending}").write_bytes((real_scan / f"upright{ending}").read_bytes())
    scan = open_scan(tmp_path / "a.rpl")
    with open(tmp_path / "a.raw", "r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(ScanError, match="has become shorter"):
        convert(scan, tmp_path / "a.datastack")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.raw", "a.rpl"]


def test_spectra_of_more_than_4_kB_are_packed_as_the_format_says(tmp_path):  # noqa: N802
    scan = ArrayScan(poisson((4, 5, 2048)).astype("u2"), energies=np.arange(2048.0))
    for name, calibration in (("told", None), ("typed", Calibration(0.02, 0.5))):
        with h5py.File(convert(scan, tmp_path / name, calibration=calibration)) as file:
            for array in ("maxrf_sumspectrum", "maxrf_maxspectrum", "maxrf_energies"):
                assert (file[array].compression, file[array].shuffle) == ("gzip", True), (name, array)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(DatastackError, match=r"The folder .*absent does not exist"):
        convert(ArrayScan(np.ones((2, 3, 4), "u2")), tmp_path / "absent" / "a.datastack")


def test_a_scan_without_counts_is_refused(tmp_path):
    with pytest.raises(ScanError, match="is empty: 0 × 3 × 4"):
        convert(ArrayScan(np.ones((0, 3, 4), "u2")), tmp_path / "a.datastack")
    with pytest.raises(ScanError, match="no counts"):
        convert(ArrayScan(np.ones((2, 3, 4), complex)), tmp_path / "a.datastack")


def run(program: str, *arguments: Path) -> str:
    """Run a small program in a separate process; return its output."""
    if sys.platform == "win32":
        pytest.skip("Windows can neither limit nor tell what a process uses in this way")
    command = [sys.executable, "-c", program, *arguments]
    root = Path(__file__).resolve().parents[3]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout


def test_a_full_disk_is_reported_and_leaves_no_file(tmp_path):
    path = tmp_path / "a.datastack"
    program = (
        "import resource, signal, sys, numpy as np\n"
        "from maxrf_core.conversion.convert import convert\n"
        "from maxrf_core.errors import DatastackError\n"
        "from maxrf_core.readers import ArrayScan\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "counts = np.random.default_rng(0).integers(0, 255, (64, 64, 128)).astype('u1')\n"
        "try:\n    convert(ArrayScan(counts), sys.argv[1])\n"
        "except DatastackError as error:\n    print(error)\n"
    )
    assert "no room on the disk to write a.datastack" in run(program, path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("record", "turns"), [("vector", 0), ("image", 0), ("vector", 1)])
def test_memory_stays_far_below_the_size_of_the_scan(tmp_path, record, turns):
    height, width, depth = 64, 640, 4096
    (tmp_path / "a.rpl").write_text(
        f"width {width}\nheight {height}\ndepth {depth}\n"
        f"data-length 2\ndata-type unsigned\nrecord-by {record}\n"
    )
    with open(tmp_path / "a.raw", "wb") as file:
        file.truncate(height * width * depth * 2)  # 336 MB, of which the disk stores nothing
    program = (
        "import resource, sys\n"
        "from maxrf_core.conversion.convert import convert\n"
        "from maxrf_core.conversion.preview import preview\n"
        "from maxrf_core.readers import open_scan\n"
        "def peak():\n    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "scan, before = open_scan(sys.argv[1]), peak()\n"
        "preview(scan)\n"
        f"convert(scan, sys.argv[2], quarter_turns={turns})\n"
        "print(peak() - before)\n"
    )
    grown = int(run(program, tmp_path / "a.rpl", tmp_path / "a.datastack"))
    assert grown * (1 if sys.platform == "darwin" else 1024) < 250_000_000


@pytest.mark.parametrize("highest", [2**53 + 1, 2**63 - 1, 2**63 + 5, 2**64 - 1])
@pytest.mark.parametrize("kind", ["u8", "i8"])
def test_the_highest_counts_that_a_raw_file_can_hold_are_kept_and_their_sum_does_not_wrap(
    tmp_path, highest, kind
):
    if highest > np.iinfo(kind).max:
        return
    counts = np.full((6, 7, 9), highest, kind)
    ds = DataStack(convert(ArrayScan(counts), tmp_path / "a.datastack"))
    assert ds.cube().dtype == np.uint64
    np.testing.assert_array_equal(ds.read("maxrf_cube"), counts.astype(np.uint64))
    np.testing.assert_allclose(ds.read("maxrf_sumspectrum"), float(highest))
    np.testing.assert_allclose(ds.sum_and_max()[0], 42 * float(highest))
