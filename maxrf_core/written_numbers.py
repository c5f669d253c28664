"""Numbers from elsewhere: written with a decimal point or a decimal comma, or in JSON."""

import math
import re

_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)


def read_number(text: str) -> float:
    """Read a number with a decimal point or a decimal comma, without thousands separators.

    Parameters
    ----------
    text : str
        Blanks around the number are ignored.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the text is anything else: 1,234.5 and 1.234,5 are refused because they are ambiguous.

    Examples
    --------
    >>> read_number("6,1"), read_number(" -0.956 "), read_number("1e-3")
    (6.1, -0.956, 0.001)
    """
    written = text.strip().replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(written):
        raise ValueError(f"{text:.40} is no number such as 6.1 or 6,1")
    return float(written.replace(",", "."))


def split_unit(text: str) -> tuple[float, str]:
    """Read a number and the unit behind it, which may be missing.

    Returns
    -------
    (float, str)

    Raises
    ------
    ValueError
        If the text does not begin with a number.

    Examples
    --------
    >>> split_unit("0,7 mm"), split_unit("50kV"), split_unit("12.5")
    ((0.7, 'mm'), (50.0, 'kV'), (12.5, ''))
    """
    found = re.fullmatch(r"\s*([^\s\w]?[\d.,]+(?:[eE][+-]?\d+)?)\s*(.*)", text, re.DOTALL)
    return (read_number(found[1]), found[2].strip()) if found else (read_number(text), "")


def is_number(value: object) -> bool:
    """Return True if a value from JSON is a finite number.

    Examples
    --------
    >>> [is_number(value) for value in (1, 2.5, True, "3", None, float("nan"))]
    [True, True, False, False, False, False]
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
