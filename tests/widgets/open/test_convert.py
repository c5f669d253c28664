"""A raw scan is converted as it is turned and named."""

from pathlib import Path

import h5py
import numpy as np

from maxrf_core import DataStack
from tests.pages.conftest import Open, choice_of, labels, press, texts


def test_a_datastack_without_a_name_is_not_made(open_page: Open, data_folder: Path):
    put_raw_scan(data_folder)
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    for name in ("", " . ", "../evil", "a/b"):
        next(field for field in app.text_input if field.label == "Name of the datastack").set_value(
            name
        ).run()
        assert "Convert" not in labels(app), name
        assert len(app.warning) == 1


def put_raw_scan(data_folder: Path) -> np.ndarray:
    rng = np.random.default_rng(7)
    counts = rng.poisson(2, (20, 30, 128)).astype("<u2")
    counts[3:8, 4:9, 60:64] += 50
    (data_folder / "scan.raw").write_bytes(counts.tobytes())
    (data_folder / "scan.rpl").write_text(
        "key\tvalue\nwidth\t30\nheight\t20\ndepth\t128\noffset\t0\ndata-length\t2\ndata-type\tunsigned\n"
        "byte-order\tlittle-endian\nrecord-by\tvector\n"
    )
    return counts


def test_a_raw_scan_is_looked_at_turned_and_converted(open_page: Open, data_folder: Path):
    counts = put_raw_scan(data_folder)
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    app.radio(key="convert-orientation").set_value("Mirrored left to right").run()
    press(app, "Convert")
    assert choice_of(app).stack == "scan.datastack"
    assert np.array_equal(DataStack(data_folder / "scan.datastack").read("maxrf_cube"), counts[:, ::-1])
    assert "no energies yet" in texts(app)  # and it goes on with what is missing


def test_of_several_cubes_the_visitor_chooses_one(open_page: Open, data_folder: Path):
    counts = np.random.default_rng(3).poisson(4, (64, 6, 5)).astype("<u2")
    with h5py.File(data_folder / "run.h5", "w") as file:
        file["run/first"], file["run/second"] = counts + np.uint16(1), counts
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    [chooser] = [box for box in app.selectbox if box.label == "What to read"]
    assert chooser.options[0] == "run/first (channels × rows × columns): 5 × 6 pixels, 64 channels"
    chooser.set_value("run/second:cyx").run()
    press(app, "Convert")
    made = DataStack(data_folder / "run.datastack")
    np.testing.assert_array_equal(made.read("maxrf_cube"), counts.transpose(1, 2, 0))
