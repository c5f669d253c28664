"""An uploaded spectrum or a .tar file of them is read before it is accepted."""

import pytest

from maxrf_core.errors import ScanError
from maxrf_core.untrusted.spectra import check_spectrum, check_tar
from tests.maxrf_core.readers.spectrum_files import amptek


def test_a_spectrum_passes_and_other_text_does_not(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("x y Fe Ca\n" + "".join(f"{n % 3} {n // 3} {n} 1\n" for n in range(12)))
    check_spectrum(path)  # element maps
    path = tmp_path / "a.mca"
    path.write_text(amptek(range(64)))
    check_spectrum(path)
    path.write_text("milk, bread")
    with pytest.raises(ScanError, match="holds no spectrum"):
        check_spectrum(path)
    with pytest.raises(ScanError, match=r"no \.tar file"):
        check_tar(path)
