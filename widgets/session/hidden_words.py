"""Words that only screen readers tell: a button shows its icon alone, or a page no title."""

_HIDDEN = {
    "position": "absolute",
    "width": "1px",
    "height": "1px",
    "overflow": "hidden",
    "clip-path": "inset(50%)",
    "white-space": "nowrap",
}


def hide_words(selector: str) -> str:
    """Return the rule of a style sheet that hides what a selector names from all but screen readers.

    Examples
    --------
    >>> hide_words("h1")
    'h1 { position: absolute; width: 1px; ... }'
    """
    declared = "; ".join(f"{name}: {value}" for name, value in _HIDDEN.items())
    return f"{selector} {{ {declared} }}"
