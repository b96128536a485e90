"""Publish: a source and a language become the Liquid texts that the sender renders per recipient."""

import re

import msgspec

from comeback.messages.render import liquid
from comeback.messages.render.html import prepare
from comeback.messages.render.mjml import Refused, compile_mjml
from comeback.messages.render.placeholders import BrokenPlaceholder, Placeholders
from comeback.messages.render.problems import Problem
from comeback.messages.render.source import Source, UnknownWord, assemble, word
from comeback.messages.render.text import text_of

HTML_LIMIT = 102_400
PROVIDED = frozenset({"locale", "timezone", "brand", "shop", "customer", "unsubscribe_url", "opt_out_url", "message"})
PIXEL = '{% if _pixel %}<img src="{{ _pixel }}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">{% endif %}'  # noqa: E501
OURS = frozenset({"_pixel", "_markup", "_href"})
MARKUP = "{{ _markup }}"
BODY = re.compile(r"<body\b[^>]*>")
PREHEADER_ROOM = (40, 110)


class Compiled(msgspec.Struct, frozen=True):
    """One language of a published version. `variables`: dotted names taken from the recipient's data."""

    key: str
    locale: str
    class_: str
    subject: str
    html: str
    text: str
    blocks: tuple[str, ...]
    optional: tuple[str, ...]
    marketing: tuple[str, ...]
    defaults: dict[str, str]
    markup: str | None
    variables: tuple[str, ...]
    warnings: tuple[Problem, ...] = ()


def compile_source(source: Source, locale: str) -> Compiled:
    """Compile one language.

    Raises:
        Refused: with every problem found: broken placeholders, unknown words, tags, attributes, lost placeholders,
            unparsable Liquid, a marketing template without its unsubscribe link, more than 100 KB.
    """
    try:
        placeholders, hidden = _hidden_html(source, locale)
    except (BrokenPlaceholder, UnknownWord) as error:
        raise Refused([Problem(f"{source.key}.{locale}", str(error))]) from error
    prepared, problems = prepare(hidden, placeholders)
    html = placeholders.show(_with_additions(prepared))
    text = placeholders.show(text_of(hidden, placeholders))
    made = _compiled(source, locale, html, text)
    problems = [*problems, *_final_problems(made)]
    if problems:
        raise Refused(problems)
    return made


def _hidden_html(source: Source, locale: str) -> tuple[Placeholders, str]:
    mjml = assemble(source, locale)
    placeholders = Placeholders.for_source(mjml)
    hidden = compile_mjml(placeholders.hide(mjml))
    lost = placeholders.missing(hidden)
    if lost:
        raise Refused([Problem(f"{source.key}.{locale}", f"lost by the compiler: {text}") for text in lost])
    return placeholders, hidden


def _with_additions(html: str) -> str:
    """JSON-LD at the end of the head; the pixel first in the body, so that clipping never cuts it off."""
    html = html.replace("</head>", MARKUP + "</head>", 1)
    return BODY.sub(lambda match: match.group() + PIXEL, html, count=1)


def _compiled(source: Source, locale: str, html: str, text: str) -> Compiled:
    declaration = source.declaration
    subject = word(source, locale, "subject")
    try:
        parsed = [
            liquid.parse(html, escape=True),
            liquid.parse(text, escape=False),
            liquid.parse(subject, escape=False),
        ]
    except liquid.BadTemplate as error:
        raise Refused([Problem(f"{source.key}.{locale}", str(error))]) from error
    unknown = sorted({name for part in parsed for name in liquid.unknown_filters(part)})
    if unknown:
        raise Refused([Problem(f"{source.key}.{locale}", f"unknown filter {name}") for name in unknown])
    names = sorted({name for part in parsed for name in liquid.variables(part) if name not in OURS})
    return Compiled(
        key=source.key, locale=locale, class_=declaration.class_, subject=subject, html=html, text=text,
        blocks=declaration.blocks, optional=declaration.optional, marketing=declaration.marketing,
        defaults={path: texts[locale] for path, texts in declaration.defaults.items() if locale in texts},
        markup=declaration.markup, variables=tuple(names),
        warnings=tuple(_warnings(source, names)),
    )  # fmt: skip


def _final_problems(made: Compiled) -> list[Problem]:
    where = f"{made.key}.{made.locale}"
    problems: list[Problem] = []
    if len(made.html.encode("ascii", "xmlcharrefreplace")) > HTML_LIMIT:
        problems.append(Problem(where, f"HTML over {HTML_LIMIT} bytes before any data"))
    if made.class_ == "marketing" and "unsubscribe_url" not in made.variables:
        problems.append(Problem(where, "a marketing mail needs {{ unsubscribe_url }} in its body"))
    if made.marketing and "opt_out_url" not in made.variables and "unsubscribe_url" not in made.variables:
        problems.append(Problem(where, "marketing blocks need {{ opt_out_url }} beside them"))
    known = PROVIDED | set(made.blocks)
    strangers = (name for name in made.variables if name.split(".", 1)[0].removesuffix("[]") not in known)
    return [*problems, *(Problem(where, f"unknown variable {name}") for name in strangers)]


def _warnings(source: Source, names: list[str]) -> list[Problem]:
    """Values the sample recipient lacks and nobody gave a default for: the send would be blocked."""
    warnings: list[Problem] = []
    for name in names:
        root = name.split(".", 1)[0]
        if (
            root in source.declaration.blocks
            and name not in source.declaration.defaults
            and not _has(source.sample, name)
        ):
            warnings.append(Problem(source.key, f"{name} has no default and is not in the sample", "warning"))
    return warnings


def _has(data: object, name: str) -> bool:
    value = data
    for segment in name.replace("[]", "").split("."):
        if segment in ("size", "first", "last") and isinstance(value, list | str):
            return True
        if not isinstance(value, dict) or segment not in value:
            return False
        value = value[segment]
    return True
