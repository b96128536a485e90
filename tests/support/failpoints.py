"""The failpoints of the product, read from its source: one that no test knows cannot exist."""

import ast
from pathlib import Path

from tests.architecture.source import modules, tree

EFFECT_METHODS = {"prepare", "call", "record"}


def _calls(path: Path) -> list[ast.expr]:
    return [
        node.args[0]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint"
    ]


def effect_jobs() -> set[str]:
    """Names of all effect jobs: classes with prepare, call and record."""
    found: set[str] = set()
    for path in modules():
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.ClassDef)
                and {f.name for f in node.body if isinstance(f, ast.AsyncFunctionDef)} >= EFFECT_METHODS
            ):
                found |= {
                    str(a.value.value)
                    for a in node.body
                    if isinstance(a, ast.Assign) and isinstance(a.value, ast.Constant)
                    and isinstance(a.targets[0], ast.Name) and a.targets[0].id == "name"
                }  # fmt: skip
    return found


def names() -> set[str]:
    """Every name; those composed from a job's name once per effect job."""
    found: set[str] = set()
    for path in modules():
        for name in _calls(path):
            if isinstance(name, ast.Constant):
                found.add(str(name.value))
            elif isinstance(name, ast.JoinedStr):
                end = "".join(str(v.value) for v in name.values if isinstance(v, ast.Constant))
                found |= {f"{job}{end}" for job in effect_jobs()}
    return found
