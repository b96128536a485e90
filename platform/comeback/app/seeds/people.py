"""Four hundred invented customers in eight languages: names that exist, people and addresses that do not (example
domains, RFC 2606)."""

import random
import unicodedata

import msgspec

from comeback.app.seeds.lands import LANDS, Land

_PLAIN = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l",
    **dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
               "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".split(), strict=True)),
}  # fmt: skip


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An invented customer of one shop."""

    external_id: str
    first_name: str
    last_name: str
    email: str
    phone: str | None
    locale: str
    timezone: str
    line1: str
    postcode: str
    city: str
    country: str
    marketing: bool | None
    """Whether they said yes or no to marketing mail; None when nobody asked."""


def _ascii(name: str) -> str:
    plain = "".join(_PLAIN.get(sign, sign) for sign in name.lower())
    kept = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "".join(sign for sign in kept if sign.isalnum())


def _name(chance: random.Random, land: Land) -> tuple[str, str]:
    first, last = chance.choice(land.first), chance.choice(land.last)
    # Russian family names follow the first name: Анна Волкова.
    if land.locale == "ru" and first[-1] in "ая" and last.endswith(("ов", "ев", "ёв")):
        last += "а"
    return first, last


def _person(chance: random.Random, slug: str, n: int, land: Land) -> Person:
    first, last = _name(chance, land)
    postcode, city = chance.choice(land.towns)
    street, number = chance.choice(land.streets), chance.randint(1, 120)
    wish = chance.random()
    return Person(
        external_id=str(7_000_000 + n),
        first_name=first,
        last_name=last,
        email=f"{_ascii(first)}.{_ascii(last)}{n}@{land.mail}.example",
        phone=f"{land.phone}{n:04d}" if land.phone and chance.random() < 0.5 else None,
        locale=land.locale,
        timezone=land.timezone,
        line1=f"{number} {street}" if land.number_first else f"{street} {number}",
        postcode=postcode,
        city=city,
        country=land.country,
        marketing=True if wish < 0.6 else False if wish < 0.75 else None,
    )


def people(slug: str, count: int, shares: tuple[int, ...]) -> list[Person]:
    """The customers of a shop, spread over LANDS by `shares`; about 60 % said yes to marketing, 15 % no, the others
    were not asked. Every land has somebody."""
    chance = random.Random(f"people of {slug}")
    homes = [*LANDS, *chance.choices(LANDS, shares, k=max(0, count - len(LANDS)))]
    return [_person(chance, slug, n, land) for n, land in enumerate(homes[:count], 1)]
