"""A template as its authors keep it: MJML with `[[words]]` and `[[> partials]]`; its words are gettext catalogues."""

import re
from html import escape
from pathlib import Path

import msgspec

from comeback.kit.languages import LANGUAGES, SOURCE
from comeback.kit.words.catalogue import translated
from comeback.messages.render.placeholders import LIQUID

PARTIAL = re.compile(r"\[\[>\s*([a-z_]+)((?:\s+[a-z_]+=\"[^\"]*\")*)\s*\]\]")
PARAMETER = re.compile(r"([a-z_]+)=\"([^\"]*)\"")
WORD = re.compile(r"\[\[([a-z][a-z0-9_]*)\]\]")
DEPTH = 5
COMMON = "partials"
"""First part of the keys of words that all mails share."""


class Declaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`message.json`: what the sender must know about a template besides its look.

    class_: "service" or "marketing". blocks: providers asked for data. optional: blocks that may be dropped, in that
    order, when a mail grows too big. marketing: blocks rendered only with consent. defaults: dotted path to a text per
    language, used where a recipient lacks the value. markup: "ParcelDelivery", "Order" or null (JSON-LD).
    """

    class_: str = msgspec.field(name="class")
    name: str
    blocks: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    marketing: tuple[str, ...] = ()
    defaults: dict[str, dict[str, str]] = {}
    markup: str | None = None


class Source(msgspec.Struct, frozen=True):
    """Everything a publish starts from; stored with the version, so that a version can be compiled again."""

    key: str
    declaration: Declaration
    mjml: str
    partials: dict[str, str]
    words: dict[str, dict[str, str]]
    sample: dict[str, object] = {}


class UnknownWord(ValueError):
    """A `[[word]]` or partial that nobody defined."""


def load_sources(folder: Path) -> list[Source]:
    """All message types of an `emails` folder, by name."""
    partials = {path.stem: path.read_text("utf-8") for path in sorted((folder / "partials").glob("*.mjml"))}
    return [_load(path.parent, partials) for path in sorted(folder.glob("*/message.json"))]


def _load(folder: Path, partials: dict[str, str]) -> Source:
    sample = folder / "sample.json"
    return Source(
        key=folder.name,
        declaration=msgspec.json.decode((folder / "message.json").read_bytes(), type=Declaration),
        mjml=(folder / "template.mjml").read_text("utf-8"),
        partials=partials,
        words=_words(folder.parent / "words", folder.name),
        sample=msgspec.json.decode(sample.read_bytes(), type=dict[str, object]) if sample.exists() else {},
    )


def _words(folder: Path, name: str) -> dict[str, dict[str, str]]:
    """A mail's words by language: its own before the common ones. A language that lacks one is left out, so that a mail
    falls back as a whole and never mixes languages."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        words: dict[str, dict[str, str]] = {COMMON: {}, name: {}}
        for key, _, forms in translated(folder, language):
            mail, _, word = key.partition(".")
            words.setdefault(mail, {})[word] = forms[0]
        found[language] = words[COMMON] | words[name]
    return {language: words for language, words in found.items() if words.keys() == found[SOURCE].keys()}


def assemble(source: Source, locale: str) -> str:
    """The MJML of one language: partials put in, words put in and escaped (their Liquid is kept).

    Raises:
        UnknownWord: with the name.
    """
    text = source.mjml
    for _ in range(DEPTH):
        text = PARTIAL.sub(lambda match: _partial(source, match), text)
    words = {"locale": locale, "direction": "ltr"} | source.words[locale]
    return WORD.sub(lambda match: _escaped(_word(words, match.group(1))), text)


def word(source: Source, locale: str, name: str) -> str:
    """One word with the words inside it put in; for subjects."""
    words = source.words[locale]
    return WORD.sub(lambda match: _word(words, match.group(1)), _word(words, name))


def _partial(source: Source, match: re.Match[str]) -> str:
    name = match.group(1)
    if name not in source.partials:
        raise UnknownWord(f"unknown partial {name!r}")
    text = source.partials[name]
    for parameter, value in PARAMETER.findall(match.group(2)):
        text = text.replace(f"[[@{parameter}]]", value)
    return text


def _word(words: dict[str, str], name: str) -> str:
    if name not in words:
        raise UnknownWord(f"no word {name!r}")
    return words[name]


def _escaped(text: str) -> str:
    """XML-escaped outside of Liquid: translators write words, not markup."""
    at, parts = 0, list[str]()
    for match in LIQUID.finditer(text):
        parts += [escape(text[at : match.start()]), match.group()]
        at = match.end()
    return "".join([*parts, escape(text[at:])])
