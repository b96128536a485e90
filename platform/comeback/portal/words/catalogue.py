"""Gettext catalogues, read once a process. A word that a language lacks is shown in English and says so."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from babel.plural import PluralRule
from markupsafe import Markup

HERE = Path(__file__).resolve().parent
FALLBACK = "en"
NAMES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
"""Languages of the pages and how each calls itself."""


class Catalogue:
    """All words of one language."""

    def __init__(self, language: str, words: Mapping[str, tuple[str, ...]], fallback: "Catalogue | None") -> None:
        self.language, self.words, self._fallback = language, words, fallback
        self._plural = PluralRule.parse({"one": "n is 1"})

    def text(self, key: str, **values: object) -> str:
        """The words of `key` with `values` filled in; `n` picks the plural form. Raises KeyError for unknown keys."""
        forms = self.words.get(key)
        if forms is None:
            if self._fallback is None:
                raise KeyError(key)
            return self._fallback.text(key, **values)
        form = forms[0] if len(forms) == 1 or self._plural(_number(values.get("n"))) == "one" else forms[-1]
        return form.format(**values) if values else form

    def marked(self, key: str, **values: object) -> str:
        """As `text`; where the language lacks the words, English marked as English for screen readers and search."""
        said = self.text(key, **values)
        if key in self.words or self._fallback is None:
            return said
        return Markup('<span lang="{}">{}</span>').format(self._fallback.language, said)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of NAMES."""
    with (HERE / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    words = {_key(message.id): _forms(message.string) for message in read if message.id and message.string}
    return Catalogue(language, words, catalogue(FALLBACK) if language != FALLBACK else None)


def _key(value: str | tuple[str, ...] | list[str]) -> str:
    return value if isinstance(value, str) else value[0]


def _forms(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def pick(asked: str | None, *wishes: str | None) -> str:
    """The language asked for by hand, else the first wish we speak, else English."""
    for wish in (asked, *wishes):
        language = (wish or "").replace("_", "-").split("-")[0].lower()
        if language in NAMES:
            return language
    return FALLBACK


def accepted(header: str) -> list[str]:
    """Languages of an Accept-Language header (RFC 9110 §12.5.4), the most wanted first."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")[:20]):
        name, _, quality = part.strip().partition(";q=")
        try:
            found.append((-float(quality or 1), place, name.strip()))
        except ValueError:
            continue
    return [name for quality, _, name in sorted(found) if name and quality < 0]
