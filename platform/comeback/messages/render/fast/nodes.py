"""Liquid nodes as functions that add to a list of pieces."""

from collections.abc import Callable, Sequence
from typing import Any

from liquid import BoundTemplate, Markup, escape
from liquid.ast import BlockNode
from liquid.builtin.content import ContentNode
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.case_tag import CaseNode, MultiExpressionBlockNode
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.inline_comment_tag import InlineCommentNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.exceptions import LoopIterationLimitError, OutputStreamLimitError
from liquid.stringify import to_liquid_string
from liquid.undefined import Undefined

from comeback.messages.render.fast.expressions import Compiler, Evaluate, Scope, Unfit, equals

Run = Callable[[Scope, list[str]], None]
LOOPS = "\x00loops"


class Light:
    """What filters and special paths need of a render context."""

    __slots__ = ("autoescape", "env", "get_item", "globals")

    def __init__(self, env: Any, scope: Scope, get_item: Callable[[Any, Any], Any]) -> None:
        self.env, self.globals, self.autoescape, self.get_item = env, scope, env.autoescape, get_item


class Program:
    """A compiled template; `render` answers the text, Unfit where its data needs the interpreter."""

    def __init__(self, template: BoundTemplate) -> None:
        env: Any = template.env
        self.env, self.limit = env, env.output_stream_limit or 2**31
        reader = template.context_class(template).get_item

        def missing(path: list[object], token: Any) -> Any:
            return env.undefined(str(path[0]), hint=env.path_of(path), token=token)

        compiler = Compiler(env, missing, lambda scope: Light(env, scope, reader))
        self.run = _Nodes(compiler, env).sequence(template.nodes)

    def render(self, data: Scope) -> str:
        """The text for one recipient; `data` is not changed."""
        pieces: list[str] = []
        self.run({**data, LOOPS: 1}, pieces)
        text = "".join(pieces)
        if len(text) > self.limit:
            raise OutputStreamLimitError("output stream limit reached", token=None)
        return text


class _Nodes:
    """Compiles nodes; names of loops around are known, since an assignment to them has rules of its own."""

    def __init__(self, compiler: Compiler, env: Any) -> None:
        self.compiler, self.env = compiler, env
        self.names: list[str] = []

    def sequence(self, nodes: Sequence[Any]) -> Run:
        kept = [node for node in nodes if not isinstance(node, CommentNode | InlineCommentNode)]
        if len(kept) == 1:
            return self.node(kept[0])
        steps: list[str | Run] = []
        for node in kept:
            # Text stands in the list as it is: most of a mail is text, and a call for each piece would cost more.
            last = steps[-1] if steps else None
            if type(node) is ContentNode and isinstance(last, str):
                steps[-1] = last + node.text
            else:
                steps.append(node.text if type(node) is ContentNode else self.node(node))

        def run(scope: Scope, out: list[str]) -> None:
            for step in steps:
                if isinstance(step, str):
                    out.append(step)
                else:
                    step(scope, out)

        return run

    def block(self, node: Any) -> Run:
        inner = self.sequence(node.nodes)
        if not node.blank:
            return inner
        # Blocks of blanks alone print nothing, whatever they assign.
        return lambda scope, _out: inner(scope, [])

    def node(self, node: Any) -> Run:
        made = _TABLE.get(type(node))
        if made is None:
            raise Unfit(type(node).__name__)
        return made(self, node)

    def content(self, node: Any) -> Run:
        text = node.text
        return lambda _scope, out: out.append(text)

    def output(self, node: Any) -> Run:
        value, autoescape = self.compiler.expression(node.expression), self.env.autoescape

        def html(scope: Scope, out: list[str]) -> None:
            found = value(scope)
            out.append(escape(found) if type(found) is str else to_liquid_string(found, True))

        def plain(scope: Scope, out: list[str]) -> None:
            found = value(scope)
            out.append(found if type(found) is str else to_liquid_string(found, False))

        return html if autoescape else plain

    def choice(self, node: Any) -> Run:
        """`if` and `unless` with their alternatives."""
        first, negated = self.compiler.condition(node.condition), isinstance(node, UnlessNode)
        then = self.block(node.consequence)
        others = tuple((self.compiler.condition(a.expression), self.block(a.block)) for a in node.alternatives)
        default = self.block(node.default) if node.default else None

        def run(scope: Scope, out: list[str]) -> None:
            if first(scope) is not negated:
                then(scope, out)
                return
            for condition, block in others:
                if condition(scope):
                    block(scope, out)
                    return
            if default is not None:
                default(scope, out)

        return run

    def case(self, node: Any) -> Run:
        blocks: list[tuple[Evaluate, list[Evaluate], Run] | Run] = []
        for found in node.blocks:
            if isinstance(found, MultiExpressionBlockNode):
                asked: Any = found.expression
                options = [self.compiler.expression(e) for e in asked.expressions]
                blocks.append((self.compiler.expression(asked.left), options, self.block(found.block)))
            else:
                blocks.append(self.block(found))

        def run(scope: Scope, out: list[str]) -> None:
            otherwise = True
            for found in blocks:
                if isinstance(found, tuple):
                    left, options, block = found
                    value = left(scope)
                    for _ in range(sum(equals(value, option(scope)) for option in options)):
                        otherwise = False
                        block(scope, out)
                elif otherwise:
                    found(scope, out)

        return run

    def assign(self, node: Any) -> Run:
        name, value = str(node.name), self.compiler.expression(node.expression)
        self._free(name)

        def run(scope: Scope, _out: list[str]) -> None:
            scope[name] = value(scope)

        return run

    def capture(self, node: Any) -> Run:
        name, inner = str(node.name), self.block(node.block)
        self._free(name)
        shape: Callable[[str], str] = Markup if self.env.autoescape else str

        def run(scope: Scope, _out: list[str]) -> None:
            pieces: list[str] = []
            inner(scope, pieces)
            scope[name] = shape("".join(pieces))

        return run

    def _free(self, name: str) -> None:
        if name in self.names or name == "forloop":
            raise Unfit("assigns to a loop's name")

    def loop(self, node: Any) -> Run:
        spec = node.expression
        if spec.cols is not None or (spec.offset is not None and type(spec.offset).__name__ == "StringLiteral"):
            raise Unfit("loop")
        items, name = self.compiler.expression(spec.iterable), str(spec.identifier)
        limit = self.compiler.expression(spec.limit) if spec.limit is not None else None
        offset = self.compiler.expression(spec.offset) if spec.offset is not None else None
        before, self.compiler.counted = self.compiler.counted, False
        self.names.append(name)
        body = self.block(node.block)
        self.names.pop()
        counted, self.compiler.counted = self.compiler.counted, before or self.compiler.counted
        default = self.block(node.default) if node.default else None
        repeat = _repeat if counted else _repeat_uncounted
        backwards, most = spec.reversed, self.env.loop_iteration_limit or 2**31

        def run(scope: Scope, out: list[str]) -> None:
            found = _slice(items(scope), limit and limit(scope), offset and offset(scope))
            if not found:
                if default is not None:
                    default(scope, out)
                return
            repeat(scope, out, name, found[::-1] if backwards else found, body, most)

        return run


