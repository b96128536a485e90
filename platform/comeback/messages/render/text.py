"""The text part, made from the very blocks of the HTML part, every link included (RFC 2046 §5.1.4)."""

import re
from collections import Counter
from html.parser import HTMLParser

from comeback.messages.render.html import tracked
from comeback.messages.render.placeholders import Placeholders
from comeback.messages.render.problems import Problem

BLOCKS = frozenset({"p", "div", "tr", "table", "h1", "h2", "h3", "h4", "li", "ul", "ol", "blockquote", "hr"})
SKIPPED = frozenset({"head", "style", "script", "title"})
VOID = frozenset({"br", "img", "hr", "meta", "input", "link", "col", "area", "base", "embed", "source", "wbr"})


def text_of(html: str, placeholders: Placeholders) -> str:
    """Plain text with hidden placeholders kept. Elements of class `no-text` and hidden ones are left out."""
    counts = Counter(match.group() for match in placeholders.pattern.finditer(html))
    writer = _TextWriter(placeholders, frozenset(token for token, count in counts.items() if count == 1))
    writer.feed(html)
    writer.close()
    return tidy("".join(writer.parts))


def tidy(text: str) -> str:
    """No blanks at line ends, at most one empty line in a row, one newline at the end."""
    lines = [" ".join(line.split()) if line else line for line in text.split("\n")]
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip() + "\n"


class _TextWriter(HTMLParser):
    def __init__(self, placeholders: Placeholders, single: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.placeholders, self.single = placeholders, single
        self.parts: list[str] = []
        self.skipping: list[str] = []
        self.links: list[tuple[str | Problem, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self.skipping or _hidden(tag, values):
            if tag not in VOID:
                self.skipping.append(tag)
            return
        if tag in BLOCKS or tag == "br":
            self.parts.append("\n")
        if tag == "td":
            self.parts.append(" ")
        if tag == "li":
            self.parts.append("- ")
        if tag == "img" and values.get("alt"):
            self.parts.append(values["alt"] + " ")
        if tag == "a":
            href = values.get("href", "")
            plain = "untracked" in values.get("class", "").split()
            self.links.append((href if plain else tracked(href, self.placeholders), len(self.parts)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.skipping:
            if tag in self.skipping:
                while self.skipping.pop() != tag:
                    pass
            return
        if tag == "a" and self.links:
            self._link(*self.links.pop())
        if tag in BLOCKS:
            self.parts.append("\n\n" if tag in ("p", "table", "h1", "h2", "h3") else "\n")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.parts.append(re.sub(r"\s+", " ", data))

    def handle_comment(self, data: str) -> None:
        """The compiler puts a condition around whole sections into a comment for Outlook; it governs the text too."""
        if self.skipping:
            return
        tags = [match.group() for match in self.placeholders.pattern.finditer(data)]
        self.parts += [t for t in tags if t in self.single and self.placeholders.show(t).startswith("{%")]

    def _link(self, target: str | Problem, since: int) -> None:
        label = "".join(self.parts[since:]).strip()
        if not isinstance(target, str) or not target or target.startswith("#"):
            return
        if target.lower().startswith(("mailto:", "tel:")):
            address = target.split(":", 1)[1].split("?")[0]
            if self.placeholders.show(address) not in self.placeholders.show(label):
                self.parts.append(f" ({address})")
            return
        if label:
            self.parts.append(f": {target}" if not label.endswith(":") else f" {target}")
        else:
            self.parts.append(target)


def _hidden(tag: str, values: dict[str, str]) -> bool:
    style = values.get("style", "").replace(" ", "").lower()
    return tag in SKIPPED or "display:none" in style or "no-text" in values.get("class", "").split()
