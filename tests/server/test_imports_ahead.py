"""Large packages are imported before the first visitor needs them, each wholly before Plotly is used."""

import subprocess
import sys


def test_what_the_first_pages_need_is_imported():
    told = _run(
        "import sys; from server.imports_ahead import PACKAGES, import_ahead; import_ahead(); "
        "print(set(PACKAGES) <= set(sys.modules))"
    )
    assert told == "True"


def test_plotly_never_meets_a_half_imported_pandas():
    """A thread that imports pandas while another draws a chart once ended that visitor's page."""
    told = _run("import sys; import widgets.charts; print('pandas' in sys.modules)")
    assert told == "True"


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
