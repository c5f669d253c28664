"""Streamlit's options, set for a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit import config


@contextmanager
def streamlit_options(**options: object) -> Iterator[None]:
    """Set options, whose names have ``__`` for a dot, and restore them at the end."""
    names = [name.replace("__", ".") for name in options]
    before = {name: (config.get_option(name), config.get_where_defined(name)) for name in names}
    for name, value in zip(names, options.values(), strict=True):
        config._set_option(name, value, "a test")
    try:
        yield
    finally:
        for name, (value, where) in before.items():
            config._set_option(name, value, where)
