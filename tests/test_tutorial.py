"""The tutorial's notebook, and the code of the page for Python, run as they stand."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import maxrf_core

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_notebook_runs_and_ends_with_a_registered_photograph(tmp_path: Path):
    notebook = nbformat.read(DOCS / "tutorial" / "demo-notebook.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # they are made when the site is built
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(DOCS.parent)}}).execute()
    printed = "".join(
        output["text"] for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output
    )
    [off] = re.findall(r"refined: ([\d.]+) map pixels off", printed)
    assert float(off) < 0.3
    assert "'imvis_reg_highres': 'imvis_reg_highres'" in printed


def test_the_code_for_python_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    text = (DOCS / "how-to" / "use-python.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    exec(compile(code, "use-python.md", "exec"), {})
    assert (tmp_path / "iron.tif").is_file()


def test_every_public_name_is_in_the_reference():
    text = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^   (\w+)$", text, re.MULTILINE))
    listed |= set(re.findall(r"^`(\w+)` is", text, re.MULTILINE))
    assert {*maxrf_core.__all__, "__version__"} == {*listed, "__version__"}
