"""What the house rules look at: the project's files, and the package's modules as syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOT = ROOT / "platform"
PACKAGE = SOURCE_ROOT / "comeback"
ROOMS = frozenset(
    "merchants customers catalog ledger webhooks orders messages shipments payments credits offers returns flows "
    "support storefronts imports portal desk insights".split()
)
"""Floors 3 to 8: the rooms that keep the file alphabet."""

_UNTRACKED = {".git", ".venv", ".comeback", "node_modules", "static", "__pycache__", "dist", "build"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the package."""
    return tuple(sorted(p for p in PACKAGE.rglob("*.py") if not _UNTRACKED & set(p.parts)))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    """The dotted name of a module of the package."""
    parts = path.relative_to(SOURCE_ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def where(path: Path, line: int = 0) -> str:
    """A place as a person reads it: `platform/comeback/kit/ids.py:12`."""
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[Function]:
    """All functions and methods of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node


def imported(node: ast.AST, module: str, is_package: bool) -> list[str]:
    """The dotted names that one import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        parts = module.split(".")
        keep = len(parts) - node.level + (1 if is_package else 0)
        base = ".".join([*parts[:keep], *filter(None, [node.module])])
    return [base, *(f"{base}.{alias.name}" for alias in node.names)]


def imports(path: Path) -> set[str]:
    """Every dotted name that a module imports at its top or inside."""
    is_package = path.name == "__init__.py"
    return {name for node in ast.walk(tree(path)) for name in imported(node, name_of(path), is_package)}


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        found = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:
        found = [p for p in ROOT.rglob("*") if not _UNTRACKED & set(p.relative_to(ROOT).parts)]
    return tuple(sorted(p for p in found if p.is_file()))


def text_files() -> Iterator[tuple[Path, str]]:
    """The project's files that are text, with their text."""
    for path in project_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
