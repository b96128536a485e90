"""Python source in the making: lines, names of our own, and the objects those names stand for.

The source holds no text of the template, only names made here; what the template says is bound to them as data.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


class Unfit(Exception):
    """A template, or data, that the interpreter must render."""


class Code:
    """Collects the lines of one function."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.lines: list[str] = []
        self.names = dict(names)
        self._known: dict[tuple[type, Any], str] = {}
        self._depth, self._count = 1, 0

    def put(self, line: str) -> None:
        """Adds a line at the present depth."""
        self.lines.append(" " * self._depth + line)

    @contextmanager
    def under(self, line: str) -> Generator[None]:
        """Adds a line that opens a block; what is added inside stands in it."""
        self.put(line)
        self._depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.put("pass")
        self._depth -= 1

    def new(self) -> str:
        """A name nobody has yet."""
        self._count += 1
        return f"v{self._count}"

    def const(self, value: Any) -> str:
        """The name of a value; one name for equal texts and numbers."""
        plain = isinstance(value, str | int | float | tuple)
        key = (type(value), value if plain else id(value))
        if key not in self._known:
            self._count += 1
            self._known[key] = f"k{self._count}"
            self.names[self._known[key]] = value
        return self._known[key]

    def function(self, head: str) -> Any:
        """The function; Unfit where Python finds it too deep."""
        source = "\n".join([head, *self.lines, " return"])
        try:
            code = compile(source, "<template>", "exec")
        except (SyntaxError, RecursionError, MemoryError, OverflowError) as error:
            raise Unfit("too deep") from error
        place = dict(self.names)
        # Names and calls of ours alone: see the module.
        exec(code, place)  # noqa: S102
        return place["run"]
