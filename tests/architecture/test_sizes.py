"""Small files, small functions: what a person can hold in the head."""

from tests.architecture.source import ROOT, functions, modules, project_files, where

FILE_LINES = 400
FUNCTION_LINES = 40
HANDWRITTEN = {".py", ".ts", ".tsx", ".css", ".html", ".mjml"}
GENERATED = ("frontend/api/src/schema.ts",)


def _generated(name: str) -> bool:
    return name in GENERATED or ".gen." in name


def test_files_have_at_most_400_lines() -> None:
    written = [p for p in project_files() if p.suffix in HANDWRITTEN and not _generated(where(p))]
    long = {where(p): n for p in written if (n := p.read_text(encoding="utf-8").count("\n")) > FILE_LINES}
    assert not long


def test_functions_have_at_most_40_lines() -> None:
    long: dict[str, int] = {}
    for path in modules():
        for function in functions(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_LINES:
                long[f"{where(path, function.lineno)} {function.name}"] = lines
    assert not long


def test_platform_is_only_a_source_root() -> None:
    # A package called platform would shadow the module of the standard library.
    assert not (ROOT / "platform" / "__init__.py").exists()
