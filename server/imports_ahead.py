"""Import of large packages while the server waits for its first visitor."""

from importlib import import_module

PACKAGES = ("pandas", "plotly.graph_objects")


def import_ahead() -> None:
    """Import what the first pages need, so that they need not wait for it; called in a thread."""
    for name in PACKAGES:
        import_module(name)
