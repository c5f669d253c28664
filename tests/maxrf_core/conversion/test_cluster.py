"""Conversion on a dask cluster gives exactly the same files as on this computer."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from maxrf_core import DataStack, Region, convert, open_scan
from maxrf_core.errors import ClusterError
from maxrf_core.readers import ArrayScan
from maxrf_core.workers import workers
from tests.maxrf_core.elements.made_scan import CALIBRATION, made_counts
from tests.maxrf_core.readers.spectrum_files import amptek

PROJECT = Path(__file__).resolve().parents[3]


def started(command, sign, folder):
    """Start a process and wait until it writes a line that holds `sign`; return it and that line."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=folder, env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in process.stderr:
        if sign in line:
            return process, line
    raise AssertionError(f"{command} ended without saying {sign}")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Run a real scheduler and two worker processes; yield the scheduler's address."""
    folder = tmp_path_factory.mktemp("cluster")
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    processes = []
    try:
        process, line = started(
            ["distributed.cli.dask_scheduler", *options, "--port", "0"], "Scheduler at:", folder
        )
        processes.append(process)
        address = line.split()[-1]
        for _ in range(2):
            worker = ["distributed.cli.dask_worker", address, *options, "--nthreads", "1", "--no-nanny"]
            processes.append(started(worker, "Registered to:", folder)[0])
        yield address
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stderr.close()


def write_scan(path, shape=(70, 200, 300), highest=9, seed=0):
    counts = np.random.default_rng(seed).poisson(0.3, shape).astype("<u2")
    counts[-1, -1, -1] = highest
    path.with_suffix(".raw").write_bytes(counts.tobytes())
    path.with_suffix(".rpl").write_text(
        f"height {shape[0]}\nwidth {shape[1]}\ndepth {shape[2]}\ndata-length 2\ndata-type unsigned\n"
    )
    return counts


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "maxrf_core", *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )


def arrays_of(path):
    ds = DataStack(path)
    return {name: ds.read(name, latest=False) for name in ds.names}


def assert_same_arrays(path, other):
    first, second = arrays_of(path), arrays_of(other)
    assert first.keys() == second.keys()
    for name in first:
        assert first[name].dtype == second[name].dtype
        np.testing.assert_array_equal(first[name], second[name])


@pytest.mark.parametrize("highest", [9, 4000])
def test_a_cluster_computes_the_same_arrays_as_one_machine(cluster, tmp_path, highest):
    counts = write_scan(tmp_path / "scan", highest=highest)
    here = convert(open_scan(tmp_path / "scan.rpl"), tmp_path / "here.datastack", flip_vertical=True)
    done = command("convert", tmp_path / "scan.rpl", "-o", tmp_path / "there.datastack", "--flip-vertical",
                   "--scheduler", cluster, "--memory", "310MB")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert_same_arrays(here, tmp_path / "there.datastack")
    np.testing.assert_array_equal(DataStack(here).read("maxrf_cube"), counts[::-1])


def test_a_cluster_converts_a_real_scan_identically(cluster, real_scan, tmp_path):
    here = convert(open_scan(real_scan / "upright.rpl"), tmp_path / "here.datastack")
    there = convert(open_scan(real_scan / "upright.rpl"), tmp_path / "there.datastack", scheduler=cluster)
    assert_same_arrays(here, there)


def test_many_scans_are_converted_in_parallel_and_a_bad_one_does_not_stop_the_others(cluster, tmp_path):
    for number in range(5):
        write_scan(tmp_path / f"scan{number}", shape=(20, 30, 40), seed=number)
    with open(tmp_path / "scan2.raw", "r+b") as file:
        file.truncate(100)
    folders = {"there": ["--scheduler", cluster], "here": []}
    for folder, options in folders.items():
        (tmp_path / folder).mkdir()
        done = command("convert", *sorted(tmp_path.glob("*.r*")), "-o", tmp_path / folder, *options)
        assert done.returncode == 2
        assert "scan2.raw is 47,900 bytes too short" in done.stderr
        assert "1 of 5 failed" in done.stderr
        names = sorted(each.name for each in (tmp_path / folder).iterdir())
        assert names == [f"scan{number}.datastack" for number in (0, 1, 3, 4)]
    for number in (0, 1, 3, 4):
        assert_same_arrays(*(tmp_path / folder / f"scan{number}.datastack" for folder in folders))


