"""The page Contents shows every array of a file."""

from pathlib import Path

import numpy as np

from maxrf_core import DataStack
from tests.pages.conftest import Open


def test_every_array_can_be_looked_at_and_downloaded(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    ds.append({"map": ds.band_map(6.1, 6.7), "words": np.array(["Fe", "Ca"]), "one": np.array(3.5)})
    app = open_page("contents")
    for name in ds.names:
        app.selectbox(key="contents-array").select(name).run()
        assert not app.exception, name
