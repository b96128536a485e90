"""Liquid nodes as one Python function that adds to a list of pieces.

In `wire` form the pieces are ready for a mail: ASCII with character references, CRLF line ends, nothing else below
a blank but tabs. Pieces that a template captures stay as they are, since filters may look at them.
"""

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
from liquid.exceptions import LiquidTypeError, LoopIterationLimitError, OutputStreamLimitError
from liquid.stringify import to_liquid_string
from liquid.undefined import Undefined

from comeback.messages.render.fast.code import Code, Unfit
from comeback.messages.render.fast.expressions import Compiler, Loop, Scope, at_most, equals, less

__all__ = ["Program", "Unfit", "wired"]
UNSAFE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
REMEMBERED = 4_096
HEAD = "def run(s, add, light):\n r0 = 1"


class Light:
    """What filters need of a render context."""

    __slots__ = ("autoescape", "env", "globals")

    def __init__(self, env: Any, scope: Scope) -> None:
        self.env, self.globals, self.autoescape = env, scope, env.autoescape


class Program:
    """A compiled template; `render` answers the text, Unfit where its data needs the interpreter."""

    def __init__(self, template: BoundTemplate, *, wire: bool = False) -> None:
        env: Any = template.env
        self.env, self.limit = env, env.output_stream_limit or 2**31
        code = Code(_names(env, template.context_class(template).get_item))
        _Nodes(Compiler(env, code), env, wire=wire).sequence(template.nodes)
        self.run: Callable[[Scope, Callable[[str], None], Light], None] = code.function(HEAD)

    def render(self, data: Scope) -> str:
        """The text for one recipient; `data` is not changed."""
        pieces: list[str] = []
        scope = dict(data)
        self.run(scope, pieces.append, Light(self.env, scope))
        text = "".join(pieces)
        if len(text) > self.limit:
            raise OutputStreamLimitError("output stream limit reached", token=None)
        return text


def wired(text: str) -> str:
    """A text as it goes into a mail of 7 bits: character references, CRLF, no control characters but tabs."""
    if not text.isprintable():
        lines = text.translate(UNSAFE).replace("\r\n", "\n").replace("\r", "\n")
        text = lines.replace("\n", "\r\n")
    return text if text.isascii() else text.encode("ascii", "xmlcharrefreplace").decode("ascii")


class _Safe(dict[str, str]):
    """Texts escaped for a mail, remembered: a batch prints the same titles and places again and again."""

    def __missing__(self, text: str) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        made = self[text] = str(wired(escape(text)))
        return made


def _ready(value: Any) -> str:
    """Anything but plain text as it is printed into a mail."""
    kind = value.__class__
    if kind is int:
        return str(value)
    return wired(value if kind is Markup else to_liquid_string(value, True))


