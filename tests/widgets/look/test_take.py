"""A file that is made while the visitor watches is made in spite of what else the page does."""

from zipfile import is_zipfile

import pytest
import streamlit as st

from maxrf_core.export.maps import write_maps_zip
from tests.pages.elements_scan import examined_folder, open_made
from tests.widgets.look.test_take_files import offered
from tests.widgets.look.test_views import folder

__all__ = ["examined_folder", "folder"]


@pytest.mark.usefixtures("folder")
def test_what_another_run_of_the_page_cut_short_is_made_by_the_next():
    cut_short: list[None] = []

    def write(*arguments: object) -> None:
        if not cut_short:
            cut_short.append(None)
            st.rerun()  # as an answer of a chart does
        write_maps_zip(*arguments)

    with pytest.MonkeyPatch.context() as patched:
        app = open_made("look")
        patched.setattr("widgets.look.take_files.write_maps_zip", write)
        app.button(key="look-take-zip").click().run()
        assert not app.exception
        assert cut_short
        assert is_zipfile(offered(app, "_maps.zip"))
