"""Every mail in every language: complete, in its own words, with the right forms and a subject that fits a phone."""

import json
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from comeback.kit.languages import LANGUAGES
from comeback.messages.render.brand import brand_values, shop_values
from comeback.messages.render.compile import compile_source
from comeback.messages.render.liquid import BadTemplate
from comeback.messages.render.render import Bound, Rendered, bind, render
from comeback.messages.render.source import Source, load_sources

ROOT = Path(__file__).resolve().parents[3]
SOURCES = {source.key: source for source in load_sources(ROOT / "emails")}
SHOP = shop_values("Lindenhof & Söhne", {"support_email": "help@lindenhof.example", "address": "Weg 1, Berlin"})
MARKS = {"unsubscribe_url": "https://s.example/u/x", "opt_out_url": "https://s.example/u/x"}
LEFT_OVER = re.compile(r"\{\{|\{%|\[\[|\]\]|\bNone\b|undefined|\.\.(?!\.)| ,")
SUBJECT = 70


def mail(key: str, language: str, **data: Any) -> Rendered:
    return render(_bound(key, language), json.loads(json.dumps(SOURCES[key].sample)) | MARKS | data)


@cache
def _bound(key: str, language: str) -> Bound:
    return bind(compile_source(SOURCES[key], language), brand_values({}), SHOP)


def shapes(source: Source) -> list[dict[str, Any]]:
    """The sample, and what changes its sentences: several parcels, nobody's name, no dates."""
    changed = json.loads(json.dumps(source.sample))
    if "shipment" in changed:
        changed["shipment"] |= {"parcel": 1, "parcels": 3, "next_eta": "2026-11-27T18:00:00+01:00"}
        for name in ("eta_from", "eta_until"):
            changed["shipment"].pop(name, None)
    changed["customer"] = {}
    changed.pop("return" if source.key != "return_approved" else "none", None)
    return [source.sample, changed]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(SOURCES))
def test_a_mail_is_whole_in_every_language(key: str, language: str) -> None:
    for data in shapes(SOURCES[key]):
        made = mail(key, language, **data)
        html = unescape(made.html.decode())
        assert f'lang="{language}"' in html
        assert 8 <= len(made.subject) <= SUBJECT, made.subject
        body = html[html.index("<body") :]
        assert not LEFT_OVER.search(re.sub(r"<[^>]*>", " ", body).replace("…", "")), LEFT_OVER.search(body)
        assert not LEFT_OVER.search(made.text), LEFT_OVER.search(made.text)
        assert "<title>" in html and made.text.strip()
        assert len(made.html) < 60_000


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("key", sorted(SOURCES))
def test_no_english_stays_behind(key: str, language: str) -> None:
    english, own = mail(key, "en"), mail(key, language)
    shared = set(english.text.splitlines()) & set(own.text.splitlines())
    given = sorted(_texts([SOURCES[key].sample, SHOP]), key=len, reverse=True)
    assert not [line for line in shared if len(re.findall(r"[^\W\d_]{2,}", _without(line, given))) > 1]
    assert own.subject != english.subject


def _without(line: str, given: list[str]) -> str:
    for text in given:
        line = line.replace(text, " ")
    return line


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else [str(value)]


MINUTES = {
    "en": {1: "1 minute ", 5: "5 minutes "}, "it": {1: "1 minuto ", 5: "5 minuti "},
    "es": {1: "1 minuto ", 5: "5 minutos "}, "de": {1: "1 Minute ", 5: "5 Minuten "},
    "fr": {1: "1 minute ", 2: "2 minutes "},
    "pl": {1: "1 minutę ", 2: "2 minuty ", 5: "5 minut ", 12: "12 minut ", 22: "22 minuty ", 112: "112 minut "},
    "ro": {1: "1 minut ", 2: "2 minute ", 12: "12 minute ", 21: "21 de minute ", 101: "101 minute "},
    "ru": {1: "1 минуту ", 2: "2 минуты ", 5: "5 минут ", 11: "11 минут ", 21: "21 минуту ", 112: "112 минут "},
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_take_their_plural(language: str) -> None:
    for minutes, said in MINUTES[language].items():
        assert said in mail("login_code", language, login={"code": "123 456", "minutes": minutes}).text


def test_a_plural_needs_all_forms_of_its_language() -> None:
    source = SOURCES["login_code"]
    words = source.words | {"ru": source.words["ru"] | {"valid": '{{ login.minutes | plural: "минута", "минуты" }}'}}
    broken = Source(source.key, source.declaration, source.mjml, source.partials, words, source.sample)
    bound = bind(compile_source(broken, "ru"), brand_values({}), SHOP)
    with pytest.raises(BadTemplate, match="3 forms in Русский"):
        render(bound, broken.sample)


def test_dates_and_money_are_written_as_people_do() -> None:
    found = {code: mail("shipped", code).text for code in LANGUAGES}
    days = {
        "en": "Mon 23 – Tue 24 November", "it": "lun 23 – mar 24 novembre", "es": "lun 23 – mar 24 de noviembre",
        "pl": "pon. 23 – wt. 24 listopada", "ro": "lun. 23 – mar. 24 noiembrie", "ru": "пн 23 – вт 24 ноября",
        "fr": "lun. 23 – mar. 24 novembre",
    }  # fmt: skip
    assert {code: day for code, day in days.items() if day not in found[code]} == {}
    prices = {"en": "€89.00", "es": "89,00 €", "ru": "89,00 €", "fr": "89,00 €"}
    assert {code: price for code, price in prices.items() if price not in re.sub(r"\s", " ", found[code])} == {}
    assert "Weidenweg 1\n10115 Berlin\nGermany" in found["en"]
    assert "Niemcy" in found["pl"] and "Германия" in found["ru"]
