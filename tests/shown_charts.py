"""Figures that a page has shown, from its session."""

import base64
import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest


def figure_of(app: AppTest, name: str) -> dict[str, Any]:
    """Return what the browser fetches for a chart: ``data``, ``layout``, and what is beside the figure."""
    figure: dict[str, Any] = json.loads(app.session_state[f"chart/{name}"].shown.content)
    return figure


def curves_in(figure: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return the counts of each curve in a chart of spectra by its name, as hovering tells them."""
    found = {}
    for curve in figure["data"]:
        if "name" in curve:
            counts = curve.get("customdata", curve["y"])
            found[curve["name"]] = np.frombuffer(base64.b64decode(counts["bdata"]), counts["dtype"])
    return found
