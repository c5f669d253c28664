"""May this visitor see anything at all, where the operator has set up that people sign in?"""

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError


def require_sign_in() -> None:
    """End the page with a way to sign in, where that is set up and has not been done.

    It is set up by a part ``[auth]`` in Streamlit's secrets: see docs/deploy.md.
    """
    if not _is_set_up() or st.user.get("is_logged_in"):
        return
    st.title("Scans of paintings and drawings", anchor=False)
    st.write("The scans here are not public. Please sign in to see them.")
    st.button("Sign in", type="primary", icon=":material/login:", on_click=st.login)
    st.stop()


def offer_sign_out() -> None:
    """Show who has signed in, and the way out, in the sidebar."""
    if _is_set_up() and st.user.get("is_logged_in"):
        st.sidebar.button("Sign out", icon=":material/logout:", on_click=st.logout)


def _is_set_up() -> bool:
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        if any(Path(place).exists() for place in st.get_option("secrets.files")):
            raise  # what cannot be read may ask for a sign-in: then nobody gets in
        return False