def test_damaged_files_that_a_cluster_meets_become_missing_pixels(cluster, tmp_path):
    (tmp_path / "panel").mkdir()
    for row, column in np.ndindex(6, 70):
        (tmp_path / "panel" / f"p_{row}_{column}.mca").write_text(amptek(np.full(64, row + column)))
    for name in ("p_1_2", "p_5_69"):
        (tmp_path / "panel" / f"{name}.mca").write_text("<<PMCA SPECTRUM>>")
    for folder, options in {"here": [], "there": ["--scheduler", cluster]}.items():
        done = command("convert", tmp_path / "panel", "-o", tmp_path / folder, *options)
        assert done.returncode == 0, done.stderr
        assert "note: 2 of 420 spectra could not be read: p_1_2.mca, p_5_69.mca;" in done.stderr
    assert_same_arrays(*(tmp_path / folder / "panel.datastack" for folder in ("here", "there")))
    missing = DataStack(tmp_path / "there" / "panel.datastack").read("missing")
    assert np.argwhere(missing).tolist() == [[1, 2], [5, 69]]


def test_a_cluster_computes_the_same_sums_over_whole_cubes(cluster, tmp_path):
    counts = write_scan(tmp_path / "scan", highest=4000)
    cube = DataStack(convert(open_scan(tmp_path / "scan.rpl"), tmp_path / "scan.datastack")).cube()
    with workers(cluster) as crew:
        total, highest = cube.with_workers(crew).sum_and_max()
        region = cube.with_workers(crew).region_spectrum(Region.rectangle(3, 4, 150, 66))
        iron = cube.with_workers(crew).band_map(30, 90)
    np.testing.assert_array_equal(total, counts.sum(axis=(0, 1), dtype=np.int64))
    np.testing.assert_array_equal(highest, counts.max(axis=(0, 1)))
    np.testing.assert_array_equal(region.sum, counts[4:67, 3:151].sum(axis=(0, 1), dtype=np.int64))
    np.testing.assert_array_equal(iron, cube.band_map(30, 90))
    done = command("sums", tmp_path / "scan.datastack", "-o", tmp_path, "--scheduler", cluster)
    assert done.returncode == 0, done.stderr
    written = np.genfromtxt(tmp_path / "scan-spectra.csv", delimiter=",", skip_header=1)
    np.testing.assert_array_equal(written[:, 2:].T, [total, highest])


def test_a_cluster_computes_the_same_element_maps(cluster, tmp_path):
    printed = {}
    for folder, options in {"here": [], "there": ["--scheduler", cluster]}.items():
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "scan.datastack"
        counts = np.tile(made_counts(), (3, 4, 1))  # of several chunks
        convert(ArrayScan(counts), path, calibration=CALIBRATION)
        DataStack(path).set_tube({"tube_kV": 50.0, "tube_anode": "Rh"})
        done = command("elements", path, *options)
        assert done.returncode == 0, done.stderr
        printed[folder] = done.stdout
    assert printed["here"] == printed["there"]
    assert "Fe-K" in printed["here"]
    here, there = (DataStack(tmp_path / folder / "scan.datastack") for folder in printed)
    for name in ("element_maps", "element_maps_sigma", "element_maps_residual"):
        np.testing.assert_array_equal(here.read(name), there.read(name))
    assert list(here.attributes("element_maps")["names"]) == list(there.attributes("element_maps")["names"])


def test_a_lazy_cube_is_computed_by_a_cluster(cluster, tmp_path):
    from distributed import Client

    counts = write_scan(tmp_path / "scan")
    convert(open_scan(tmp_path / "scan.rpl"), tmp_path / "scan.datastack")
    lazy = DataStack(tmp_path / "scan.datastack").read("maxrf_cube", compute=False)
    with Client(cluster, set_as_default=False) as client:
        found = client.compute(lazy[:, :, 30:90].sum(axis=2)).result()
    np.testing.assert_array_equal(found, counts[:, :, 30:90].sum(axis=2))


def test_an_unreachable_scheduler_gives_a_one_sentence_error(tmp_path, monkeypatch):
    write_scan(tmp_path / "scan", shape=(4, 5, 6))
    monkeypatch.setattr(sys.modules["maxrf_core.workers"], "CONNECT_TIMEOUT", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(ClusterError, match="No dask scheduler answers"):
            convert(open_scan(tmp_path / "scan.rpl"), tmp_path / "a.datastack", scheduler=address)
    assert not (tmp_path / "a.datastack").exists()
