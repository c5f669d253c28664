"""Sign-in, if the operator has set it up."""

import streamlit as st

from server.access_mode import login_is_set_up
from widgets.session.language import _


def require_sign_in() -> None:
    """Stop the page with a button to sign in, if that is set up and the visitor has not signed in.

    It is set up by a part ``[auth]`` in Streamlit's secrets: see docs/deploy.md.
    """
    if not login_is_set_up() or st.user.get("is_logged_in"):
        return
    st.title(_("Scans of paintings and drawings"), anchor=False)
    st.write(_("The scans here are not public. Please sign in to see them."))
    st.button(_("Sign in"), type="primary", icon=":material/login:", on_click=st.login)
    st.stop()


def offer_sign_out() -> None:
    """Show the button to sign out in the sidebar, if the visitor has signed in."""
    if login_is_set_up() and st.user.get("is_logged_in"):
        st.sidebar.button(_("Sign out"), icon=":material/logout:", on_click=st.logout)
