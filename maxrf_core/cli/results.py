"""Results and errors of the commands, as they are printed."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from maxrf_core.errors import MaxrfError
from maxrf_core.language import _

if TYPE_CHECKING:
    from maxrf_core.conversion.batch import Outcome


def print_results(outcomes: Iterable["Outcome"]) -> None:
    """Print the result of each file; raise an error at the end if any failed."""
    failed, count = 0, 0
    for name, outcome in outcomes:
        count += 1
        if isinstance(outcome, MaxrfError):
            failed += 1
            print(f"{name}: {one_line(outcome)}", file=sys.stderr)
        else:
            print(f"{name}: {outcome}", flush=True)
    if failed:
        raise MaxrfError(
            _("{failed} of {count} failed, as told above; the others are done.").format(
                failed=failed, count=count
            )
        )


def one_line(error: BaseException) -> str:
    """Return the message of an error in one line."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return " ".join(str(error).split())
