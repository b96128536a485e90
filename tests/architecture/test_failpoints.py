"""A failpoint stands before and after every commit and every call to the outside, so no crash goes untested."""

import ast
from pathlib import Path

from tests.architecture.source import PACKAGE, functions, modules, tree, where

COMMITTERS = [PACKAGE / "core" / "db.py"]
"""The only places where a transaction commits."""
CALLERS = [PACKAGE / "core" / "effects.py"]
"""The only places where an effect job reaches outside."""


def _calls(node: ast.AST, attribute: str) -> list[ast.Call]:
    return [
        call
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == attribute
    ]


def _failpoint_lines(node: ast.AST) -> list[int]:
    return [
        call.lineno
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "failpoint"
    ]


def _uncovered(path: Path, attribute: str) -> list[str]:
    """The calls of `attribute` that have no failpoint before or none after them in their function."""
    return [
        where(path, call.lineno)
        for function in functions(path)
        for call in _calls(function, attribute)
        if not _between(call.lineno, _failpoint_lines(function))
    ]


def _between(line: int, marks: list[int]) -> bool:
    return any(mark < line for mark in marks) and any(mark > line for mark in marks)


def test_commits_have_neighbours() -> None:
    for path in COMMITTERS:
        inner = [f for f in functions(path) if f.name == "commit"]
        assert inner
        for function in inner:
            commits = _calls(function, "commit")
            marks = _failpoint_lines(function)
            assert commits
            assert min(marks) < commits[0].lineno < max(marks)


def test_nobody_else_commits() -> None:
    allowed = {PACKAGE / "core" / "db.py"}
    found = [
        where(path, call.lineno)
        for path in modules()
        if path not in allowed and "sandbox" not in path.parts
        for call in _calls(tree(path), "commit")
        if not _through_the_database(call)
    ]
    assert not found


def _through_the_database(call: ast.Call) -> bool:
    """`database.commit(session)`: the way that has the failpoints."""
    target = call.func.value if isinstance(call.func, ast.Attribute) else None
    name = target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
    return name.lstrip("_") == "database" and len(call.args) == 1


def test_outside_calls_have_neighbours() -> None:
    for path in CALLERS:
        assert _calls(tree(path), "call")
        assert not _uncovered(path, "call")
        assert not _uncovered(path, "record")


def test_every_failpoint_has_a_name_that_can_be_found() -> None:
    nameless = [
        where(path, call.lineno)
        for path in modules()
        if path.name != "failpoints.py"
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "failpoint"
        and not isinstance(call.args[0], ast.Constant | ast.JoinedStr)
    ]
    assert not nameless
