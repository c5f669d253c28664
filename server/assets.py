"""JavaScript for the page: the app's own modules and Plotly, each under an address that names its content.

Streamlit sends the script of a component as a text, which browsers run without an address, so that it cannot
import a file beside it. Here the files have addresses: one folder for all modules of the app, so that they
import one another by relative paths, as they do where node tests them. The folder is named after the content
of all; browsers therefore keep them for good and still never run an older one.
"""

import gzip
import json
from functools import cache
from hashlib import sha256

import deflate
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from maxrf_core.language import _
from server.settings import HERE, below_app

ROUTE = "/assets"
PLOTLY = "plotly.min.js"
_MODULES = HERE / "widgets"
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}
_LEVEL = 9  # of libdeflate; 12 packs Plotly by 3 % more in six times the time


def asset_url(name: str) -> str:
    """Return the address of a script on the app's own host, with server.baseUrlPath.

    Parameters
    ----------
    name : str
        `PLOTLY`, or the path of a JavaScript module in the folder ``widgets``.

    Raises
    ------
    FileNotFoundError
        If there is no such script.

    Examples
    --------
    >>> asset_url("viewer/viewer.js")
    '/assets/.../viewer/viewer.js'
    """
    return below_app(f"{ROUTE}/{_version(name)}/{name}")


def component_script(name: str) -> str:
    """Return the script with which a component of Streamlit loads one of the app's modules.

    Parameters
    ----------
    name : str
        As in `asset_url`; the module exports a component's function as its default.
    """
    # In several lines: Streamlit takes a text of one line for the path of a file
    return f"""const module = await import(new URL({json.dumps(asset_url(name))}, location.origin));
export default module.default;
"""


def send_asset(request: Request) -> Response:
    """Send a script, compressed if the browser takes that."""
    name = request.path_params["name"]
    try:
        is_current = _version(name) == request.path_params["version"]
    except FileNotFoundError:
        is_current = False
    if not is_current:
        return PlainTextResponse(_("Not found."), 404)
    content = compressed(name)
    encoding = "gzip" if "gzip" in request.headers.get("accept-encoding", "") else "identity"
    if encoding == "identity":
        content = gzip.decompress(content)
    # With this header, Streamlit's server does not compress it at every request
    headers = _HEADERS | {"Content-Encoding": encoding}
    return Response(content, media_type="text/javascript", headers=headers)


def _version(name: str) -> str:
    """Return the name of the folder that a script is in: the checksum of all that its address stands for."""
    if name == PLOTLY:
        return _checksum(PLOTLY)
    if name not in _modules():
        raise FileNotFoundError(f"There is no script {name} in {_MODULES}.")
    return _checksum(*_modules())


@cache
def _modules() -> tuple[str, ...]:
    """Return the paths of the app's modules in their folder."""
    return tuple(sorted(path.relative_to(_MODULES).as_posix() for path in _MODULES.rglob("*.js")))


@cache
def _checksum(*names: str) -> str:
    sums = "".join(f"{name} {sha256(_content(name)).hexdigest()}\n" for name in names)
    return sha256(sums.encode()).hexdigest()[:16]


@cache
def compressed(name: str) -> bytes:
    """Return a script in gzip's format, compressed once."""
    return bytes(deflate.gzip_compress(_content(name), _LEVEL))


def _content(name: str) -> bytes:
    if name != PLOTLY:
        return (_MODULES / name).read_bytes()
    from plotly.offline import get_plotlyjs  # 5 MB of text; only a page with a chart needs it

    return str(get_plotlyjs()).encode()
