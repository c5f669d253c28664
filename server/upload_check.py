"""Check uploads before they can be opened: datastacks, raw scans and pictures."""

import threading

from maxrf_core import DataStack
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.picture_formats import PICTURE_ENDINGS
from maxrf_core.names import DATASTACK_EXT
from maxrf_core.readers import RAW_FORMATS, map_endings
from maxrf_core.untrusted.check import check_untrusted
from server import quick_looks
from server.incoming_file import Upload
from server.uploads import Uploads

RAW_ENDINGS = tuple(ending for form in RAW_FORMATS for ending in form.endings)
MAP_ENDINGS = map_endings()
UPLOAD_ENDINGS = tuple(dict.fromkeys((DATASTACK_EXT, *PICTURE_ENDINGS, *RAW_ENDINGS, *MAP_ENDINGS)))
_picture_lock = threading.Lock()  # the process that checks a picture takes as much memory as the server


class CannotBeOpenedError(MaxrfError):
    """A datastack that cannot be opened; it is kept for a rescue.

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
    """A file whose content is not what its name says; nothing of it is kept."""


def check_upload(uploads: Uploads, upload: Upload) -> Upload:
    """Check a new upload and publish it; the files of a raw scan wait for the last one.

    Returns
    -------
    Upload
        With its final path.

    Raises
    ------
    CannotBeOpenedError
        If a datastack is broken, with one sentence that says why.
    ContentRefusedError
        If another file is; nothing of it is kept.
    """
    ending, looked = upload.path.suffix, None
    if _is_awaiting_more(ending):
        return upload
    try:
        if ending in PICTURE_ENDINGS:
            with _picture_lock:
                looked = check_untrusted(upload.path)
        else:
            check_untrusted(upload.path)
        if ending == DATASTACK_EXT:
            DataStack(upload.path)
    except MaxrfError as error:
        if ending != DATASTACK_EXT:
            uploads.discard(upload.path)
            raise ContentRefusedError(str(error)) from error
        uploads.set_aside(upload)
        raise CannotBeOpenedError(str(error), upload.identifier) from error
    published = uploads.publish(upload)
    if looked is not None:
        quick_looks.keep(published.path, looked)
    return published


def _is_awaiting_more(ending: str) -> bool:
    """Return True if other files of the same scan follow one with this ending."""
    before = any(ending in endings for form in RAW_FORMATS for endings in form.files[:-1])
    return before and not any(ending in form.files[-1] for form in RAW_FORMATS)
