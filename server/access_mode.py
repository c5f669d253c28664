"""Access mode of the app: one user on their own computer, or several visitors.

The files of a single user go into the data folder.
"""

import os
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_single_user() -> bool:
    """Return True if only the person at this computer can reach the app.

    It then listens on this computer's own address, under no public name (``browser.serverAddress``), nobody
    signs in, and the operator has not said otherwise by MAXRF_SHARED=1.
    """
    try:
        return is_local() and not is_shared() and not login_is_set_up()
    except StreamlitSecretNotFoundError:
        return False


def is_local() -> bool:
    """Return True if the app answers this computer alone, according to its settings."""
    is_public = st.get_option("browser.serverAddress") not in LOOPBACK
    return st.get_option("server.address") in LOOPBACK and not is_public


def is_shared() -> bool:
    """Return True if the operator says that there are several visitors: MAXRF_SHARED=1."""
    return os.environ.get("MAXRF_SHARED", "").strip().lower() in {"1", "true", "yes"}


def login_is_set_up() -> bool:
    """Return True if visitors sign in: there is a part ``[auth]`` in Streamlit's secrets (docs/deploy.md).

    Raises
    ------
    StreamlitSecretNotFoundError
        Where the file cannot be read: it may ask for a sign-in, so nobody gets in.
    """
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        if any(Path(place).exists() for place in st.get_option("secrets.files")):
            raise
        return False
