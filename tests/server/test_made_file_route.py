"""A file is made when it is taken, by whom the page offered it to, and never left on the server."""

import gc
import http.client
from pathlib import Path

import pytest

from maxrf_core.errors import DatastackError
from server.made_file_route import MadeFile


def get(port: int, address: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
    connection.close()
    return found


def test_a_file_comes_under_its_name_and_as_the_page_shows_it_now(port: int):
    file = MadeFile(lambda: b"1;2", "map_Fe.csv", "text/csv")
    status, headers, content = get(port, file.address)
    assert (status, content) == (200, b"1;2")
    assert headers["content-disposition"] == 'attachment; filename="map_Fe.csv"'
    assert headers["content-type"].startswith("text/csv")
    assert headers["cache-control"] == "no-store"
    file.make, file.name = lambda: b"3;4", "Fe Kα.csv"
    _, headers, content = get(port, file.address)
    assert content == b"3;4"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''Fe%20K%CE%B1.csv"


def test_a_large_file_is_sent_from_the_disk(port: int, tmp_path: Path):
    made = tmp_path / "made"
    made.write_bytes(bytes(range(256)) * 20_000)
    file = MadeFile(lambda: made, "maps.zip", "application/zip")
    status, headers, content = get(port, file.address)
    assert (status, content) == (200, made.read_bytes())
    assert headers["content-length"] == str(made.stat().st_size)
    assert headers["content-disposition"] == 'attachment; filename="maps.zip"'
    assert headers["cache-control"] == "no-store"


def test_addresses_cannot_be_guessed_and_end_with_the_session_that_holds_them(port: int):
    files = [MadeFile(lambda: b"secret", "a.csv", "text/csv") for _ in range(2)]
    addresses = {file.address for file in files}
    assert len(addresses) == 2
    assert all(len(address.rsplit("/", 1)[1]) >= 43 for address in addresses)  # 32 bytes
    del files
    gc.collect()
    for address in (*addresses, "/made/guessed"):
        status, _, content = get(port, address)
        assert status == 404
        assert b"reload the page" in content


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (DatastackError("scan.datastack does not exist."), 409, b"scan.datastack does not exist."),
        (RuntimeError("secret"), 500, b"This file could not be made"),
    ],
)
def test_a_file_that_cannot_be_made_is_told_in_a_sentence(
    port: int, error: Exception, status: int, told: bytes
):
    def make() -> bytes:
        raise error

    file = MadeFile(make, "a.csv", "text/csv")
    answered, headers, content = get(port, file.address)
    assert answered == status
    assert told in content
    assert b"secret" not in content
    assert "attachment" not in headers.get("content-disposition", "")
