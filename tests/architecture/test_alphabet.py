"""Inside a room the files have the same names everywhere, and each keeps to what its name says."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOMS, functions, imports, modules, name_of, tree, where

ALPHABET = frozenset("__init__ models schemas errors rules repository service events jobs routes".split())
IMPURE = ("asyncio", "time", "random", "secrets", "uuid", "os", "httpx", "socket", "sqlalchemy", "comeback.core.clock",
          "comeback.core.db", "comeback.core.outbox", "comeback.core.events")  # fmt: skip
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter"}


def _rooms() -> list[Path]:
    return sorted(p for p in PACKAGE.iterdir() if p.is_dir() and p.name in ROOMS and (p / "__init__.py").exists())


def _rules() -> list[Path]:
    """Every file named rules.py of a room, and every file of a folder named rules."""
    return [
        path
        for path in modules()
        if (parts := path.relative_to(PACKAGE).with_suffix("").parts)[0] in ROOMS and "rules" in parts[1:]
    ]


@pytest.mark.parametrize("room", _rooms(), ids=lambda p: p.name)
def test_a_room_has_only_the_known_files(room: Path) -> None:
    strangers = {p.name for p in room.glob("*.py") if p.stem not in ALPHABET}
    assert not strangers, "give variants a folder of their own; a helper belongs to the file that uses it, or to kit"


@pytest.mark.parametrize("room", _rooms(), ids=lambda p: p.name)
def test_a_room_says_what_it_owns(room: Path) -> None:
    body = tree(room / "__init__.py").body
    assert len(body) == 1
    text = ast.get_docstring(tree(room / "__init__.py")) or ""
    assert "Owns" in text
    assert "import" in text
    assert "ublishes" in text


@pytest.mark.parametrize("path", _rules(), ids=name_of)
def test_rules_are_pure(path: Path) -> None:
    waits = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Await | ast.AsyncFunctionDef | ast.AsyncFor)]
    assert not waits, "a rule decides, it does not wait"
    impure = sorted(
        name for name in imports(path) if any(name == bad or name.startswith(f"{bad}.") for bad in IMPURE)
        and name != "uuid.UUID" and name != "uuid"
    )  # fmt: skip
    assert not impure
    clocks = [
        where(path, node.lineno)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert not clocks, "hand the time in"


def test_services_do_not_commit() -> None:
    commits = [
        where(path, node.lineno)
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] in ROOMS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert not commits, "the edge commits, once"


def test_sql_stays_out_of_services_and_routes() -> None:
    found = [
        f"{where(path)} imports sqlalchemy"
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] in ROOMS
        and {"service", "routes"} & set(path.with_suffix("").parts)
        and any(name == "sqlalchemy" or name.startswith("sqlalchemy.") for name in imports(path))
        and not imports(path) & {"sqlalchemy.exc"}
    ]
    assert not found


def test_public_functions_of_services_and_rules_are_described() -> None:
    bare = [
        f"{where(path, function.lineno)} {function.name}"
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] in ROOMS and {"service", "rules"} & set(path.with_suffix("").parts)
        for function in tree(path).body
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and not function.name.startswith("_")
        and not ast.get_docstring(function)
    ]
    assert not bare


def test_functions_are_typed() -> None:
    untyped = [
        f"{where(path, function.lineno)} {function.name}"
        for path in modules()
        for function in functions(path)
        if function.returns is None and function.name != "__init__"
    ]
    assert not untyped
