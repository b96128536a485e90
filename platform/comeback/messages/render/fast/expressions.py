"""Liquid expressions as Python source over a flat scope (a dict of plain data).

Each expression adds the lines it needs and answers the name of its value. Paths look into dicts and lists only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from liquid import Markup
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.logical import (
    BooleanExpression,
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LogicalAndExpression,
    LogicalOrExpression,
    LtExpression,
    NeExpression,
)
from liquid.builtin.expressions.primitive import (
    FalseLiteral,
    FloatLiteral,
    IntegerLiteral,
    Nil,
    StringLiteral,
    TrueLiteral,
)
from liquid.exceptions import LiquidTypeError
from liquid.filter import liquid_filter
from liquid.undefined import Undefined

from comeback.messages.render.fast.code import Code, Unfit

Scope = dict[str, Any]
RESERVED = frozenset({"now", "today"})
SPECIAL = frozenset({"size", "first", "last"})
NUMBERS = (int, float)
_COUNTERS = {
    "index": "({i} + 1)", "index0": "{i}", "rindex": "({n} - {i})", "rindex0": "({n} - {i} - 1)",
    "first": "({i} == 0)", "last": "({i} == {n} - 1)", "length": "{n}",
}  # fmt: skip
_PLAIN_WRAPPER: Any = liquid_filter(len).__code__  # type: ignore[attr-defined]


class Loop:
    """A loop around: the template's name of its item, and our names of item, position and length."""

    __slots__ = ("count", "item", "length", "name")

    def __init__(self, name: str, item: str, count: str, length: str) -> None:
        self.name, self.item, self.count, self.length = name, item, count, length


class Compiler:
    """Compiles expressions for one environment into one function's code."""

    def __init__(self, env: Any, code: Code) -> None:
        self.env, self.code = env, code
        self.loops: list[Loop] = []

    def expression(self, node: Any) -> str:
        """The name (or plain source) of an expression's value; Unfit where there is none."""
        made = _TABLE.get(type(node))
        if made is None:
            raise Unfit(type(node).__name__)
        return made(self, node)

    def condition(self, node: Any) -> str:
        """Source of an expression as Liquid takes it for true: everything but nil, false and what is missing."""
        node = node.expression if isinstance(node, BooleanExpression) else node
        if isinstance(node, Path) and not self._special(node):
            return self._holds(self.path(node, missing=False))
        value = self.expression(node)
        if type(node) in _TRUTHS:
            return value
        return self._holds(value)

    def _holds(self, value: str) -> str:
        return f"({value} is not None and {value} is not False and {value}.__class__ is not Missing)"

    def constant(self, node: Any) -> str:
        value = node.value
        if isinstance(value, str) and self.env.autoescape:
            value = Markup(value)
        return self.code.const(value)

    def _special(self, node: Any) -> bool:
        root, *rest = node.path
        return (root == "forloop" and bool(self.loops)) or not all(
            type(segment) is str and segment not in SPECIAL for segment in rest
        )

    def path(self, node: Any, *, missing: bool = True) -> str:
        """A path's value; without `missing`, nil where it leads nowhere."""
        root, *rest = node.path
        if type(root) is not str or root in RESERVED or (root == "forloop" and rest[:1] in ([], ["parentloop"])):
            raise Unfit("path")
        if root == "forloop" and self.loops:
            return self._counter(rest)
        loop = next((one for one in reversed(self.loops) if one.name == root), None)
        base = loop.item if loop else f"s[{self.code.const(root)}]"
        if loop and not rest:
            return base
        steps, errors = self._steps(base, rest), "(KeyError, TypeError)" if rest else "KeyError"
        if self._special(node):
            errors = "(KeyError, TypeError, IndexError)"
        value = self.code.new()
        with self.code.under("try:"):
            self.code.put(f"{value} = {steps}")
        with self.code.under(f"except {errors}:"):
            lost = f"missing({self.code.const(tuple(node.path))}, {self.code.const(node.token)})"
            self.code.put(f"{value} = {lost if missing else None}")
        return value

    def _steps(self, base: str, rest: Sequence[Any]) -> str:
        """Positions and `size`, `first`, `last` go by the interpreter's own rules."""
        if not all(type(segment) in (str, int) for segment in rest):
            raise Unfit("path of a path")
        plain = all(type(segment) is str and segment not in SPECIAL for segment in rest)
        for segment in rest:
            name = self.code.const(segment)
            base = f"{base}[{name}]" if plain else f"item({base}, {name})"
        return base

    def _counter(self, rest: Sequence[Any]) -> str:
        loop = self.loops[-1]
        if len(rest) != 1 or rest[0] not in _COUNTERS:
            raise Unfit("forloop")
        return _COUNTERS[rest[0]].format(i=loop.count, n=loop.length)

    def filtered(self, node: Any) -> str:
        value = self.expression(node.left)
        for found in node.filters or ():
            value = self._filter(value, found)
        return value

    def _filter(self, value: str, node: Any) -> str:
        function = self.env.filters.get(node.name)
        if function is None or getattr(function, "with_environment", False):
            raise Unfit(f"filter {node.name}")
        if any(getattr(argument, "name", None) for argument in node.args):
            raise Unfit("named arguments")
        given = [value, *(self.expression(argument.value) for argument in node.args)]
        if getattr(function, "with_context", False):
            given.append("context=light")
        # The library's plain wrapper only turns TypeErrors into its own error, as is done here.
        if getattr(function, "__code__", None) is _PLAIN_WRAPPER:
            function = function.__wrapped__
        result = self.code.new()
        with self.code.under("try:"):
            self.code.put(f"{result} = {self.code.const(function)}({', '.join(given)})")
        with self.code.under("except TypeError as error:"):
            self.code.put(f"raise refused({self.code.const(node.name)}, error) from error")
        return result

    def _either_way(self, node: Any, test: str) -> str:
        """`and`, `or`: the right side is looked at only where the left does not decide."""
        value = self.code.new()
        self.code.put(f"{value} = {self.condition(node.left)}")
        with self.code.under(test.format(value)):
            self.code.put(f"{value} = {self.condition(node.right)}")
        return value

    def both(self, node: Any) -> str:
        return self._either_way(node, "if {}:")

    def either(self, node: Any) -> str:
        return self._either_way(node, "if not {}:")

    def equal(self, node: Any) -> str:
        left, right = self.expression(node.left), self.expression(node.right)
        if isinstance(node.right, StringLiteral):
            return f"({left} == {right} if {left}.__class__ is str else equals({left}, {right}))"
        return f"equals({left}, {right})"

    def unequal(self, node: Any) -> str:
        return f"(not {self.equal(node)})"

    def ordered(self, node: Any) -> str:
        left, right = self.expression(node.left), self.expression(node.right)
        if isinstance(node, GtExpression | GeExpression):
            left, right = right, left
        strict = isinstance(node, LtExpression | GtExpression)
        sign, general = ("<", "less") if strict else ("<=", "at_most")
        both = f"{left}.__class__ is int and {right}.__class__ is int"
        return f"({left} {sign} {right} if {both} else {general}({left}, {right}))"


