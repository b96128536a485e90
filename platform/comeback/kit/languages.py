"""The one list of languages that pages, mails and the studio speak, and how each of them counts, dates and is chosen.

To add one: a line here and in `frontend/studio/src/words/languages.ts`, then its catalogues (docs/decisions/0016).
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property, lru_cache
from gettext import c2py  # type: ignore[attr-defined]

import msgspec
from babel import Locale

SOURCE = "en"
"""The language that words are written in first; what others lack is shown in it."""

_SAMPLE = range(1001)


class Language(msgspec.Struct, frozen=True, dict=True):
    """One language.

    name: what it calls itself. locale: CLDR locale without a country. plural: gettext's Plural-Forms for whole numbers.
    day: CLDR pattern of a weekday with its date, without the year. opening: how the first day of two in one month is
    written before the second (`24 – 26 November`, `24. – 26. November`).
    """

    code: str
    name: str
    locale: str
    plural: str
    day: str
    opening: str = "{}"

    @cached_property
    def forms(self) -> int:
        """How many plural forms gettext has for it."""
        return int(self.plural.removeprefix("nplurals=").partition(";")[0])

    @cached_property
    def categories(self) -> Mapping[str, int]:
        """CLDR names of the forms. ValueError where the gettext rule and CLDR disagree about a whole number."""
        index, rule = c2py(self.plural.partition("plural=")[2].rstrip(";")), Locale.parse(self.locale).plural_form
        names: dict[str, int] = {}
        for n in _SAMPLE:
            if names.setdefault(rule(n), index(n)) != index(n):
                raise ValueError(f"{self.code}: the plural rule disagrees with CLDR at {n}")
        return names

    def form(self, n: float | Decimal) -> int:
        """Which form (0 is the first) goes with `n`. Fractions take the form that CLDR gives them, or `few` where whole
        numbers never use that form (Polish, Russian)."""
        names = self.categories
        found = names.get(Locale.parse(self.locale).plural_form(n))
        return names.get("other", names.get("few", 0)) if found is None else found


_TWO = "nplurals=2; plural=(n != 1);"
_SLAVIC = "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"

LANGUAGES: Mapping[str, Language] = {
    language.code: language
    for language in (
        Language("en", "English", "en", _TWO, "EEEE, d MMMM"),
        Language("it", "Italiano", "it", _TWO, "EEEE d MMMM"),
        Language("es", "Español", "es", _TWO, "EEEE, d 'de' MMMM"),
        Language("pl", "Polski", "pl", f"nplurals=3; plural=(n==1 ? 0 : {_SLAVIC}", "EEEE, d MMMM"),
        Language("ro", "Română", "ro", "nplurals=3; plural=(n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2);",
                 "EEEE, d MMMM"),
        Language("ru", "Русский", "ru", f"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : {_SLAVIC}", "EEEE, d MMMM"),
        Language("de", "Deutsch", "de", _TWO, "EEEE, d. MMMM", "{}."),
        Language("fr", "Français", "fr", "nplurals=2; plural=(n > 1);", "EEEE d MMMM"),
    )
}  # fmt: skip
"""By code, in the order in which they are offered."""

NAMES: Mapping[str, str] = {code: language.name for code, language in LANGUAGES.items()}
"""What each language calls itself."""


@lru_cache(maxsize=1024)
def spoken(tag: str | None) -> str | None:
    """The code of the language that a tag such as `de`, `de-AT` or `pt_BR` asks for; None where we do not speak it."""
    language = (tag or "").replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else None


class Choice(msgspec.Struct, frozen=True):
    """A language, and the tag that was wished first where it fell back from it (None where the wish was met)."""

    language: str
    instead_of: str | None = None


def choose(*wishes: str | None) -> Choice:
    """The first wish that we speak (a customer's locale, then the shop's), else English."""
    wanted = next((wish for wish in wishes if wish), None)
    language = next((code for wish in wishes if (code := spoken(wish)) is not None), SOURCE)
    met = wanted is None or spoken(wanted) == language
    return Choice(language, None if met else wanted)
