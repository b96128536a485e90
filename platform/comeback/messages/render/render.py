"""Per recipient: a bound template and data become subject, HTML and text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any, cast

from liquid import BoundTemplate, Markup

from comeback.messages.render import liquid, markup
from comeback.messages.render.compile import HTML_LIMIT, Compiled
from comeback.messages.render.text import tidy

STATIC = re.compile(r"\{\{\s*(brand|shop)\.([a-z_]+)\s*\}\}")
CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


@dataclass(frozen=True, slots=True)
class Bound:
    """A compiled template with one shop's fixed values already put in; parsed once, rendered many times."""

    compiled: Compiled
    subject: BoundTemplate
    html: BoundTemplate
    text: BoundTemplate
    fixed: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rendered:
    """`html` is as it goes into a mail: ASCII with character references, CRLF line ends, one of them at the end.

    `dropped` names the blocks left out (too large, or incomplete).
    """

    subject: str
    html: bytes
    text: str
    dropped: tuple[str, ...] = ()
    marketing: bool = False


@dataclass(slots=True)
class Links:
    """The destinations of one mail in order of first use; `address` makes the click address of a position."""

    address: Callable[[int], str]
    urls: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    def __call__(self, url: str) -> str:
        found = self.known.get(url)
        if found is None:
            found = self.known[url] = self.address(len(self.urls))
            self.urls.append(url)
        return found


def bind(compiled: Compiled, brand: Mapping[str, Any], shop: Mapping[str, Any]) -> Bound:
    """Put a shop's brand and name into the texts, so that they cost nothing per recipient."""
    fixed = {"brand": dict(brand), "shop": dict(shop), "locale": compiled.locale}
    return Bound(
        compiled,
        _parsed(_fix(compiled.subject, fixed, html=False), html=False),
        _parsed(_fix(compiled.html, fixed, html=True), html=True),
        _parsed(_fix(compiled.text, fixed, html=False), html=False),
        fixed,
    )


@lru_cache(maxsize=256)
def _parsed(text: str, *, html: bool) -> BoundTemplate:
    """A shop's stationery is looked up again every few seconds; what did not change is not parsed again."""
    return liquid.parse(text, escape=html, wire=html)


def _fix(text: str, fixed: Mapping[str, Any], *, html: bool) -> str:
    def value(match: re.Match[str]) -> str:
        found = fixed[match.group(1)].get(match.group(2))
        if found in (None, "") or "{" in str(found):
            return match.group()
        return escape(str(found)) if html else str(found)

    return STATIC.sub(value, text)


def render(
    bound: Bound, data: Mapping[str, Any], links: Callable[[str], str] | None = None, pixel: str | None = None
) -> Rendered:
    """Render for one recipient; optional blocks are dropped in their declared order until the HTML fits 100 KB.

    An optional block that lacks something is dropped too: an offer never stops a notice.

    Raises:
        liquid.MissingVariable: a printed value is missing and has no default.
        liquid.BadTemplate: a limit was reached.
    """
    values = complete(bound, data)
    dropped: list[str] = []
    optional = [name for name in bound.compiled.optional if name in values]
    while True:
        try:
            html, subject, text = _parts(bound, values, links, pixel)
        except liquid.MissingVariable:
            if not optional:
                raise
        else:
            if len(html) <= HTML_LIMIT or not optional:
                break
        dropped.append(optional.pop(0))
        values.pop(dropped[-1], None)
    marketing = any(shown(values.get(name)) for name in bound.compiled.marketing)
    return Rendered(subject, html, text, tuple(dropped), marketing or bound.compiled.class_ == "marketing")


def _parts(
    bound: Bound, values: Mapping[str, Any], links: Callable[[str], str] | None, pixel: str | None
) -> tuple[bytes, str, str]:
    html = _html(bound, values, links, pixel)
    everything = {**values, "_links": links}
    subject = " ".join(liquid.render(bound.subject, everything).split())
    return html, subject, tidy(liquid.render(bound.text, everything))


def complete(bound: Bound, data: Mapping[str, Any]) -> dict[str, Any]:
    """The recipient's data without empty values, with the declared defaults and the shop's fixed values."""
    values: dict[str, Any] = clean(data)
    for path, default in bound.compiled.defaults.items():
        _set_default(values, path.split("."), default)
    return {**values, **bound.fixed, "_fallback_url": _fallback(values)}


def clean(value: Any) -> Any:
    """Plain data only, without nulls, empty texts and control characters: what is empty counts as missing."""
    kind = value.__class__
    if kind is str:
        return value if value.isprintable() else value.translate(CONTROL)
    if kind is dict:
        return _clean_pairs(value)
    if kind is list:
        return [clean(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return _clean_pairs(cast("dict[Any, Any]", value))
    if isinstance(value, list | tuple):
        return [clean(item) for item in cast("list[Any]", value)]
    return clean(str(value))


def _clean_pairs(given: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in given.items():
        # Most values are plain texts: they are looked at here, without a call each.
        if value.__class__ is not str or not value.isprintable():
            value = clean(value)
        if value is not None and value != "":
            found[key if key.__class__ is str else str(key)] = value
    return found


def _html(bound: Bound, values: Mapping[str, Any], links: Callable[[str], str] | None, pixel: str | None) -> bytes:
    extra = {"_links": links, "_pixel": pixel, "_markup": Markup(markup.script(bound.compiled.markup, values))}
    return (liquid.render(bound.html, {**values, **extra}).rstrip("\r\n") + "\r\n").encode("ascii")


def _set_default(values: dict[str, Any], path: list[str], default: str) -> None:
    *parents, leaf = path
    place: Any = values
    for segment in parents:
        place = place.setdefault(segment, {})
        if not isinstance(place, dict):
            return
    place.setdefault(leaf, default)


def shown(block: object) -> bool:
    """Whether a block of the data is printed: one that says `"show": false` is not."""
    return isinstance(block, dict) and bool(block.get("show", True))


def _fallback(values: Mapping[str, Any]) -> str | None:
    for name in ("order", "shipment", "return"):
        url = (values.get(name) or {}).get("page_url")
        if url:
            return str(url)
    return None
