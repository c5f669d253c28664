"""The app uses only what Streamlit and Plotly publish, so that their new releases break nothing."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LAYERS = ("pages", "widgets", "server")

# Modules of the two whose names are published.
PUBLIC = {
    "plotly.colors",
    "plotly.graph_objects",
    "plotly.io",
    "plotly.offline",
    "plotly.subplots",
    "streamlit.components.v1",
    "streamlit.errors",
    "streamlit.starlette",
    "streamlit.testing.v1",
}
# The one place for what Streamlit does not publish; tests/test_assumptions.py notices changes of it.
INTERNALS = "server/streamlit_internals.py"
# Submodules that are reached through `st`, as `st.runtime`
SUBMODULES = {"config", "elements", "proto", "runtime", "string_util", "type_util", "util", "web"}
# Rules of style for the space around a page, without which there is only more of that, and for the colour of
# chosen buttons and sliders' numbers, which tests/browser/test_accessibility.py holds.
HARMLESS = {
    ("widgets/session/navigation.py", name)
    for name in (".stMainBlockContainer", ".stButtonGroup", ".stSlider", "data-testid")
}

IN_SCRIPTS = re.compile(
    r"""
    (?<![\w$])(?!this\b|super\b)[\w$)\]]+(?:\?\.|\.)_\w+   # chart._fullLayout
    | \b_(?:full(?:Layout|Data|Input)|plots|context|offset|length|transitionData)\b
    | __data__                                            # D3's
    | \.(?:[pdlcr]2[pdlcr])\b                              # axis.p2d
    | \.(?:main-svg|plot-container|svg-container|draglayer|nsewdrag|xaxislayer|cartesianlayer|modebar\S*)\b
    | data-testid | \.st[A-Z]\w+                           # Streamlit's page
    """,
    re.VERBOSE,
)
IN_STYLES = re.compile(r"data-testid|\.st[A-Z]\w+|\.(?:main-svg|plot-container|svg-container|modebar\S*)\b")


def sources(*endings: str) -> list[Path]:
    found = [
        path for layer in LAYERS for path in sorted((PROJECT / layer).rglob("*")) if path.suffix in endings
    ]
    assert found
    return [path for path in found if name_of(path) not in {INTERNALS}]


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def is_published(module: str, name: str) -> bool:
    """Return whether `from module import name` stays within what is published."""
    if module not in ("streamlit", "plotly"):
        return module in PUBLIC
    is_submodule = find_spec(f"{module}.{name}") is not None
    return f"{module}.{name}" in PUBLIC or not is_submodule


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield what a file imports of Streamlit and Plotly, as modules and names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                (alias.name, "") for alias in node.names if "." in alias.name and is_theirs(alias.name)
            )
        elif isinstance(node, ast.ImportFrom) and node.module and is_theirs(node.module):
            yield from ((node.module, alias.name) for alias in node.names)


def is_theirs(module: str) -> bool:
    return module.split(".")[0] in ("streamlit", "plotly")


def own_underscored() -> set[str]:
    """Return the private names that the app itself defines: its modules may use their own."""
    found = set()
    for layer in LAYERS:
        for path in (PROJECT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    found.add(node.name)
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.add(node.id)
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    found.add(node.attr)
    return {name for name in found if name.startswith("_")}


def private_attributes(tree: ast.AST, own: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        is_private = re.match(r"_(?!_)", node.attr) and node.attr not in own
        if is_private or (ast.unparse(node.value) == "st" and node.attr in SUBMODULES):
            yield ast.unparse(node)


def test_only_published_modules_of_streamlit_and_plotly_are_imported():
    wrong = [
        f"{name_of(path)} imports {name or 'the module'} from {module}"
        for path in sources(".py")
        for module, name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if not is_published(module, name)
    ]
    assert not wrong


def test_no_private_attribute_of_another_package_is_used():
    own = own_underscored()
    wrong = [
        f"{name_of(path)} uses {found}"
        for path in sources(".py")
        for found in private_attributes(ast.parse(path.read_text(encoding="utf-8")), own)
    ]
    assert not wrong


def test_no_script_reads_plotly_or_the_page_of_streamlit_beyond_what_they_publish():
    wrong = [
        f"{name_of(path)}: {found.group().strip()}"
        for path in sources(".js")
        for found in IN_SCRIPTS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_no_style_depends_on_the_page_of_streamlit_or_plotly():
    wrong = [
        f"{name_of(path)}: {found.group()}"
        for path in sources(".py", ".css", ".html")
        for found in IN_STYLES.finditer(path.read_text(encoding="utf-8"))
        if (name_of(path), found.group()) not in HARMLESS
    ]
    assert not wrong


def test_what_is_private_would_be_found():
    assert not is_published("streamlit.runtime.scriptrunner", "get_script_run_ctx")
    assert not is_published("streamlit", "runtime")
    assert not is_published("plotly.basedatatypes", "BaseFigure")
    assert is_published("streamlit", "session_state")
    tree = ast.parse("st.session_state._state; self._own; figure.__class__; st.runtime.exists()")
    assert set(private_attributes(tree, {"_own"})) == {"st.session_state._state", "st.runtime"}
    for script in (
        "chart._fullLayout.xaxis",
        "xaxis.p2d(3)",
        "button?.__data__",
        "const { _fullLayout } = chart",
        "closest('[data-testid=\"stElementContainer\"]')",
        'find(".main-svg")',
    ):
        assert IN_SCRIPTS.search(script), script
    for script in (
        "this._own = 1",
        "chart.layout.xaxis",
        "event.xvals",
        "closest(`.st-key-${name}`)",
        "a_b.c",
    ):
        assert not IN_SCRIPTS.search(script), script
