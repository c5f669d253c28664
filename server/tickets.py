"""May this request put a file there, or fetch that one?

A page that offers an upload or a download gets a ticket, which only this process can make and which says
whose page it is, or which file is meant. A foreign page cannot know one, so that a request with a ticket
cannot have been forged (OWASP calls it the synchronizer token pattern).
"""

import secrets

from itsdangerous import BadSignature, TimestampSigner

HEADER = "X-Upload-Ticket"
SECONDS = 12 * 3600  # a page that stays open longer is given a new one when it runs again
_signer = TimestampSigner(secrets.token_bytes(32))


def issue(text: str) -> str:
    """Make a ticket that says something.

    Examples
    --------
    >>> read(issue("this visitor"))
    'this visitor'
    >>> read("this visitor.made.up") is None
    True
    """
    return _signer.sign(text).decode()


def read(ticket: str) -> str | None:
    """Tell what a ticket says; None where it is none of ours, or too old."""
    try:
        return _signer.unsign(ticket, max_age=SECONDS).decode()
    except BadSignature:
        return None
