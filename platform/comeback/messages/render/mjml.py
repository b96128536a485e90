"""MJML to HTML at publish: what mrml accepts silently (unknown tags, unknown attributes, files) is refused here."""

import re
from html.parser import HTMLParser

from mjml import mjml2html

from comeback.messages.render.problems import Problem
from comeback.messages.render.vocabulary import ATTRIBUTES, COMMON, HTML_TAGS, TAGS

SCRIPT = re.compile(r"<\s*(script|iframe|object|embed|form|link|base)\b|\bon[a-z]+\s*=|javascript:", re.IGNORECASE)
REMOTE_STYLE = re.compile(r"@import|url\s*\(|expression\s*\(", re.IGNORECASE)
REMOTE_FONT = re.compile(r"<link\s[^>]*stylesheet[^>]*>|@import\s+url\([^)]*\);?", re.IGNORECASE)
STRUCTURE = re.compile(r"<(/?)(mj[a-z-]*)\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-zA-Z_:][\w:.-]*)\s*=\s*(\"[^\"]*\"|'[^']*')")


class Refused(ValueError):
    """The source cannot be published; `problems` name each place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.where}: {problem.message}" for problem in problems))
        self.problems = problems


def check(source: str) -> list[Problem]:
    """Unknown tags and attributes, includes, scripts and remote styles of an MJML source, with their lines."""
    found = ((SCRIPT, "not allowed in a mail"), (REMOTE_STYLE, "remote or dynamic style"))
    return [
        *_structure_problems(source),
        *_html_problems(source),
        *(
            _problem(source, match.start(), f"{words}: {match.group().strip()}")
            for pattern, words in found
            for match in pattern.finditer(source)
        ),
    ]


def compile_mjml(hidden: str) -> str:
    """HTML of an MJML source whose placeholders are already hidden. Fonts of third parties are taken out: fetching
    them would tell a stranger who reads what."""
    problems = check(hidden)
    if problems:
        raise Refused(problems)
    try:
        return REMOTE_FONT.sub("", mjml2html(hidden, disable_comments=True, fonts={}))
    except ValueError as error:
        raise Refused([Problem("template", str(error))]) from error


def _structure_problems(source: str) -> list[Problem]:
    problems: list[Problem] = []
    for match in STRUCTURE.finditer(source):
        tag = match.group(2).lower()
        if tag == "mj-include":
            problems.append(_problem(source, match.start(), "mj-include is refused: it reads files"))
        elif tag not in TAGS:
            problems.append(_problem(source, match.start(), f"unknown tag <{tag}>"))
        elif not match.group(1):
            problems.extend(_attribute_problems(source, match, tag))
    return problems


def _attribute_problems(source: str, match: re.Match[str], tag: str) -> list[Problem]:
    if tag in ("mj-all", "mj-class"):
        return []
    allowed = ATTRIBUTES.get(tag, frozenset()) | COMMON
    names = [name.lower() for name, _ in ATTRIBUTE.findall(match.group(3))]
    unknown = [name for name in names if name not in allowed]
    return [_problem(source, match.start(), f"unknown attribute {name!r} on <{tag}>") for name in unknown]


def _html_problems(source: str) -> list[Problem]:
    """Tags inside content that no mail client shows safely; looked for in mj-text, mj-table, mj-button and mj-raw."""
    problems: list[Problem] = []
    finder = _TagFinder()
    finder.feed(source)
    for tag, line in finder.found:
        if tag not in TAGS and tag not in HTML_TAGS:
            problems.append(Problem(f"line {line}", f"unknown tag <{tag}>"))
    return problems


class _TagFinder(HTMLParser):
    """Every start tag with its line, whatever the nesting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not tag.startswith("mj"):
            self.found.append((tag, self.getpos()[0]))


def _problem(source: str, position: int, message: str) -> Problem:
    return Problem(f"line {source.count(chr(10), 0, position) + 1}", message)
