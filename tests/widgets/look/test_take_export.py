"""A scan is taken away in the format of another program by one choice and one press."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from maxrf_core.datastack.contents import size_text
from maxrf_core.readers import open_scan
from maxrf_core.writers import WRITERS
from tests.maxrf_core.elements.made_scan import CALIBRATION, N, made_counts
from tests.pages.elements_scan import NAME, examined_folder, open_made
from tests.widgets.look.test_take_files import offered
from tests.widgets.look.test_views import folder

__all__ = ["examined_folder", "folder"]
STEM = Path(NAME).stem


@pytest.mark.usefixtures("folder")
def test_a_scan_is_downloaded_in_the_format_that_was_chosen(tmp_path: Path):
    app = open_made("look")
    assert not [button for button in app.button if button.key == "look-take-scan"]
    app.selectbox(key="look-take-format").select("ripple").run()
    told = " ".join(caption.value for caption in app.caption)
    assert WRITERS["ripple"].keeps in told
    assert WRITERS["ripple"].loses in told
    assert size_text(made_counts().size) in told  # one byte a count
    app.button(key="look-take-scan").click().run()
    assert not app.exception
    assert not app.error
    packed = offered(app, f"{STEM}_ripple.zip")
    with ZipFile(packed) as archive:
        assert sorted(archive.namelist()) == [f"{STEM}.raw", f"{STEM}.rpl"]
        archive.extractall(tmp_path / "unpacked")
    scan = open_scan(tmp_path / "unpacked" / f"{STEM}.rpl")
    np.testing.assert_array_equal(scan.read(slice(None), slice(None)), made_counts())
    np.testing.assert_array_equal(scan.energies, CALIBRATION.energies(N))

    app.selectbox(key="look-take-format").select("nexus").run()
    app.button(key="look-take-scan").click().run()
    found = offered(app, f"{STEM}_nexus.nxs")
    np.testing.assert_array_equal(open_scan(found).read(slice(None), slice(None)), made_counts())
    assert not packed.exists()  # what is not offered any more is not kept
