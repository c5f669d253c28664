"""A page's script gets its answer at once, and nobody else anything."""

import gc

import pytest
from starlette.requests import Request

from maxrf_core.errors import DatastackError
from server.quick_answers import QuickAnswer, send_answer


def ask(address: str, query: str = "") -> tuple[int, bytes]:
    key = address.rsplit("/", 1)[1]
    request = Request({"type": "http", "query_string": query.encode(), "path_params": {"key": key}})
    answer = send_answer(request)
    return answer.status_code, bytes(answer.body)


def test_what_a_page_asks_is_answered():
    respondent = QuickAnswer(lambda query: f"{2 * float(query['x'])}".encode())
    status, body = ask(respondent.address, "x=1.5")
    assert (status, body) == (200, b"3.0")


def test_addresses_cannot_be_guessed_and_end_with_the_session_that_holds_them():
    respondents = [QuickAnswer(lambda query: b"secret") for _ in range(2)]
    addresses = {respondent.address for respondent in respondents}
    assert len(addresses) == 2
    assert all(len(address.rsplit("/", 1)[1]) >= 43 for address in addresses)  # 32 bytes
    assert ask("/answers/guessed") == (204, b"")
    del respondents
    gc.collect()
    assert [ask(address) for address in addresses] == [(204, b"")] * 2


@pytest.mark.parametrize("query", ["", "x=much", "y=1"])
def test_what_makes_no_sense_is_not_answered(query: str):
    respondent = QuickAnswer(lambda query: b"x" * int(query["x"]))
    assert ask(respondent.address, query) == (204, b"")


def test_trouble_with_the_file_is_left_to_the_page_to_tell():
    def answer(query: object) -> bytes:
        raise DatastackError("scan.datastack does not exist.")

    respondent = QuickAnswer(answer)
    assert ask(respondent.address) == (204, b"")
