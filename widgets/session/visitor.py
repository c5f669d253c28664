"""Identity of the visitor, by which only the owner finds an upload again."""

from urllib.parse import urlsplit

import streamlit as st

from server.private_link import private_link_path
from server.settings import below_app
from server.visitor_cookie import COOKIE, new_secret, owner_id, read_secret

_SECRET = "visitor-secret"


def owner() -> str:
    """Return the name of the folder of this visitor's uploads.

    A visitor who has signed in is identified by that, on every computer. Others are identified by the
    browser's cookie, and without a cookie only as long as the page is open.
    """
    if st.user.get("is_logged_in"):
        return owner_id(f"signed in: {st.user.get('iss')} {st.user.get('sub')}")
    secret = read_secret(st.context.cookies.get(COOKIE, ""))
    return owner_id(secret or st.session_state.setdefault(_SECRET, new_secret()))


def private_link(identifier: str | None = None) -> str | None:
    """Return the address by which this visitor's uploads open in another browser; None if none is needed.

    Parameters
    ----------
    identifier : str, optional
        Of the upload that is opened there.
    """
    if st.user.get("is_logged_in"):
        return None
    link = private_link_path(st.context.cookies.get(COOKIE, ""), identifier)
    if link is None:
        return None
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{below_app(link)}" if here.netloc else below_app(link)
