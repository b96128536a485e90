"""Liquid expressions as functions of a flat scope (a dict of plain data).

Paths look into dicts and lists only. `Unfit` at compile time leaves the whole template to the interpreter.
"""

from collections.abc import Callable
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
from liquid.undefined import Undefined

Scope = dict[str, Any]
Evaluate = Callable[[Scope], Any]
RESERVED = frozenset({"now", "today"})
SPECIAL = frozenset({"size", "first", "last"})
NUMBERS = (int, float)


class Unfit(Exception):
    """A template that the interpreter must render."""


class Compiler:
    """Compiles expressions for one environment; `missing` makes what a failed look-up answers."""

    def __init__(self, env: Any, missing: Callable[[list[object], Any], Any], context: Callable[[Scope], Any]) -> None:
        self.env, self.missing, self.context = env, missing, context
        self.counted = False
        """Whether `forloop` was read since this was last cleared; loops that nobody counts are cheaper."""

    def expression(self, node: Any) -> Evaluate:
        """The function of any expression; Unfit where there is none."""
        made = _TABLE.get(type(node))
        if made is None:
            raise Unfit(type(node).__name__)
        return made(self, node)

    def condition(self, node: Any) -> Callable[[Scope], bool]:
        """An expression as Liquid takes it for true: everything but nil, false and what is missing."""
        inner = self.expression(node)

        def holds(scope: Scope) -> bool:
            value = inner(scope)
            return value is not None and value is not False and not isinstance(value, Undefined)

        return holds

    def constant(self, node: Any) -> Evaluate:
        value = node.value
        if isinstance(value, str) and self.env.autoescape:
            value = Markup(value)
        return lambda _scope: value

    def nil(self, _node: Any) -> Evaluate:
        return lambda _scope: None

    def path(self, node: Any) -> Evaluate:
        root, *rest = node.path
        plain = all(type(segment) is str and segment not in SPECIAL for segment in rest)
        if type(root) is not str or root in RESERVED or (root == "forloop" and rest[:1] in ([], ["parentloop"])):
            raise Unfit("path")
        self.counted = self.counted or root == "forloop"
        if not plain:
            return self._general(root, rest, node)
        return self._plain(root, rest, node)

    def _plain(self, root: str, rest: list[str], node: Any) -> Evaluate:
        missing, token = self.missing, node.token

        def one(scope: Scope) -> Any:
            try:
                return scope[root]
            except KeyError:
                return missing([root], token)

        if not rest:
            return one
        first, tail = rest[0], rest[1:]

        def several(scope: Scope) -> Any:
            try:
                value = scope[root][first]
                for segment in tail:
                    value = value[segment]
                return value
            except (KeyError, TypeError):
                return missing([root, *rest], token)

        return several

    def _general(self, root: str, rest: list[Any], node: Any) -> Evaluate:
        """Positions and `size`, `first`, `last`: by the interpreter's own rules."""
        if not all(type(segment) in (str, int) for segment in rest):
            raise Unfit("path of a path")
        missing, token, context = self.missing, node.token, self.context

        def general(scope: Scope) -> Any:
            item = context(scope).get_item
            try:
                value = scope[root]
                for segment in rest:
                    value = item(value, segment)
                return value
            except (KeyError, TypeError, IndexError):
                return missing([root, *rest], token)

        return general

    def filtered(self, node: Any) -> Evaluate:
        value = self.expression(node.left)
        for found in node.filters or ():
            value = self._filter(value, found)
        return value

    def _filter(self, value: Evaluate, node: Any) -> Evaluate:
        function = self.env.filters.get(node.name)
        if function is None or getattr(function, "with_environment", False):
            raise Unfit(f"filter {node.name}")
        if any(getattr(argument, "name", None) for argument in node.args):
            raise Unfit("named arguments")
        arguments = [self.expression(argument.value) for argument in node.args]
        context = self.context if getattr(function, "with_context", False) else None
        name, token = node.name, node.token

        def apply(scope: Scope) -> Any:
            given = [argument(scope) for argument in arguments]
            try:
                if context is not None:
                    return function(value(scope), *given, context=context(scope))
                return function(value(scope), *given)
            except TypeError as error:
                raise LiquidTypeError(f"{name}: {error}", token=token) from error

        return apply

    def both(self, node: Any) -> Evaluate:
        left, right = self.condition(node.left), self.condition(node.right)
        return lambda scope: left(scope) and right(scope)

    def either(self, node: Any) -> Evaluate:
        left, right = self.condition(node.left), self.condition(node.right)
        return lambda scope: left(scope) or right(scope)

    def equal(self, node: Any) -> Evaluate:
        left, right = self.expression(node.left), self.expression(node.right)
        return lambda scope: equals(left(scope), right(scope))

    def unequal(self, node: Any) -> Evaluate:
        left, right = self.expression(node.left), self.expression(node.right)
        return lambda scope: not equals(left(scope), right(scope))

    def ordered(self, node: Any) -> Evaluate:
        left, right = self.expression(node.left), self.expression(node.right)
        if isinstance(node, GtExpression | GeExpression):
            left, right = right, left
        compare = less if isinstance(node, LtExpression | GtExpression) else at_most
        return lambda scope: compare(left(scope), right(scope))


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


_TABLE: dict[type, Callable[[Compiler, Any], Evaluate]] = {
    Path: Compiler.path,
    FilteredExpression: Compiler.filtered,
    BooleanExpression: lambda compiler, node: compiler.expression(node.expression),
    StringLiteral: Compiler.constant,
    IntegerLiteral: Compiler.constant,
    FloatLiteral: Compiler.constant,
    TrueLiteral: Compiler.constant,
    FalseLiteral: Compiler.constant,
    Nil: Compiler.nil,
    LogicalAndExpression: Compiler.both,
    LogicalOrExpression: Compiler.either,
    EqExpression: Compiler.equal,
    NeExpression: Compiler.unequal,
    LtExpression: Compiler.ordered,
    GtExpression: Compiler.ordered,
    LeExpression: Compiler.ordered,
    GeExpression: Compiler.ordered,
}
