"""The app's scripts and Plotly come to the browser once, compressed, and never an older version of them."""

import gzip
import http.client
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from streamlit import config

from server import assets
from server.application import routes
from server.assets import PLOTLY, asset_url, component_script

WIDGETS = Path(__file__).resolve().parents[2] / "widgets"
MODULES = sorted(path.relative_to(WIDGETS).as_posix() for path in WIDGETS.rglob("*.js"))


@pytest.fixture
def base_path() -> Iterator[str]:
    before = config.get_option("server.baseUrlPath"), config.get_where_defined("server.baseUrlPath")
    config._set_option("server.baseUrlPath", "/lab/maxrf/", "a test")
    yield "/lab/maxrf"
    config._set_option("server.baseUrlPath", *before)


@pytest.fixture
def own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the server have other modules than the app's."""
    for cached in (assets._modules, assets._checksum):
        cached.cache_clear()
    monkeypatch.setattr(assets, "_MODULES", tmp_path)
    yield tmp_path
    for cached in (assets._modules, assets._checksum):
        cached.cache_clear()


def get(port: int, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(
        "GET", address, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    answer = connection.getresponse()
    found = answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
    connection.close()
    return found


def content(name: str) -> bytes:
    if name == PLOTLY:
        return (files("plotly") / "package_data" / PLOTLY).read_bytes()
    return (WIDGETS / name).read_bytes()


@pytest.mark.parametrize("name", [PLOTLY, *MODULES])
def test_a_script_is_sent_as_it_is_with_or_without_compression(port: int, name: str):
    status, headers, plain = get(port, asset_url(name))
    assert (status, plain) == (200, content(name))
    assert headers["content-encoding"] == "identity"
    status, headers, packed = get(port, asset_url(name), Accept_Encoding="gzip, br")
    assert (status, gzip.decompress(packed)) == (200, plain)
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert len(packed) < 0.6 * len(plain)


def test_browsers_keep_a_script_and_get_no_cookie_with_it(port: int):
    _, headers, _ = get(port, asset_url(PLOTLY))
    assert "immutable" in headers["cache-control"]
    assert "max-age=31536000" in headers["cache-control"]
    assert "set-cookie" not in headers
    assert headers["x-content-type-options"] == "nosniff"


def test_plotly_is_compressed_once(port: int, monkeypatch: pytest.MonkeyPatch):
    address = asset_url(PLOTLY)
    first = get(port, address, Accept_Encoding="gzip")
    monkeypatch.setattr(assets.deflate, "gzip_compress", lambda *_: pytest.fail("compressed again"))
    assert get(port, address, Accept_Encoding="gzip")[2] == first[2]


@pytest.mark.parametrize(
    "address",
    [
        "/assets/0123456789abcdef/viewer/viewer.js",
        "/assets/0123456789abcdef/plotly.min.js",
        "{folder}/viewer/viewer.css",
        "{folder}/viewer/../../server/signing_key.py",
        "{folder}/%2e%2e/server/signing_key.py",
        "{folder}//etc/passwd",
    ],
)
def test_nothing_else_is_sent_neither_an_older_version_nor_another_file(port: int, address: str):
    folder = asset_url("viewer/viewer.js").removesuffix("/viewer/viewer.js")
    status, headers, _ = get(port, address.format(folder=folder))
    assert status == 404
    assert "immutable" not in headers.get("cache-control", "")


def test_modules_are_in_one_folder_that_changes_with_any_of_them(own_modules: Path):
    (own_modules / "chart").mkdir()
    (own_modules / "chart" / "chart.js").write_text('import "../look.js";')
    (own_modules / "look.js").write_text("export const look = 1;")
    before = asset_url("chart/chart.js")
    assert asset_url("look.js").rsplit("/", 1)[0] == before.rsplit("/", 2)[0]
    (own_modules / "look.js").write_text("export const look = 2;")
    assets._checksum.cache_clear()  # a server that is started again
    assert asset_url("chart/chart.js") != before
    with pytest.raises(FileNotFoundError, match=r"no script lock\.js"):
        asset_url("lock.js")


def test_scripts_are_found_below_the_path_of_the_app(base_path: str):
    address = asset_url("viewer/viewer.js")
    assert re.fullmatch(rf"{base_path}/assets/[0-9a-f]{{16}}/viewer/viewer\.js", address)
    assert f'"{address}"' in component_script("viewer/viewer.js")
    assert any(route.path == f"{base_path}/assets/{{version}}/{{name:path}}" for route in routes())
