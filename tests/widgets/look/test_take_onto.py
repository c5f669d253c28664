"""Maps are laid on a registered photograph by one press, and the page says how precise and how large."""

import json
from zipfile import ZipFile

import numpy as np
import tifffile

from maxrf_core import DataStack
from tests.pages.conftest import Open, texts
from tests.widgets.look.test_take_files import offered


def test_the_band_that_is_shown_comes_on_the_photographs_own_pixels(open_page: Open, ds: DataStack):
    app = open_page("compare", lo="6.1", hi="6.7")
    height, width = ds.attributes("imvis_points")["photo_shape"][:2]
    said = texts(app)
    assert f"1 × {width} × {height} pixels" in said
    assert "pixels of " in said or "not known" in said
    app.selectbox(key="onto-method").select("nearest").run()
    app.button(key="onto-make").click().run()
    assert not app.exception
    assert not app.error
    with ZipFile(offered(app, ".zip")) as archive:
        about = json.loads(archive.read("about.json"))
        assert (about["to"]["width"], about["resampling"]) == (width, "nearest")
        [made] = about["maps"]
        with archive.open(made["files"]["tiff"]["file"]) as member:
            shown = tifffile.imread(member)
    assert shown.shape == (height, width)
    known = np.unique(shown[np.isfinite(shown)])
    assert np.isin(known, ds.band_map(6.1, 6.7).astype(np.float32)).all()
    app.pills(key="onto-files").set_value([]).run()
    assert "Choose a map and a kind of file." in texts(app)
