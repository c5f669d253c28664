"""Who is looking, so that everybody finds their own uploads again and nobody else's?"""

import streamlit as st

from server.visitors import COOKIE, is_secret, new_secret, owner_from

_SECRET = "visitor-secret"


def owner() -> str:
    """Name the folder of this visitor's uploads.

    Somebody who has signed in is known by that, on every computer. Everybody else is known by the browser's
    cookie, and where there is none, as long as the page is open.
    """
    if st.user.get("is_logged_in"):
        return owner_from(f"signed in: {st.user.get('iss')} {st.user.get('sub')}")
    secret = st.context.cookies.get(COOKIE, "")
    if not is_secret(secret):
        secret = st.session_state.setdefault(_SECRET, new_secret())
    return owner_from(secret)
