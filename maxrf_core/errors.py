"""Exceptions of maxrf_core; their messages are sentences that tell users what to do."""

from maxrf_core.language import _


class MaxrfError(Exception):
    """Base of all exceptions that maxrf_core raises; the message is one sentence for users."""


class DatastackError(MaxrfError):
    """A datastack cannot be opened, read or written."""


class ArrayNotFoundError(DatastackError, KeyError):
    """A datastack holds no array of that name."""

    __str__ = Exception.__str__  # KeyError would show the text in quotes


class NoSpectraError(ArrayNotFoundError):
    """A datastack holds element maps and no spectra."""


class ScanError(MaxrfError):
    """A raw scan cannot be read or converted."""


class CalibrationError(MaxrfError, ValueError):
    """Energies, element lines or bands are invalid."""


class RegistrationError(MaxrfError, ValueError):
    """No valid transform follows from the points."""


class PictureError(MaxrfError, ValueError):
    """A picture cannot be read, drawn or written."""


class PatchError(MaxrfError, ValueError):
    """A patch cannot be made, read, written or compared."""


class ClusterError(MaxrfError):
    """A cluster cannot be reached or cannot do the work."""


def unreadable(name: str, error: OSError) -> ScanError:
    """Return the exception for a scan's file or folder that the system does not let us read."""
    return ScanError(_("{name} cannot be read: {reason}.").format(name=name, reason=error.strerror))


def refusal(file: str, reason: str) -> DatastackError:
    """Return the exception for an untrusted file that is refused."""
    return DatastackError(
        _(
            "{file:.80} is refused: {reason}. Convert the scan again with this program, or ask whoever "
            "sent it."
        ).format(file=file, reason=reason)
    )
