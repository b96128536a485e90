"""Compiled HTML (placeholders still hidden): links made trackable, alt texts completed, lines kept short."""

import re
from html import escape, unescape
from html.parser import HTMLParser

from comeback.messages.render.placeholders import Placeholders
from comeback.messages.render.problems import Problem

UNTRACKED = frozenset({"unsubscribe_url", "opt_out_url"})
PLAIN_SCHEMES = ("mailto:", "tel:", "sms:", "#")
OUTPUT = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
LINE_ROOM = re.compile(
    r"(?<=<[a-z]) |(?<=<[a-z][a-z0-9]) |(?<=<[a-z]{3}) |(?<=<[a-z]{4}) |(?<=<[a-z]{5}) | (?=style=\")"
)
STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def prepare(html: str, placeholders: Placeholders) -> tuple[str, list[Problem]]:
    """Trackable links, `alt` on every image, no runs of blanks, a line break in every tag (RFC 5322 §2.1.1)."""
    rewriter = _Rewriter(html, placeholders)
    rewriter.feed(html)
    rewriter.close()
    problems = rewriter.problems + _style_problems(html)
    done = rewriter.result()
    if "<pre" not in done:
        # A dot at a line start would have to be doubled in every mail (RFC 5321 §4.5.2); style sheets have many.
        done = re.sub(r"\s*\n\s*(\.?)", _line_start, re.sub(r"[ \t]{2,}", " ", done))
    return LINE_ROOM.sub("\n", done), problems


def _line_start(match: re.Match[str]) -> str:
    return "\n " + match.group(1) if match.group(1) else "\n"


def tracked(href: str, placeholders: Placeholders) -> str | Problem:
    """The Liquid text for one `href`; unchanged for mail, phone and unsubscribe links (messages D9)."""
    lower = href.strip().lower()
    if not lower or lower.startswith(PLAIN_SCHEMES):
        return href
    single = placeholders.original(href.strip())
    if single is not None:
        return _tracked_output(single, href, placeholders)
    if placeholders.pattern.search(href) and not placeholders.pattern.match(lower):
        if not lower.startswith(("https://", "http://")):
            return Problem("link", f"only http and https: {placeholders.show(href)}")
        return _captured(href, placeholders)
    if lower.startswith(("https://", "http://")):
        return placeholders.add("{{ " + _quoted(unescape(href)) + " | link }}")
    if placeholders.pattern.match(lower):
        return _captured(href, placeholders)
    return Problem("link", f"only http and https: {placeholders.show(href)}")


def _tracked_output(single: str, href: str, placeholders: Placeholders) -> str:
    match = OUTPUT.fullmatch(single)
    if match is None:
        return href
    expression = match.group(1)
    if re.split(r"[\s|.]", expression, maxsplit=1)[0] in UNTRACKED:
        return href
    return placeholders.add("{{ " + expression + " | link }}")


def _captured(href: str, placeholders: Placeholders) -> str:
    start = placeholders.add("{% capture _href %}")
    end = placeholders.add("{% endcapture %}{{ _href | link }}")
    return start + href + end


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "%27") + "'"


def _style_problems(html: str) -> list[Problem]:
    bad = [css for css in STYLE.findall(html) if not css.isascii()]
    return [Problem("mj-style", "only ASCII in style sheets: a mail is built in 7 bits") for _ in bad]


class _Rewriter(HTMLParser):
    """Replaces start tags in place by their offsets, so everything else stays byte for byte."""

    def __init__(self, html: str, placeholders: Placeholders) -> None:
        super().__init__(convert_charrefs=True)
        self.html, self.placeholders = html, placeholders
        self.problems: list[Problem] = []
        self.edits: list[tuple[int, int, str]] = []
        self.starts = [0, *(match.end() for match in re.finditer("\n", html))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._anchor(dict(attrs))
        elif tag == "img" and "alt" not in dict(attrs):
            raw = self.get_starttag_text() or ""
            self._edit(raw, '<img alt=""' + raw[4:])

    def _anchor(self, attrs: dict[str, str | None]) -> None:
        href = attrs.get("href")
        if href is None or "untracked" in (attrs.get("class") or "").split():
            return
        raw = self.get_starttag_text() or ""
        new = tracked(href, self.placeholders)
        if isinstance(new, Problem):
            self.problems.append(new)
        elif new != href:
            self._edit(
                raw, re.sub(r"href\s*=\s*(\"[^\"]*\"|'[^']*')", lambda _: f'href="{_attribute(new)}"', raw, count=1)
            )

    def _edit(self, raw: str, new: str) -> None:
        line, column = self.getpos()
        start = self.starts[line - 1] + column
        self.edits.append((start, start + len(raw), new))

    def result(self) -> str:
        parts: list[str] = []
        at = 0
        for start, end, new in self.edits:
            parts += [self.html[at:start], new]
            at = end
        return "".join([*parts, self.html[at:]])


def _attribute(value: str) -> str:
    return escape(unescape(value), quote=True)
