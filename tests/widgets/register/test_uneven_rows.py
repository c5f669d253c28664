"""Register says how far rows lie beside their places, and nothing where they do not."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core import convert
from maxrf_core.imaging.write import write_picture
from maxrf_core.readers import open_maps
from tests.maxrf_core.imaging.test_row_jitter import scene
from tests.pages.conftest import choice_of, come_to, texts

CORNERS = [(10.0, 10.0), (149.0, 10.0), (149.0, 139.0), (10.0, 139.0)]


@pytest.mark.parametrize(
    ("jitter", "shift", "said"),
    [(0.0, 0, ""), (0.8, 0, "beside their places, to the left or right"), (0.0, 1, "Odd rows lie")],
)
def test_uneven_rows_are_said_with_the_amount(
    jitter: float, shift: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    values = scene(jitter, 1)
    values[1::2] = np.roll(values[1::2], shift, axis=1)
    write_picture(tmp_path / "rows_Fe.tif", values)
    convert(open_maps(tmp_path / "rows_Fe.tif"), tmp_path / "rows.datastack")
    photo = np.clip(2 * scene(0.0, 1), 0, 255).astype(np.uint8)
    write_picture(tmp_path / "photo.png", np.repeat(photo[:, :, None], 3, axis=2))
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    app = come_to("register", {"stack": "rows.datastack"})
    choice_of(app).photo = str(tmp_path / "photo.png")
    choice_of(app).pairs.set_pairs(CORNERS, CORNERS)
    app.run()
    assert not app.exception
    told = texts(app)
    assert "How it fits" in told
    assert said in told
    assert said or ("Odd rows" not in told and "beside their places" not in told)
