"""Addresses that nobody can guess, of what one visitor's page offers; they end with the visitor's session."""

import secrets
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from starlette.requests import Request

T = TypeVar("T")


class SessionAddresses(Generic[T]):
    """Addresses below one route, each of an object that the visitor's session holds.

    Parameters
    ----------
    route : str
        Below the app's own address.
    """

    def __init__(self, route: str) -> None:
        self._route = route
        self._held: WeakValueDictionary[str, T] = WeakValueDictionary()

    def give(self, held: T) -> str:
        """Return a new address of an object; it ends when nothing else refers to the object."""
        key = secrets.token_urlsafe(32)
        self._held[key] = held
        return f"{self._route}/{key}"

    def find(self, request: Request) -> T | None:
        """Return the object of the address that is requested, or None if there is none any more."""
        return self._held.get(request.path_params["key"])
