"""Texts of a scan, which other programs may have written, in the headers of other formats."""

from typing import Any


def one_line(value: Any) -> str:
    """Return a text on one line, without signs that cannot be printed; empty if it is no text."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
