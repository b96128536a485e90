"""What must not stand in any file: unfinished work, hosts of registries, paths and hosts of one person's machine."""

import ast
import re

from tests.architecture.source import ROOT, modules, project_files, text_files, tree, where

UNFINISHED = re.compile(r"\b(?:TODO|FIXME|HACK)\b")
REGISTRY = re.compile(
    r"(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.pkg\.github\.com"
    r"|/simple/?$|artifactory|devpi|nexus\.)".replace(r"\.", r"[.]"),
    re.MULTILINE,
)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|Users|work|opt|mnt)/[\w.-]+")
HOST = re.compile(r"https?://")
LOCKS = ("*.lock", "package-lock.json", ".npmrc")
SELF = ROOT / "tests" / "architecture" / "test_words.py"


def test_nothing_is_left_for_later() -> None:
    found = [where(path) for path, text in text_files() if path != SELF and UNFINISHED.search(text)]
    assert not found


def test_no_file_names_a_registry() -> None:
    found = {where(path): hit.group() for path, text in text_files() if path != SELF and (hit := REGISTRY.search(text))}
    assert not found


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {
        where(path): hit.group()
        for path, text in text_files()
        if path != SELF and path.name != "package-lock.json" and (hit := MACHINE_PATH.search(text))
    }
    assert not found


def test_lock_files_name_no_host() -> None:
    locks = [path for path in project_files() if any(path.match(pattern) for pattern in LOCKS)]
    assert locks
    assert not [where(path) for path in locks if HOST.search(path.read_text(encoding="utf-8"))]


def test_every_pin_has_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", lock.strip(), flags=re.IGNORECASE)
    assert len(entries) > 50
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry]


def test_the_lock_covers_the_declared_packages() -> None:
    declared = set(re.findall(r'^\s*"([A-Za-z0-9_-]+)[\[<>=!~;]', _dependencies(), re.MULTILINE)) - {"comeback"}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {line.split("==")[0] for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))}
    assert declared
    assert not {name.lower().replace("_", "-") for name in declared} - pinned


def _dependencies() -> str:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return text[text.index("dependencies = [") : text.index("[project.scripts]")].replace(", ", ",\n ")


def test_nothing_prints() -> None:
    # The command line writes through its own console (comeback.app.console); everything else logs.
    found = [
        where(path, node.lineno)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "pprint"}
    ]
    assert not found


def test_nothing_is_a_stub() -> None:
    found = [
        where(path, node.lineno)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id == "NotImplementedError"
    ]
    assert not found
