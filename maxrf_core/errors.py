"""What can go wrong, in sentences that a reader of the app can act on."""


class MaxrfError(Exception):
    """Base of all errors that maxrf_core raises on purpose; its text is one sentence for people."""


class DatastackError(MaxrfError):
    """A datastack cannot be opened, read or written."""


class ArrayNotFoundError(DatastackError, KeyError):
    """A datastack holds no array of that name."""

    __str__ = Exception.__str__  # KeyError would show the text in quotes


class ScanError(MaxrfError):
    """A raw scan cannot be read or converted."""


class CalibrationError(MaxrfError, ValueError):
    """Energies, element lines or bands that make no sense."""


class RegistrationError(MaxrfError, ValueError):
    """Points from which no sensible transform follows."""


class PictureError(MaxrfError, ValueError):
    """A picture file or array that cannot be read, drawn or written."""


class ClusterError(MaxrfError):
    """A cluster cannot be reached or cannot do the work."""


def refusal(file: str, reason: str) -> DatastackError:
    """Say that a file is not taken from a stranger, and what can be done."""
    return DatastackError(
        f"{file:.80} is refused: {reason}. Convert the scan again with this program, or ask whoever sent it."
    )