def _slice(found: Any, limit: Any, offset: Any) -> list[Any]:
    """The items a loop goes over, by the interpreter's rules (a limit of 0 is none)."""
    if isinstance(found, Undefined) or found is None:
        return []
    if type(found) is not list or type(limit) not in (int, type(None)) or type(offset) not in (int, type(None)):
        raise Unfit("loop over other than a list")
    start = min(max(offset or 0, 0), len(found))
    stop = None if limit is None else limit + (offset or 0)
    return found[start : max(min(stop or len(found), len(found)), start)]


def _repeat(scope: Scope, out: list[str], name: str, items: list[Any], body: Run, most: int) -> None:
    around, length = scope[LOOPS], len(items)
    if around * length > most:
        raise LoopIterationLimitError("loop iteration limit reached", token=None)
    before, loop_before = scope.get(name, _repeat), scope.get("forloop", _repeat)
    scope[LOOPS] = around * length
    for index, item in enumerate(items):
        scope[name] = item
        scope["forloop"] = {
            "index": index + 1, "index0": index, "rindex": length - index, "rindex0": length - index - 1,
            "first": index == 0, "last": index == length - 1, "length": length,
        }  # fmt: skip
        body(scope, out)
    scope[LOOPS] = around
    for key, value in ((name, before), ("forloop", loop_before)):
        if value is _repeat:
            del scope[key]
        else:
            scope[key] = value


def _repeat_uncounted(scope: Scope, out: list[str], name: str, items: list[Any], body: Run, most: int) -> None:
    """The same where nothing inside reads `forloop`."""
    around = scope[LOOPS]
    if around * len(items) > most:
        raise LoopIterationLimitError("loop iteration limit reached", token=None)
    before = scope.get(name, _repeat)
    scope[LOOPS] = around * len(items)
    for item in items:
        scope[name] = item
        body(scope, out)
    scope[LOOPS] = around
    if before is _repeat:
        del scope[name]
    else:
        scope[name] = before


_TABLE: dict[type, Callable[[_Nodes, Any], Run]] = {
    ContentNode: _Nodes.content,
    OutputNode: _Nodes.output,
    IfNode: _Nodes.choice,
    UnlessNode: _Nodes.choice,
    CaseNode: _Nodes.case,
    ForNode: _Nodes.loop,
    AssignNode: _Nodes.assign,
    CaptureNode: _Nodes.capture,
    BlockNode: _Nodes.block,
}
