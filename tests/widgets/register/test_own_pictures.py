"""A picture of the instrument becomes the photograph with one click, and its points a proposal."""

from pathlib import Path

import numpy as np

from maxrf_core import convert
from maxrf_core.imaging.read import read_picture
from maxrf_core.readers import ArrayScan
from maxrf_core.transform.scan_picture import ScanPicture, corners_of_rectangle
from tests.pages.conftest import Open, choice_of

VIDEO = np.random.default_rng(8).integers(0, 255, (100, 140, 3), np.uint8)


class Photographed(ArrayScan):
    """A scan whose file holds a picture with the scan's place in it, and one without."""

    @property
    def pictures(self) -> tuple[ScanPicture, ...]:
        corners = corners_of_rectangle((10, 8, 129, 87), self.shape)
        return ScanPicture("Video", VIDEO, corners), ScanPicture("Camera", VIDEO[:50, :60])


def test_a_picture_is_chosen_and_its_points_are_a_proposal(open_page: Open, data_folder: Path):
    counts = np.random.default_rng(3).poisson(4, (20, 30, 64)).astype(np.uint16)
    convert(Photographed(counts, "scan"), data_folder / "video.datastack")
    app = open_page("register", stack="video.datastack")
    offered = {each.label: each for each in app.button if each.key and each.key.startswith("own-picture-")}
    assert list(offered) == ["Video", "Camera"]
    offered["Video"].click().run(timeout=60)
    assert not app.exception
    now = choice_of(app)
    path = Path(str(now.photo))
    assert path.name == "video Video.tif"
    assert ".uploads" in path.parts  # it is the visitor's own
    np.testing.assert_array_equal(read_picture(path), VIDEO)
    assert now.pairs.src == [(11.5, 9.5), (127.5, 9.5), (127.5, 85.5), (11.5, 85.5)]
    assert now.pairs.dst == [(0, 0), (29, 0), (29, 19), (0, 19)]
    proposed = "where its own file says"
    assert any(proposed in each.value for each in app.info)
    assert "How it fits" in [each.value for each in app.header]
    now.pairs.replace(src=[(12.0, 9.5), *now.pairs.src[1:]])
    app.run(timeout=60)
    assert not any(proposed in each.value for each in app.info)
    (camera,) = [each for each in app.button if each.key == "own-picture-picture_2"]
    camera.click().run(timeout=60)
    assert choice_of(app).pairs.src == [None] * 4  # nothing is known of this one
    assert not app.exception
