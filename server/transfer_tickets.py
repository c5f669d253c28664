"""Tickets: signed permissions for one visitor to upload files, or to download one file.

A page that offers an upload or a download gets a ticket, which only this process can make. It names the
visitor, or the file. A foreign page cannot know a ticket, so a request with a ticket
cannot have been forged (OWASP calls it the synchronizer token pattern). A ticket for an upload is good only
together with the cookie of the browser for which it was made.
"""

import secrets

from itsdangerous import BadSignature, TimestampSigner

from server.visitor_cookie import owner_id, read_secret

HEADER = "X-Upload-Ticket"
SECONDS = 12 * 3600  # a page that stays open longer is given a new one when it runs again
UPLOAD, DOWNLOAD = "upload", "download"  # purposes
_key = secrets.token_bytes(32)


def issue(text: str, purpose: str) -> str:
    """Return a ticket that carries a text.

    Examples
    --------
    >>> read(issue("a file", DOWNLOAD), DOWNLOAD)
    'a file'
    >>> read(issue("a file", DOWNLOAD), UPLOAD) is None
    True
    """
    return TimestampSigner(_key, salt=purpose).sign(text).decode()


def read(ticket: str, purpose: str) -> str | None:
    """Return the text of a ticket; None if it is not ours, for another purpose, or too old."""
    try:
        return TimestampSigner(_key, salt=purpose).unsign(ticket, max_age=SECONDS).decode()
    except BadSignature:
        return None


def issue_upload(owner: str, cookie: str) -> str:
    """Return a ticket for the uploads of an owner, from the browser with this cookie."""
    return issue(f"{owner} {_mark(cookie)}", UPLOAD)


def read_upload(ticket: str, cookie: str) -> str | None:
    """Return the owner for whom a ticket was made; None where it is of no use to this browser."""
    owner, _, mark = (read(ticket, UPLOAD) or "").partition(" ")
    return owner if owner and mark == _mark(cookie) else None


def _mark(cookie: str) -> str:
    secret = read_secret(cookie)
    return owner_id(secret) if secret else "-"
