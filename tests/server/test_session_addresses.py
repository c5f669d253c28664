"""What a page offers has an address of its own, which ends with the session that holds it."""

import gc

from starlette.requests import Request

from server.session_addresses import SessionAddresses


class Offer:
    """Anything that a page may offer."""


def request(address: str) -> Request:
    return Request({"type": "http", "path_params": {"key": address.rpartition("/")[2]}})


def test_each_object_is_found_at_its_own_address():
    addresses: SessionAddresses[Offer] = SessionAddresses("/offers")
    one, other = Offer(), Offer()
    first, second = addresses.give(one), addresses.give(other)
    assert first.startswith("/offers/")
    assert addresses.find(request(first)) is one
    assert addresses.find(request(second)) is other
    assert addresses.find(request("/offers/guessed")) is None


def test_an_address_ends_with_what_holds_the_object():
    addresses: SessionAddresses[Offer] = SessionAddresses("/offers")
    offer = Offer()
    address = addresses.give(offer)
    del offer
    gc.collect()
    assert addresses.find(request(address)) is None
