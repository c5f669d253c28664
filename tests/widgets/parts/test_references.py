"""Reference spectra of a scan are laid over its spectra with as many counts, and taken off again."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.datastack.stored_references import Reference, keep_reference, stored_references
from tests.pages.conftest import Open, choice_of, texts
from tests.shown_charts import curves_in, figure_of


def test_a_reference_is_shown_with_the_counts_of_the_last_pixel_and_can_be_removed(
    open_page: Open, data_folder: Path
):
    ds = DataStack(data_folder / "demo.datastack")
    mean, energies = ds.read("maxrf_sumspectrum"), ds.axis.values
    keep_reference(ds, Reference("Azurite", 7 * mean, energies))
    keep_reference(ds, Reference("Other detector", np.ones(20)))
    app = open_page("spectra")
    assert not any(name.startswith("Reference") for name in curves_in(figure_of(app, "spectra")))
    app.multiselect(key="spectra-references").set_value(["Azurite", "Other detector"]).run()
    shown = curves_in(figure_of(app, "spectra"))
    [name] = [name for name in shown if name.startswith("Reference")]
    assert name == "Reference Azurite, × 0.143"
    first = ds.axis.first
    assert shown[name][first:].sum() == pytest.approx(mean[first:].sum(), rel=1e-3)
    assert "Other detector cannot be laid over this scan" in texts(app)
    choice_of(app).regions = [(10, 20, 30, 40)]
    app.run()
    shown = curves_in(figure_of(app, "spectra"))
    [name] = [name for name in shown if name.startswith("Reference")]
    assert shown[name][first:].sum() == pytest.approx(
        shown["1: Mean of 10, 20 to 30, 40"][first:].sum(), rel=1e-3
    )
    app.selectbox(key="spectra-reference-remove").select("Azurite").run()
    app.button(key="spectra-reference-removes").click().run()
    assert [each.name for each in stored_references(DataStack(ds.path))] == ["Other detector"]
    assert not any(name.startswith("Reference") for name in curves_in(figure_of(app, "spectra")))


def test_of_a_read_only_server_nothing_is_kept(open_page: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app = open_page("spectra")
    assert "This scan holds no reference spectra." in texts(app)
    assert not app.exception
