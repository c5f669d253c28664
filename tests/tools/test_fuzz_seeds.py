"""The files that the fuzz run starts from are sound: each is opened, or refused for what it holds."""

import sys
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.errors import DatastackError
from maxrf_core.untrusted.check import check_untrusted
from tools.fuzz_cases import WEIGHTS
from tools.fuzz_seeds import make_seeds

if sys.platform != "linux":
    pytest.skip("the worker limits its memory, which Linux alone does", allow_module_level=True)

from tools.fuzz_worker import OPENERS, UNCHECKED


def test_every_seed_of_every_format_is_opened(tmp_path: Path):
    seeds = make_seeds(tmp_path)
    assert set(seeds) == set(WEIGHTS)
    for kind, paths in seeds.items():
        assert paths, kind
        for path in paths:
            if kind == "npy" and np.load(path).dtype.names:  # a table cannot be stored
                with pytest.raises(DatastackError, match="not numbers or text"):
                    OPENERS[kind](path, 1)
            else:
                OPENERS[kind](path, 1)
        if kind not in UNCHECKED:
            check_untrusted(paths[0])
