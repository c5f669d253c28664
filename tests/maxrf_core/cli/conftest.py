"""Files that the commands work on, made once."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.cli.small_scan import COUNTS, POINTS, TRUE


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    convert(ArrayScan(COUNTS), folder / "scan.datastack", calibration=TRUE)
    convert(ArrayScan(COUNTS), folder / "bare.datastack")
    COUNTS.astype("<u2").tofile(folder / "scan.raw")
    (folder / "scan.rpl").write_text(
        "key\tvalue\nwidth\t30\nheight\t20\ndepth\t700\noffset\t0\ndata-length\t2\n"
        "data-type\tunsigned\nbyte-order\tlittle-endian\nrecord-by\tvector\n"
    )
    photo = np.random.default_rng(4).integers(0, 256, (60, 90, 3), np.uint8)
    cv2.imwrite(str(folder / "photo.png"), photo)
    (folder / "points.json").write_text(json.dumps(POINTS))
    np.save(folder / "map.npy", np.arange(6.0).reshape(2, 3))
    return folder