class _Nodes:
    """Writes the code of nodes. `mute`: blocks of blanks alone print nothing, whatever they assign."""

    def __init__(self, compiler: Compiler, env: Any, *, wire: bool) -> None:
        self.compiler, self.env, self.code, self.wire = compiler, env, compiler.code, wire
        self.adder, self.mute, self.loops = "add", False, ["r0"]

    def sequence(self, nodes: Sequence[Any]) -> None:
        text = ""
        for node in nodes:
            if isinstance(node, CommentNode | InlineCommentNode):
                continue
            if type(node) is ContentNode:
                text += node.text
                continue
            self.static(text)
            text = ""
            self.node(node)
        self.static(text)

    def static(self, text: str) -> None:
        if text and not self.mute:
            self.code.put(f"{self.adder}({self.code.const(wired(text) if self._outside() else text)})")

    def _outside(self) -> bool:
        return self.wire and self.adder == "add"

    def block(self, node: Any) -> None:
        before, self.mute = self.mute, self.mute or node.blank
        self.sequence(node.nodes)
        self.mute = before

    def node(self, node: Any) -> None:
        made = _TABLE.get(type(node))
        if made is None:
            raise Unfit(type(node).__name__)
        made(self, node)

    def output(self, node: Any) -> None:
        value, add = self.compiler.expression(node.expression), self.adder
        if self.mute:
            return
        if not self.env.autoescape:
            self.code.put(f"{add}({value} if {value}.__class__ is str else string({value}, False))")
        elif self._outside():
            self.code.put(f"{add}(safe[{value}] if {value}.__class__ is str else ready({value}))")
        else:
            self.code.put(f"{add}(escape({value}) if {value}.__class__ is str else string({value}, True))")

    def choice(self, node: Any) -> None:
        """`if` and `unless` with their alternatives; a condition is looked at only when its turn comes."""
        negated = "not " if isinstance(node, UnlessNode) else ""
        with self.code.under(f"if {negated}{self.compiler.condition(node.condition)}:"):
            self.block(node.consequence)
        self._otherwise(list(node.alternatives), node.default)

    def _otherwise(self, others: list[Any], default: Any) -> None:
        if not others and not default:
            return
        with self.code.under("else:"):
            if not others:
                self.block(default)
                return
            with self.code.under(f"if {self.compiler.condition(others[0].expression)}:"):
                self.block(others[0].block)
            self._otherwise(others[1:], default)

    def case(self, node: Any) -> None:
        otherwise = self.code.new()
        self.code.put(f"{otherwise} = True")
        for found in node.blocks:
            if not isinstance(found, MultiExpressionBlockNode):
                with self.code.under(f"if {otherwise}:"):
                    self.block(found)
                continue
            asked: Any = found.expression
            left = self.compiler.expression(asked.left)
            same = [f"equals({left}, {self.compiler.expression(e)})" for e in asked.expressions]
            with self.code.under(f"for _ in range({' + '.join(same) or 0}):"):
                self.code.put(f"{otherwise} = False")
                self.block(found.block)

    def assign(self, node: Any) -> None:
        name, value = str(node.name), self.compiler.expression(node.expression)
        self._free(name)
        self.code.put(f"s[{self.code.const(name)}] = {value}")

    def capture(self, node: Any) -> None:
        name, pieces, adder = str(node.name), self.code.new(), self.code.new()
        self._free(name)
        self.code.put(f"{pieces} = []; {adder} = {pieces}.append")
        before, self.adder = self.adder, adder
        muted, self.mute = self.mute, False
        self.block(node.block)
        self.adder, self.mute = before, muted
        joined = f"''.join({pieces})"
        self.code.put(f"s[{self.code.const(name)}] = {f'Markup({joined})' if self.env.autoescape else joined}")

    def _free(self, name: str) -> None:
        if name == "forloop" or any(loop.name == name for loop in self.compiler.loops):
            raise Unfit("assigns to a loop's name")

    def loop(self, node: Any) -> None:
        spec = node.expression
        if spec.cols is not None or (spec.offset is not None and type(spec.offset).__name__ == "StringLiteral"):
            raise Unfit("loop")
        new, put, name = self.code.new, self.code.put, str(spec.identifier)
        found = self.compiler.expression(spec.iterable)
        limit = self.compiler.expression(spec.limit) if spec.limit is not None else "None"
        offset = self.compiler.expression(spec.offset) if spec.offset is not None else "None"
        items, item, count, length, around = new(), new(), new(), new(), new()
        put(f"{items} = part({found}, {limit}, {offset}){'[::-1]' if spec.reversed else ''}")
        with self.code.under(f"if {items}:"):
            put(f"{length} = len({items}); {around} = {self.loops[-1]} * {length}")
            put(f"if {around} > {self.env.loop_iteration_limit or 2**31}: raise too_often()")
            self.loops.append(around)
            self.compiler.loops.append(Loop(name, item, count, length))
            with self.code.under(f"for {count}, {item} in enumerate({items}):"):
                self.block(node.block)
            self.compiler.loops.pop()
            self.loops.pop()
        if node.default:
            with self.code.under("else:"):
                self.block(node.default)


def _part(found: Any, limit: Any, offset: Any) -> list[Any]:
    """The items a loop goes over, by the interpreter's rules (a limit of 0 is none)."""
    if found.__class__ is list and limit is None and offset is None:
        return found
    if isinstance(found, Undefined) or found is None:
        return []
    if type(found) is not list or type(limit) not in (int, type(None)) or type(offset) not in (int, type(None)):
        raise Unfit("loop over other than a list")
    start = min(max(offset or 0, 0), len(found))
    stop = None if limit is None else limit + (offset or 0)
    return found[start : max(min(stop or len(found), len(found)), start)]


def _names(env: Any, general: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """What the code of a template may call."""

    def missing(path: tuple[Any, ...], token: Any) -> Any:
        return env.undefined(str(path[0]), hint=env.path_of(list(path)), token=token)

    def item(value: Any, key: Any) -> Any:
        kind = value.__class__
        if kind is dict and key in value:
            return value[key]
        if kind is list and key == "size":
            return len(value)
        return general(value, key)

    return {
        "missing": missing, "item": item, "part": _part, "escape": escape, "string": to_liquid_string,
        "safe": _Safe(), "ready": _ready,
        "Markup": Markup, "equals": equals, "less": less, "at_most": at_most, "Missing": env.undefined,
        "refused": lambda name, error: LiquidTypeError(f"{name}: {error}", token=None),
        "too_often": lambda: LoopIterationLimitError("loop iteration limit reached", token=None),
    }  # fmt: skip


_TABLE: dict[type, Callable[[_Nodes, Any], None]] = {
    OutputNode: _Nodes.output,
    IfNode: _Nodes.choice,
    UnlessNode: _Nodes.choice,
    CaseNode: _Nodes.case,
    ForNode: _Nodes.loop,
    AssignNode: _Nodes.assign,
    CaptureNode: _Nodes.capture,
    BlockNode: _Nodes.block,
}
