"""Cache of large pictures, within a budget of memory for all visitors.

Decoding a photograph of 21 million pixels takes 160 MB for a moment, and twenty visitors may each have one.
So one is processed at a time, and the last results stay within the budget.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Protocol, TypeVar

import numpy as np
import streamlit as st
from cachetools import LRUCache

MEMORY = 90_000_000  # bytes for what is kept; a photograph of 21 million pixels takes 65 million


class Large(Protocol):
    """An array, or something that holds one; it is not changed any more."""

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes."""


Some = TypeVar("Some", bound=Large)
_kept: LRUCache[Hashable, Any] = LRUCache(MEMORY, getsizeof=lambda large: large.nbytes)
_lock = threading.Lock()
_working = threading.RLock()  # to make one picture another one may be needed


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other visitor's large pictures are being processed."""
    with _working:
        yield


def cached_array(name: Hashable, make: Callable[[], Some], words: str | None = None) -> Some:
    """Return the large array of this name; make it if it is not in the cache.

    Parameters
    ----------
    name : hashable
        What determines its values: the file's version, and what was done.
    make : callable
        Return it; only one is made at a time.
    words : str, optional
        Text that the page shows meanwhile.

    Returns
    -------
    array, or what holds one
        Others may be given the same.
    """
    found: Some | None = _find(name)
    if found is not None:
        return found
    with st.spinner(words) if words else nullcontext(), _working:
        found = _find(name)  # another visitor may have waited for the same
        if found is None:
            found = make()
            if isinstance(found, np.ndarray):
                found.flags.writeable = False
            _keep(name, found)
    return found


def _find(name: Hashable) -> Any:
    with _lock:
        return _kept.get(name)


def _keep(name: Hashable, large: Large) -> None:
    with _lock:
        if large.nbytes <= _kept.maxsize:
            _kept[name] = large
