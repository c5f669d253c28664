"""Settings of the documentation, which ``make docs`` builds into build/docs."""

import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
os.environ["PYTHONPATH"] = str(PROJECT)  # for the notebook, which runs in a process of its own

from maxrf_core import __version__  # noqa: E402

project = "maxrf4all"
author = "the maxrf4all contributors"
release = version = __version__

extensions = [
    "myst_nb",  # Markdown, and notebooks, which are executed
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinxarg.ext",  # the command line, from argparse
]
exclude_patterns = ["reference/generated/.*"]
templates_path = ["_templates"]
html_theme = "furo"
html_show_copyright = False
html_title = f"maxrf4all {release}"
html_favicon = "../widgets/session/icon.png"

myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

autosummary_generate = True
autodoc_typehints = "none"  # the docstrings tell types, shapes and units
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
