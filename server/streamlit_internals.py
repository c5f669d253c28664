"""What the server needs of Streamlit beyond its public interface, in this one place.

Streamlit has an upper bound in requirements.txt, and `tests/test_assumptions.py` notices if these change.
"""

from typing import Any

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def uploader_bytes() -> int:
    """Count the bytes of the files that Streamlit's uploader holds for all visitors.

    Streamlit publishes the number at /_stcore/metrics only, several seconds old: too late to refuse a flood.
    """
    if not runtime.exists():
        return 0
    held: Any = runtime.get_instance().uploaded_file_mgr
    return sum(each.byte_length for family in held.get_stats().values() for each in family)


def drop_ended_sessions() -> bool:
    """Drop the sessions whose page can no longer reconnect; return False if no server runs.

    Streamlit does so only when another session ends, and has no interface for it.
    """
    if not runtime.exists():
        return False
    manager: Any = runtime.get_instance()._session_mgr
    manager._session_storage._cache.expire()
    return True


def is_on_page() -> bool:
    """Return True if the calling thread runs a visitor's page.

    Elsewhere `st.context` knows no visitor, and writes a warning to the terminal whenever it is asked.
    """
    return get_script_run_ctx(suppress_warning=True) is not None
