"""Who is looking, so that everybody finds their own uploads again and nobody else's."""

from urllib.parse import urlsplit

import streamlit as st

from server.application import below_app
from server.returning import link_back
from server.visitors import COOKIE, new_secret, owner_from, secret_in

_SECRET = "visitor-secret"


def owner() -> str:
    """Name the folder of this visitor's uploads.

    Somebody who has signed in is known by that, on every computer. Everybody else is known by the browser's
    cookie, and where there is none, as long as the page is open.
    """
    if st.user.get("is_logged_in"):
        return owner_from(f"signed in: {st.user.get('iss')} {st.user.get('sub')}")
    secret = secret_in(st.context.cookies.get(COOKIE, ""))
    return owner_from(secret or st.session_state.setdefault(_SECRET, new_secret()))


def private_link(identifier: str | None = None) -> str | None:
    """Return the address by which this visitor's uploads open in another browser; None where none is needed.

    Parameters
    ----------
    identifier : str, optional
        Of the upload that is opened there.
    """
    if st.user.get("is_logged_in"):
        return None
    link = link_back(st.context.cookies.get(COOKIE, ""), identifier)
    if link is None:
        return None
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{below_app(link)}" if here.netloc else below_app(link)
