"""Parsing of numbers and sizes on the command line."""

import argparse
import re
from collections.abc import Sequence

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
