"""Two hundred invented customers: names that exist, people and addresses that do not (example domains, RFC 2606)."""

import random
import unicodedata

import msgspec

_FIRST_DE = (
    "Anna Ben Clara David Emilia Finn Greta Hannes Ida Jakob Klara Leon Mia Noah Olivia Paul Romy Samuel Thea Valentin "
    "Lotte Jonas Frieda Anton Marlene Oskar Jule Theo Charlotte Emil Johanna Karl Luise Mats Nele Ole Pia Rasmus Svea"
).split()
_LAST_DE = (
    "Müller Schäfer Krüger Weiß Größl Jäger Brandt Lorenz Seidel Vogt Hartmann Böhm Kessler Albers Dietrich Ebert "
    "Faber Gruber Hübner Ihle Jansen Köhler Lindner Möller Neumann Otto Peters Quandt Reuter Stahl"
).split()
_FIRST_EN = (
    "Aoife Brian Ciara Declan Emma Fionn Grace Hugh Isla Jack Kate Liam Maeve Niall Orla Patrick Roisin Sean Tara Una "
    "Alice Callum Daisy Edward Freya George Harriet Ivy James Lucy"
).split()
_LAST_EN = (
    "Byrne Doyle Kelly Murphy Nolan O'Brien O'Connor Quinn Ryan Walsh Brown Clarke Evans Green Harris Moore Taylor "
    "Ward Young Fletcher"
).split()
_STREETS_DE = "Lindenallee Gartenweg Am Anger Mühlgasse Rosenstraße Bergstraße Kirchplatz Feldweg Seestraße".replace(
    "Am Anger", "Dorfanger"
).split()
_STREETS_EN = "Harbour Row|Mill Lane|Church Street|Orchard Close|Quay Street|Abbey Road|Castle Hill|Meadow View".split(
    "|"
)
_CITIES_DE = (("04109", "Leipzig"), ("10115", "Berlin"), ("20095", "Hamburg"), ("50667", "Köln"), ("80331", "München"),
              ("01067", "Dresden"), ("28195", "Bremen"), ("70173", "Stuttgart"), ("99084", "Erfurt"))  # fmt: skip
_CITIES_AT = (("1010", "Wien"), ("8010", "Graz"), ("5020", "Salzburg"))
_CITIES_IE = (("D02 XY45", "Dublin"), ("H91 E2K3", "Galway"), ("T12 AB34", "Cork"), ("V94 T9PX", "Limerick"))


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
    for sign, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("'", "")):
        name = name.lower().replace(sign, plain)
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def _place(chance: random.Random, german: bool) -> tuple[str, str, str, str]:
    """(street, postcode, city, country)."""
    if not german:
        postcode, city = chance.choice(_CITIES_IE)
        return f"{chance.randint(1, 90)} {chance.choice(_STREETS_EN)}", postcode, city, "IE"
    austrian = chance.random() < 0.15
    postcode, city = chance.choice(_CITIES_AT if austrian else _CITIES_DE)
    return f"{chance.choice(_STREETS_DE)} {chance.randint(1, 120)}", postcode, city, "AT" if austrian else "DE"


def people(slug: str, count: int, german_share: float) -> list[Person]:
    """The customers of a shop; about 60 % said yes to marketing, 15 % no, the others were not asked."""
    chance = random.Random(f"people of {slug}")
    made: list[Person] = []
    for n in range(1, count + 1):
        german = chance.random() < german_share
        first = chance.choice(_FIRST_DE if german else _FIRST_EN)
        last = chance.choice(_LAST_DE if german else _LAST_EN)
        line1, postcode, city, country = _place(chance, german)
        wish = chance.random()
        made.append(
            Person(
                external_id=f"{slug}-c{n}",
                first_name=first,
                last_name=last,
                email=f"{_ascii(first)}.{_ascii(last)}{n}@{'post' if german else 'mail'}.example",
                phone=f"+49 30 2312{n:04d}" if german and chance.random() < 0.5 else None,
                locale="de" if german else "en",
                timezone={"DE": "Europe/Berlin", "AT": "Europe/Vienna", "IE": "Europe/Dublin"}[country],
                line1=line1,
                postcode=postcode,
                city=city,
                country=country,
                marketing=True if wish < 0.6 else False if wish < 0.75 else None,
            )
        )
    return made
