"""Checks of outside values: what passes, what does not, and that every problem is named."""

from datetime import UTC, datetime

import pytest

from comeback.kit.checks import Problems, known_locale, plain_url, pointer


@pytest.mark.parametrize("tag", ["de", "de-DE", "de_DE", "pt-BR", "zh-Hans-CN", "en-DE", "es-419", "nb"])
def test_known_languages(tag: str) -> None:
    assert known_locale(tag)


@pytest.mark.parametrize("tag", ["", "xx", "english", "en-XX", "\x00", "de_DE_x", "klingon"])
def test_unknown_languages(tag: str) -> None:
    assert not known_locale(tag)


@pytest.mark.parametrize("url", ["https://a.example", "http://a.example/b?c=d#e", "https://a.example/ü"])
def test_addresses(url: str) -> None:
    assert plain_url(url)


@pytest.mark.parametrize(
    "url", ["", "a.example", "javascript:alert(1)", "https://", "https:///x", "https://a b", "https://a\x00", "//a",
            "https://a.example/\n", "ftp://a.example", "https://a.example/" + "x" * 2048]
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    assert not plain_url(url)


def test_pointers_are_escaped() -> None:
    assert pointer("a/b", "c~d", 3) == "/a~1b/c~0d/3"


def test_all_problems_are_collected() -> None:
    p = Problems()
    p.text("/a", "x\x00", 10)
    p.text("/b", "", 10)
    p.text("/c", "x" * 11, 10)
    p.text("/d", "\u2028", 10, least=0)
    p.prose("/e", "two\nlines\x0b", 20)
    p.amount("/f", -1)
    p.amount("/g", 10**12 + 1)
    p.count("/h", 0)
    p.choice("/i", "x", {"y"})
    p.currency("/j", "EURO")
    p.country("/k", "EU")
    p.timezone("/l", "Berlin")
    p.phone("/m", "call me")
    p.moment("/n", datetime(1, 1, 1, tzinfo=UTC))
    p.moment("/o", datetime(2026, 1, 1))
    p.unique("/q", ["a", "b", "a"], "id")
    p.size("/r", [1, 2], 1)
    assert [at for at, _ in p.found] == [*(f"/{c}" for c in "abcdefghijklmno"), "/q/2/id", "/r"]


def test_what_is_sound_passes() -> None:
    p = Problems()
    p.text("/a", "Ädä 😀", 10)
    p.text("/b", None, 1)
    p.prose("/c", "two\r\nlines\tand a tab", 50)
    p.amount("/d", 0)
    p.currency("/e", "JPY")
    p.country("/f", "DE")
    p.timezone("/g", "Europe/Berlin")
    p.phone("/h", "+49 (30) 123-45")
    p.moment("/i", datetime(2026, 1, 1, tzinfo=UTC))
    assert p.found == []
