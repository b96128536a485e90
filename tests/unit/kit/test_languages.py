"""Languages: how they count, and which one somebody reads."""

from decimal import Decimal

import pytest
from babel.messages.catalog import Message

from comeback.kit.languages import LANGUAGES, Choice, Language, choose, spoken
from comeback.kit.words import catalogue as gettext
from comeback.kit.words.catalogue import HERE, Catalogue, catalogue, translated

NUMBERS: tuple[int | Decimal, ...] = (0, 1, 2, 5, 12, 21, 22, 25, 101, 112, Decimal("1.5"))
COUNTED = {
    "en": (
        ("parcel", "parcels"),
        "parcels parcel parcels parcels parcels parcels parcels parcels parcels parcels parcels",
    ),
    "it": (("pacco", "pacchi"), "pacchi pacco pacchi pacchi pacchi pacchi pacchi pacchi pacchi pacchi pacchi"),
    "es": (("uno", "más"), "más uno más más más más más más más más más"),
    "pl": (
        ("paczka", "paczki", "paczek"),
        "paczek paczka paczki paczek paczek paczek paczki paczek paczek paczek paczki",
    ),
    "ro": (
        ("colet", "colete", "de colete"),
        "colete|colet|colete|colete|colete|de colete|de colete|de colete|colete|colete|colete",
    ),
    "ru": (
        ("посылка", "посылки", "посылок"),
        "посылок посылка посылки посылок посылок посылка посылки посылок посылка посылок посылки",
    ),
    "de": (("Paket", "Pakete"), "Pakete Paket Pakete Pakete Pakete Pakete Pakete Pakete Pakete Pakete Pakete"),
    "fr": (("un", "des"), "un un des des des des des des des des un"),
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_counts_as_its_people_do(code: str) -> None:
    forms, expected = COUNTED[code]
    said = [forms[LANGUAGES[code].form(n)] for n in NUMBERS]
    assert said == expected.split("|" if "|" in expected else " ")
    assert len(forms) == LANGUAGES[code].forms


def test_a_rule_that_disagrees_with_cldr_is_refused() -> None:
    wrong = Language("ru", "Русский", "ru", "nplurals=2; plural=(n != 1);", "EEEE, d MMMM")
    with pytest.raises(ValueError, match="disagrees with CLDR at"):
        wrong.form(1)


def test_a_language_is_the_first_wish_that_is_spoken() -> None:
    assert choose("de-AT", "fr") == Choice("de")
    assert choose("nl-BE", "fr_FR") == Choice("fr", instead_of="nl-BE")
    assert choose("nl", "sv") == Choice("en", instead_of="nl")
    assert choose(None, "", "RO_ro") == Choice("ro")
    assert choose() == Choice("en")
    assert spoken("english") is None and spoken("EN") == "en" and spoken(None) is None


def test_a_language_without_a_word_says_it_in_english_and_marks_it() -> None:
    poor = Catalogue("ru", {}, catalogue(HERE, "en"))
    assert poor.text("news.button") == "Unsubscribe"
    assert poor.marked("news.title", shop="<b>") == '<span lang="en">News from &lt;b&gt;</span>'


def test_stale_and_fuzzy_translations_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        "en": (Message("Hello", context="a"), Message("Bye", context="b"), Message("Yes", context="c")),
        "de": (
            Message("Hello", "Hallo", context="a"),
            Message("Good bye", "Tschüss", context="b"),
            Message("Yes", "Ja", flags=["fuzzy"], context="c"),
        ),
    }
    monkeypatch.setattr(gettext, "messages", lambda _folder, language: entries[language])
    assert [key for key, _, _ in translated(HERE, "de")] == ["a"]
