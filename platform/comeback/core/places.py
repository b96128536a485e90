"""Where the top-level folders lie: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def place(name: str) -> Path:
    """The folder `emails`, `migrations`, … ; raises FileNotFoundError where neither copy exists."""
    for path in (_PACKAGE.parent.parent / name, _PACKAGE / f"_{name}"):
        if path.is_dir():
            return path
    raise FileNotFoundError(name)
