"""Parsing of numbers and sizes on the command line."""

import argparse
import re
from collections.abc import Sequence

from maxrf_core.language import _
from maxrf_core.workers import scheduler_address
from maxrf_core.written_numbers import read_number

_UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}


def number(text: str) -> float:
    """Read a number with a decimal point or comma, as argparse's `type`.

    Raises
    ------
    argparse.ArgumentTypeError
        If the text is not valid.

    Examples
    --------
    >>> number("6,1")
    6.1
    """
    try:
        return read_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def size(text: str) -> float:
    """Read an amount of memory in bytes, as argparse's `type`.

    Raises
    ------
    argparse.ArgumentTypeError
        If the text is not valid.

    Examples
    --------
    >>> size("1,5GB")
    1500000000.0
    """
    found = re.fullmatch(r"\s*([0-9.,]+)\s*([kMG]?)B?\s*", text)
    try:
        if found:
            return read_number(found[1]) * _UNITS[found[2]]
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is no size such as 800MB or 2GB")


def rectangle(text: str) -> tuple[int, int, int, int]:
    """Read columns and rows of two opposite corners (x0, y0, x1, y1), as argparse's `type`.

    Raises
    ------
    argparse.ArgumentTypeError
        If the text is not valid.

    Examples
    --------
    >>> rectangle("0,0,9,4")
    (0, 0, 9, 4)
    """
    try:
        x0, y0, x1, y1 = map(int, text.split(","))
    except ValueError:
        words = _("{text!r:.40} is no rectangle: write four whole numbers, such as 0,0,9,4.")
        raise argparse.ArgumentTypeError(words.format(text=text)) from None
    return x0, y0, x1, y1


def lines(text: str) -> tuple[int, ...]:
    """Read numbers of rows or columns and runs of them, as argparse's `type`.

    Raises
    ------
    argparse.ArgumentTypeError
        If the text is not valid.

    Examples
    --------
    >>> lines("12,20-22")
    (12, 20, 21, 22)
    """
    found: list[int] = []
    for part in text.split(","):
        run = re.fullmatch(r"\s*(\d{1,7})\s*(?:[-–]\s*(\d{1,7})\s*)?", part)
        first, last = (int(run[1]), int(run[2] or run[1])) if run else (1, 0)
        if last < first:
            words = _("{text!r:.40} names no rows or columns: write numbers and runs, such as 12,20-22.")
            raise argparse.ArgumentTypeError(words.format(text=text))
        found += range(first, last + 1)
    return tuple(found)


def with_points(arguments: Sequence[str]) -> list[str]:
    """Replace the decimal comma of negative numbers: argparse takes -0,96 for an option.

    Examples
    --------
    >>> with_points(["--offset", "-0,96"])
    ['--offset', '-0.96']
    """
    return [text.replace(",", ".") if re.fullmatch(r"-\d*,\d+", text) else text for text in arguments]


def add_scheduler_option(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--scheduler`` to a command."""
    parser.add_argument(
        "--scheduler", default=scheduler_address(), metavar="tcp://HOST:PORT",
        help="let a running dask.distributed cluster do the work (default: what MAXRF_SCHEDULER says)",
    )  # fmt: skip