def equals(left: Any, right: Any) -> bool:
    """Liquid's `==`: what is missing equals nil; booleans equal booleans only."""
    if isinstance(left, Undefined):
        return right is None or isinstance(right, Undefined)
    if isinstance(right, Undefined):
        return left is None
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool) and left == right
    return bool(left == right)


def less(left: Any, right: Any) -> bool:
    """Liquid's `<`."""
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        return left < right
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    if _nothing(left) or _nothing(right):
        return False
    kinds = f"'{type(left).__name__}' and '{type(right).__name__}'"
    raise LiquidTypeError(f"'<' and '>' are not supported between {kinds}", token=None)


def at_most(left: Any, right: Any) -> bool:
    """Liquid's `<=`; of booleans never true."""
    if isinstance(left, str) and isinstance(right, str):
        return left <= right
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        return left <= right
    if _nothing(left) or _nothing(right):
        return False
    return equals(left, right)


def _nothing(value: Any) -> bool:
    return value is None or isinstance(value, Undefined)


_TRUTHS = frozenset({
    EqExpression, NeExpression, LtExpression, GtExpression, LeExpression, GeExpression, LogicalAndExpression,
    LogicalOrExpression,
})  # fmt: skip
_TABLE: Mapping[type, Callable[[Compiler, Any], str]] = {
    Path: Compiler.path,
    FilteredExpression: Compiler.filtered,
    BooleanExpression: lambda compiler, node: compiler.expression(node.expression),
    StringLiteral: Compiler.constant,
    IntegerLiteral: Compiler.constant,
    FloatLiteral: Compiler.constant,
    TrueLiteral: Compiler.constant,
    FalseLiteral: Compiler.constant,
    Nil: lambda _compiler, _node: "None",
    LogicalAndExpression: Compiler.both,
    LogicalOrExpression: Compiler.either,
    EqExpression: Compiler.equal,
    NeExpression: Compiler.unequal,
    LtExpression: Compiler.ordered,
    GtExpression: Compiler.ordered,
    LeExpression: Compiler.ordered,
    GeExpression: Compiler.ordered,
}
