"""The benchmark lays as many maps on a photograph as asked, and tells what that took."""

from benchmarks.onto_photograph import measure


def test_a_small_photograph_is_measured(tmp_path):
    what, time, cpu, memory, files = measure(tmp_path, 0.3, 2, "thin-plate-spline", "linear")
    assert what == "0.3 megapixels, 2 maps, thin-plate-spline, linear"
    assert all((time, cpu, memory, files))
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".lock"]
