"""Components of the app: a script of ours, with the style sheet beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from server.assets import component_script

_WIDGETS = Path(__file__).resolve().parents[1]


def own_component(name: str, script: str) -> Callable[..., Any]:
    """Declare a component whose elements are a part of the page.

    Parameters
    ----------
    name : str
        Known to Streamlit alone.
    script : str
        Path of its module in the folder ``widgets``; a style sheet of that name is its style.

    Returns
    -------
    callable
        Show the component, as Streamlit describes it.
    """
    style = (_WIDGETS / script).with_suffix(".css")
    css = style.read_text(encoding="utf-8") if style.exists() else None
    return st.components.v2.component(name, js=component_script(script), css=css, isolate_styles=False)
