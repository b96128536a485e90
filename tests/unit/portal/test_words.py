"""The words of the pages: plural forms right, fallbacks said, dates and money as people write them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from comeback.portal.words.catalogue import HERE, NAMES, Catalogue, accepted, catalogue, pick
from comeback.portal.words.reader import Reader, zone_of

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEMPLATES = Path(HERE).parent / "templates"


def reader(language: str = "en", country: str = "DE") -> Reader:
    return Reader(language, country, ZoneInfo("Europe/Berlin"), NOW)


def test_every_word_of_a_template_exists() -> None:
    said = {key for file in TEMPLATES.glob("*.html") for key in re.findall(r'\b[ta]\("([a-z_.]+)"', file.read_text())}
    assert len(said) > 50
    assert said <= set(catalogue("en").words)


def test_no_style_attribute_and_no_outside_host() -> None:
    for file in TEMPLATES.glob("*"):
        text = file.read_text()
        assert "style=" not in text and "onclick" not in text, file.name
        assert not [url for url in re.findall(r"https?://[^'\" ]+", text) if "www.w3.org" not in url], file.name


def test_plurals_and_fallback() -> None:
    assert reader("de").t("events.all", n=1) == "1 frühere Meldung zeigen"
    assert reader("de").t("events.all", n=2) == "2 frühere Meldungen zeigen"
    counted = {1: "Показать ещё 1 событие", 3: "Показать ещё 3 события", 11: "Показать ещё 11 событий"}
    assert {n: reader("ru").t("events.all", n=n) for n in counted} == counted
    assert reader("ro").t("events.all", n=21) == "Arată 21 de evenimente anterioare"
    poor = Catalogue("de", {}, catalogue("en"))
    assert poor.text("wizard.next") == "Continue"
    assert poor.marked("order.number", number="<b>") == '<span lang="en">Order &lt;b&gt;</span>'
    with pytest.raises(KeyError):
        catalogue("en").text("nonsense")


def test_which_language() -> None:
    assert accepted("de-DE,de;q=0.9,en;q=0.8, fr;q=0") == ["de-DE", "de", "en"]
    assert accepted("x;q=nonsense,,;q=1") == []
    assert pick(None, "nl", "de_AT") == "de" and pick("en", "de") == "en" and pick(None, None) == "en"


def test_days_and_times() -> None:
    english, german = reader(), reader("de")
    assert english.day(NOW + timedelta(days=3)) == "Tuesday, 24 November"
    assert german.day(NOW + timedelta(days=3)) == "Dienstag, 24. November"
    assert reader("en", "US").day(NOW + timedelta(days=3)) == "Tuesday, November 24"
    assert (english.day(NOW), german.day(NOW + timedelta(days=1))) == ("today", "morgen")
    assert english.sentence(NOW) == "today at 10:00" and english.moment(NOW - timedelta(days=1)) == "Yesterday, 10:00"
    assert german.span(NOW + timedelta(days=3), NOW + timedelta(days=5)) == "24. – 26. November"
    later = NOW + timedelta(days=3)
    assert {code: reader(code, "").day(later) for code in NAMES} == {
        "en": "Tuesday, November 24", "it": "martedì 24 novembre", "es": "martes, 24 de noviembre",
        "pl": "wtorek, 24 listopada", "ro": "marți, 24 noiembrie", "ru": "вторник, 24 ноября",
        "de": "Dienstag, 24. November", "fr": "mardi 24 novembre",
    }  # fmt: skip
    assert {code: reader(code, "").span(later, NOW + timedelta(days=5)) for code in ("es", "pl", "ro", "ru", "fr")} == {
        "es": "24 – 26 de noviembre", "pl": "24 – 26 listopada", "ro": "24 – 26 noiembrie", "ru": "24 – 26 ноября",
        "fr": "24 – 26 novembre",
    }  # fmt: skip
    assert english.span(NOW, NOW + timedelta(days=15)) == "21 November – 6 December"
    assert english.span(NOW + timedelta(days=3), NOW + timedelta(days=3)) == "Tuesday, 24 November"


def test_money() -> None:
    assert reader().money(3990, "EUR") == "€39.90" and reader("de").money(3990, "EUR") == "39,90\xa0€"
    assert reader("en", "IE").money(1450, "JPY") == "JP¥1,450"


def test_zones() -> None:
    assert str(zone_of(None, "nowhere/at-all", "Europe/Dublin")) == "Europe/Dublin" and str(zone_of()) == "UTC"
