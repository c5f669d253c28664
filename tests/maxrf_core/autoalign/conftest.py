"""A photograph and a map whose transform is known."""

import numpy as np
import pytest

from maxrf_core.transform.homography import Homography
from tests.maxrf_core.autoalign.seen_drawing import scene


@pytest.fixture(scope="module")
def known() -> tuple[np.ndarray, np.ndarray, Homography]:
    return scene()
