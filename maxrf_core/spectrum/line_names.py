"""Names of single lines, such as ``Pb-La`` and ``Fe-Kb``: a family and a group of its lines."""

import re

from maxrf_core.spectrum.families import split_family

GREEK = {"a": "α", "b": "β", "g": "γ"}
_LINE = re.compile(r"(.+-[KL])([abg])")


def line_group(name: str) -> str | None:
    """Return the group of a line's name, or None for a family's.

    Examples
    --------
    >>> line_group("Pb-La"), line_group("Pb-L")
    ('a', None)
    """
    found = _LINE.fullmatch(name)
    return found[2] if found else None


def family_of(name: str) -> str:
    """Return the family of a line's or family's name, in the usual spelling.

    Raises
    ------
    CalibrationError
        If it is none.

    Examples
    --------
    >>> family_of("Pb-Lb"), family_of("pb l")
    ('Pb-L', 'Pb-L')
    """
    found = _LINE.fullmatch(name)
    return "-".join(split_family(found[1] if found else name))


def line_title(name: str) -> str:
    """Return what a line is called.

    Examples
    --------
    >>> line_title("Pb-La"), line_title("Fe-Kb")
    ('Pb Lα', 'Fe Kβ')
    """
    element, shell = split_family(family_of(name))
    return f"{element} {shell}{GREEK[line_group(name) or 'a']}"
