"""What RosettaSciIO reads of single spectra, with energies in keV whatever their unit."""

import numpy as np
import pytest

from maxrf_core.readers.rosetta_spectra import read_msa, read_spx
from tests.maxrf_core.readers.spectrum_files import write_msa


def test_energies_in_ev_become_kev_and_other_units_none(tmp_path):
    path = tmp_path / "a.msa"
    write_msa(path, np.arange(32.0))
    text = path.read_text()
    counts, energies = read_msa(text)
    assert counts.tolist() == list(range(32))
    assert energies == pytest.approx(-0.1 + 0.02 * np.arange(32))
    assert read_msa(text.replace("keV", "eV"))[1] == pytest.approx(energies / 1000)
    assert read_msa(text.replace("keV", "nm"))[1] is None


def test_headers_without_spaces_and_empty_lines_are_read(tmp_path):
    path = tmp_path / "a.msa"
    write_msa(path, np.arange(32.0))
    text = path.read_text().replace("#SPECTRUM    : ", "\n#SPECTRUM    :")
    assert read_msa(text)[0].tolist() == list(range(32))


def test_xml_with_entities_is_refused_unread():
    with pytest.raises(ValueError, match="entities"):
        read_spx(b"<!DOCTYPE x [<!ENTITY a 'b'>]><TRTSpectrum/>")
