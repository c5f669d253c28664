"""The map of a page: of a band of energies, or one that another program made."""

from pathlib import Path

import pytest

from tests.pages.conftest import come_to, make_scan_with_nmf_maps


def test_a_map_of_another_program_can_take_the_place_of_a_band(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    make_scan_with_nmf_maps(tmp_path / "plain.datastack")
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    app = come_to("register", {"stack": "plain.datastack"})
    assert app.selectbox(key="shown-map").options == ["A band of energies", "NMF Fe", "NMF Ca"]
    assert app.number_input(key="band-lo").value is not None
    app.selectbox(key="shown-map").set_value("NMF Ca").run()
    assert not app.exception
    assert not [field for field in app.number_input if field.key == "band-lo"]
