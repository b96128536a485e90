"""Proofs, addresses, codes, forms: the small decisions behind the doors."""

from uuid import UUID

import pytest

from comeback.core.limits import client_address
from comeback.messages.render.brand import contrast
from comeback.portal.pages.cache import Kept
from comeback.portal.pages.look import look_of
from comeback.portal.rules.access import ALPHABET, code_digest, form_token, proves, same
from comeback.portal.service.entering import new_code


@pytest.mark.parametrize(
    ("forwarded", "trusted", "address"),
    [
        ("1.2.3.4", 0, "peer"), ("", 1, "peer"), ("6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.1", 2, "1.2.3.4"), ("1.2.3.4", 2, "peer"),
    ],
)  # fmt: skip
def test_only_our_own_proxies_say_who_asks(forwarded: str, trusted: int, address: str) -> None:
    assert client_address("peer", forwarded, trusted) == address


@pytest.mark.parametrize(
    ("proof", "good"),
    [
        ("ada@example.com", True), (" Ada@Example.com ", True), ("10115", True), ("101 15", True), ("", False),
        ("@", False), ("-", False), ("eve@example.com", False), ("1011", False), ("ada", False),
    ],
)  # fmt: skip
def test_proofs(proof: str, good: bool) -> None:
    assert proves(proof, "ada@example.com", "10115") is good
    assert not proves(proof, None, None)


def test_codes() -> None:
    made = {new_code() for _ in range(200)}
    assert len(made) == 200 and all(len(code) == 7 and set(code) <= set(ALPHABET + " ") for code in made)
    one, two = UUID(int=1), UUID(int=2)
    assert code_digest("k", one, "ABC DEF") == code_digest("k", one, "abc-def") != code_digest("k", two, "ABC DEF")
    assert form_token("k", "session") != form_token("k", "other") and same("é", "é") and not same("é", "e")


def test_pages_are_kept_for_a_moment() -> None:
    now = [0.0]
    cache: Kept[tuple[bytes, str], tuple[bytes, ...]] = Kept(seconds=2.0, size=2, clock=lambda: now[0])
    for n in range(3):
        cache.put((bytes([n]), ""), (b"page",))
    assert cache.get((b"\x00", "")) is None and cache.get((b"\x02", "")) == (b"page",)
    now[0] = 2.0
    assert cache.get((b"\x02", "")) is None


@pytest.mark.parametrize("colour", ["#ffff00", "#000000", "#ffffff", "#c26a43", "#7f7f7f", "#00ff88", "red;}"])
def test_any_brand_stays_readable(colour: str) -> None:
    class Shop:
        slug, name, locale, country, timezone = "s", "S", "en", "DE", "UTC"
        brand = {"primary": colour, "radius": 12, "logo_url": "javascript:alert(1)", "address": {"city": "x"}}

    look = look_of(Shop())
    c = look.colours
    assert look.logo is None and look.address is None
    assert all(v.startswith("#") or v.endswith("px") for v in c.values())
    assert contrast(c["on_primary"], c["primary"]) >= 4.5 and contrast(c["on_primary_dark"], c["primary_dark"]) >= 4.5
    assert contrast(c["link"], "#ffffff") >= 4.5 and contrast(c["link_dark"], "#1b1f1d") >= 4.5
