"""Gettext catalogues, read once a process. `msgctxt` is the key, `msgid` the English; so a changed English text has no
translation until somebody looks at it. What a language lacks is shown in English and says so."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from markupsafe import Markup

from comeback.kit.languages import LANGUAGES, SOURCE

HERE = Path(__file__).resolve().parent


class Catalogue:
    """All words of one language."""

    def __init__(self, language: str, words: Mapping[str, tuple[str, ...]], fallback: "Catalogue | None") -> None:
        self.language, self.words, self._fallback = language, words, fallback

    def text(self, key: str, **values: object) -> str:
        """The words of `key` with `values` filled in; `n` picks the plural form. Raises KeyError for unknown keys."""
        forms = self.words.get(key)
        if forms is None:
            if self._fallback is None:
                raise KeyError(key)
            return self._fallback.text(key, **values)
        form = forms[0] if len(forms) == 1 else forms[LANGUAGES[self.language].form(_number(values.get("n")))]
        return form.format(**values) if values else form

    def marked(self, key: str, **values: object) -> str:
        """As `text`; where the language lacks the words, English marked as English for screen readers and search."""
        said = self.text(key, **values)
        if key in self.words or self._fallback is None:
            return said
        return Markup('<span lang="{}">{}</span>').format(self._fallback.language, said)


def _number(value: object) -> int | float | Decimal:
    return value if isinstance(value, int | float | Decimal) else 0


@cache
def catalogue(folder: Path, language: str) -> Catalogue:
    """The catalogue of one of LANGUAGES; a language without a file is English throughout."""
    words = {key: forms for key, _, forms in translated(folder, language)}
    return Catalogue(language, words, catalogue(folder, SOURCE) if language != SOURCE else None)


def translated(folder: Path, language: str) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(key, English, words) of everything that has been translated from the English of today."""
    source = {m.context or "": tuple_of(m.id) for m in messages(folder, SOURCE)}
    for message in messages(folder, language):
        key, english, forms = message.context or "", tuple_of(message.id), tuple_of(message.string)
        if language == SOURCE:
            yield key, english, english
        elif not message.fuzzy and all(forms) and source.get(key) == english:
            yield key, english, forms


@cache
def messages(folder: Path, language: str) -> tuple[Message, ...]:
    """The entries of a catalogue as they stand in its file, the header left out; none where there is no file."""
    path = folder / f"{language}.po"
    if not path.exists():
        return ()
    with path.open("rb") as file:
        return tuple(message for message in read_po(file, locale=language) if message.id)


def tuple_of(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A message's text, or its plural forms."""
    return (value or "",) if isinstance(value, str | None) else tuple(value)
