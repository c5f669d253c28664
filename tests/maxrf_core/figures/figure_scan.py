"""A small scan with known elements, a pixel size, a title and a registered photograph."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core import DataStack, convert, register
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import HUES, LayerLook
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, SHAPE, made_counts

ABOUT = {"title": "Portrait", "pixel_size_mm": np.array([0.5, 0.5]), "tube_kV": 50.0, "tube_anode": "Rh"}
POINTS = np.array([[2.0, 2], [25, 3], [24, 27], [3, 26], [14, 15], [8, 20]])
FINE = 4  # pixels of the photograph to a map pixel
VIEW = BenchView(
    "Iron and lead",
    (
        LayerLook("photo:imvis_reg_highres", opacity=0.8),
        LayerLook("Fe-K", high=600.0, colour=HUES[0], scale="sqrt"),
        LayerLook("Pb-L", high=700.0, colour=HUES[1], opacity=0.9),
        LayerLook("Cu-K", visible=False),
    ),
)


def made_photo() -> np.ndarray:
    """Return a photograph whose red grows with x, and green with y: 8 for each map pixel."""
    y, x = np.mgrid[: SHAPE[0] * FINE, : SHAPE[1] * FINE] * 8 / FINE
    return np.stack([x, y, 0 * x + 40], axis=2).astype(np.uint8)


@pytest.fixture(scope="session")
def kept_scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a scan that holds its element maps and a registered photograph; tests only read it."""
    path = tmp_path_factory.mktemp("figures") / "portrait.datastack"
    ds = DataStack(convert(ArrayScan(made_counts()), path, calibration=CALIBRATION, about=ABOUT))
    jitter = np.random.default_rng(2).normal(0, 0.6, POINTS.shape)
    photo = (POINTS + 0.5) * FINE - 0.5 + jitter
    made = register(made_photo(), SHAPE, photo, POINTS, model="affine", photo_name="portrait.png")
    ds.append(made.arrays, made.attributes)
    ds.element_maps()
    return path


@pytest.fixture
def portrait(kept_scan: Path) -> DataStack:
    return DataStack(kept_scan)
