"""Check uploads before they can be opened: datastacks, raw scans and pictures."""

import threading

from maxrf_core import DataStack
from maxrf_core.errors import MaxrfError
from maxrf_core.readers import RAW_FORMATS
from maxrf_core.untrusted.check import check_untrusted
from server.arrivals import Upload
from server.uploads import Uploads

ENDING = ".datastack"
PICTURES = (
    ".png",
    ".jpg",
    ".jpeg",
    ".tif",
    ".tiff",
    ".heic",
    ".heif",
    ".avif",
)  # the last are told how to export
RAW_ENDINGS = tuple(ending for form in RAW_FORMATS for ending in form.endings)
ENDINGS = tuple(dict.fromkeys((ENDING, *PICTURES, *RAW_ENDINGS)))  # that are accepted as uploads
_one_child = threading.Lock()  # the process that checks a picture takes as much memory as the server


class CannotBeOpenedError(MaxrfError):
    """A datastack that cannot be opened; it was put aside for a rescue.

    Parameters
    ----------
    message : str
    identifier : str
        Of the upload.
    """

    def __init__(self, message: str, identifier: str) -> None:
        super().__init__(message)
        self.identifier = identifier


class ContentRefusedError(MaxrfError):
    """A file that is not what it should be; nothing of it is kept."""


def look_over(uploads: Uploads, upload: Upload) -> Upload:
    """Check what has just arrived and publish it; a file of a raw scan waits until the last one is there.

    Returns
    -------
    Upload
        With its final path.

    Raises
    ------
    CannotBeOpenedError
        For a datastack, with one sentence that says why.
    ContentRefusedError
        For other files, of which nothing is kept.
    """
    ending = upload.path.suffix
    if _is_awaiting_more(ending):
        return upload
    try:
        if ending in PICTURES:
            with _one_child:
                check_untrusted(upload.path)
        else:
            check_untrusted(upload.path)
        if ending == ENDING:
            DataStack(upload.path)
    except MaxrfError as error:
        if ending != ENDING:
            uploads.discard(upload.path)
            raise ContentRefusedError(str(error)) from error
        uploads.set_aside(upload)
        raise CannotBeOpenedError(str(error), upload.identifier) from error
    return uploads.publish(upload)


def _is_awaiting_more(ending: str) -> bool:
    """Return True if other files of the same scan follow one with this ending."""
    before = any(ending in endings for form in RAW_FORMATS for endings in form.files[:-1])
    return before and not any(ending in form.files[-1] for form in RAW_FORMATS)
