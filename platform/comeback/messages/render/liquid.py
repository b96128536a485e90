"""Merchant templates: Liquid over plain data. Python objects never reach a template, so nothing can be traversed.

`if` on a missing value is false; printing one stops the mail with the value's full path. Escaping is on in HTML only,
because it would corrupt subjects and text parts.
"""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, cast

from liquid import BoundTemplate, Environment, RenderContext
from liquid.exceptions import LiquidError, UndefinedError
from liquid.undefined import UNDEFINED, FalsyStrictUndefined

from comeback.messages.render.fast.code import Unfit
from comeback.messages.render.fast.nodes import Program, wired
from comeback.messages.render.filters import FILTERS

REMOVED_TAGS = ("include", "render", "increment", "decrement", "tablerow", "doc", "liquid", "extends", "block")
LOOP_LIMIT = 1_000
OUTPUT_LIMIT = 2 * 1024 * 1024
NODE_LIMIT = 10_000


class MissingVariable(ValueError):
    """A template printed something the recipient does not have; `path` is its full dotted name."""

    def __init__(self, path: str) -> None:
        super().__init__(f"missing {path}")
        self.path = path


class BadTemplate(ValueError):
    """The template does not parse, or went over a limit."""


class Missing(FalsyStrictUndefined):
    """Falsy, empty, comparable with nothing, and raising as soon as it is printed."""

    __slots__ = ()
    allowed_properties = FalsyStrictUndefined.allowed_properties | {"__iter__", "__len__", "items"}

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Context(RenderContext):
    """Path look-up over dicts and lists only; tells the whole path of what is missing."""

    def get(self, path: list[object], *, token: Any, default: object = UNDEFINED) -> object:
        root = path[0]
        try:
            value: object = self.scope[root]  # type: ignore[index]
            for segment in path[1:]:
                if type(value) is dict and type(segment) is str and segment in value:
                    value = value[segment]
                else:
                    value = self.get_item(value, segment)
        except (KeyError, TypeError, IndexError):
            if default is not UNDEFINED:
                return default
            return self.env.undefined(str(root), hint=dotted(path), token=token)
        return value


class Template(BoundTemplate):
    context_class = Context
    program: Program | None = None
    """The same as one Python function; None where the interpreter has to do it."""
    wire: bool = False
    """Whether its text comes ready for a mail of 7 bits (`fast.nodes.wired`)."""


class LiquidEnvironment(Environment):
    loop_iteration_limit: ClassVar[int | None] = LOOP_LIMIT
    output_stream_limit: ClassVar[int | None] = OUTPUT_LIMIT
    local_namespace_limit: ClassVar[int | None] = 1_000_000
    context_depth_limit: ClassVar[int] = 20
    template_class = Template

    def path_of(self, path: list[object]) -> str:
        """How a missing value is called."""
        return dotted(path)


def dotted(path: list[object]) -> str:
    """`order.items[0].title` of the path's segments."""
    text = str(path[0])
    for segment in path[1:]:
        text += f"[{segment}]" if isinstance(segment, int) else f".{segment}"
    return text


def environment(*, escape: bool) -> LiquidEnvironment:
    """One environment for HTML (`escape`), one for subjects and text."""
    made = LiquidEnvironment(undefined=Missing, autoescape=escape)
    for tag in REMOVED_TAGS:
        made.tags.pop(tag, None)
    for name, function in FILTERS.items():
        made.add_filter(name, function)
    return made


HTML = environment(escape=True)
TEXT = environment(escape=False)


def parse(source: str, *, escape: bool, wire: bool = False) -> BoundTemplate:
    """The parsed template; with `wire` its text comes as it goes into a mail.

    Raises:
        BadTemplate: with the parser's words.
    """
    try:
        made = cast("Template", (HTML if escape else TEXT).from_string(source))
        made.wire = wire
        with contextlib.suppress(Unfit):
            made.program = Program(made, wire=wire)
        return made
    except LiquidError as error:
        raise BadTemplate(_first_line(error)) from error
    except RecursionError as error:
        raise BadTemplate("nested too deeply") from error


def render(template: BoundTemplate, data: Mapping[str, object]) -> str:
    """The text for one recipient.

    Raises:
        MissingVariable: a printed value is not there.
        BadTemplate: a limit was reached or a filter refused its input.
    """
    try:
        return _text(template, data)
    except UndefinedError as error:
        raise MissingVariable(str(error.args[0])) from error
    except LiquidError as error:
        raise BadTemplate(_first_line(error)) from error
    except TypeError as error:  # the interpreter's own, such as asking whether a mapping contains a list
        raise BadTemplate(str(error)[:200]) from error


def _text(template: BoundTemplate, data: Mapping[str, object]) -> str:
    program = template.program if isinstance(template, Template) else None
    if program is not None:
        try:
            return program.render(dict(data))
        except Unfit:
            pass
    text = template.render(data)
    return wired(text) if isinstance(template, Template) and template.wire else text


def _first_line(error: LiquidError) -> str:
    return str(error).partition("\n")[0][:200]


def unknown_filters(template: BoundTemplate) -> list[str]:
    """Filters that the template names and nobody has."""
    return sorted(set(template.analyze().filters) - set(template.env.filters))


def variables(template: BoundTemplate) -> frozenset[str]:
    """Dotted names of everything the template takes from outside; list positions are written `[]`."""
    names: set[str] = set()
    for found in template.analyze().globals.values():
        for variable in found:
            segments = [str(part) if isinstance(part, str) else "[]" for part in variable.segments]
            names.add(".".join(segments))
    return frozenset(names)
