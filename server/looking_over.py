"""Is what was uploaded a datastack, a scan or a picture that can be opened without harm?"""

from maxrf_core import DataStack
from maxrf_core.errors import MaxrfError
from maxrf_core.untrusted import check_untrusted
from server.uploads import Upload, Uploads

ENDING = ".datastack"


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


def look_over(uploads: Uploads, upload: Upload) -> None:
    """Look over a datastack that has just arrived; others are looked over when they are used.

    Raises
    ------
    CannotBeOpenedError
        With one sentence that says why.
    """
    if upload.path.suffix != ENDING:
        return
    try:
        check_untrusted(upload.path)
        DataStack(upload.path)
    except MaxrfError as error:
        uploads.set_aside(upload)
        raise CannotBeOpenedError(str(error), upload.identifier) from error
