"""Addresses as the post of their country wants them: which line comes first, and where the postcode stands.

Orders of parts after the Universal Postal Union's sheets, as libaddressinput's `fmt` field carries them.
"""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_USUAL = "{name}|{company}|{line1}|{line2}|{postcode} {city}"
_FORMATS: Mapping[str, str] = {
    **dict.fromkeys(("IT", "ES"), "{name}|{company}|{line1}|{line2}|{postcode} {city} {region}"),
    **dict.fromkeys(("US", "CA", "AU"), "{name}|{company}|{line1}|{line2}|{city}, {region} {postcode}"),
    **dict.fromkeys(("GB", "GI", "JE", "GG", "IM"), "{name}|{company}|{line1}|{line2}|{city}|{postcode}"),
    **dict.fromkeys(("NZ", "SG", "IN", "ID", "TW"), "{name}|{company}|{line1}|{line2}|{city} {postcode}"),
    "IE": "{name}|{company}|{line1}|{line2}|{city}|{region}|{postcode}",
    "BR": "{name}|{company}|{line1}|{line2}|{city} {region}|{postcode}",
    "RU": "{name}|{company}|{line1}|{line2}|{city}|{region}|{postcode}",
    "UA": "{name}|{company}|{line1}|{line2}|{city}|{region}|{postcode}",
    "LV": "{name}|{company}|{line1}|{line2}|{city}, {postcode}",
    "HU": "{name}|{company}|{city}|{line1}|{line2}|{postcode}",
    "JP": "〒{postcode}|{region}{city}|{line1}|{line2}|{company}|{name}",
    "CN": "{postcode}|{region}{city}|{line1}|{line2}|{company}|{name}",
    "KR": "{region} {city}|{line1}|{line2}|{company}|{name}|{postcode}",
}
_PARTS = ("name", "company", "line1", "line2", "postcode", "city", "region")


def address_lines(address: Mapping[str, object], language: str = "en", home: str | None = None) -> list[str]:
    """The lines of an address (`name`, `company`, `line1`, `line2`, `postcode`, `city`, `region`, `country`), in the
    order of its country, empty ones left out. The country's name in `language` is last, unless it is `home`."""
    country = str(address.get("country") or "").upper()
    parts = {name: str(address.get(name) or "").strip() for name in _PARTS}
    lines = [_tidy(line.format_map(parts)) for line in _FORMATS.get(country, _USUAL).split("|")]
    if country and country != (home or "").upper():
        lines.append(country_name(country, language))
    return [line for line in lines if line]


def _tidy(line: str) -> str:
    """Without what stood between parts that are not there."""
    words = " ".join(line.split()).replace(" ,", ",").strip(" ,")
    return "" if words == "〒" else words


@lru_cache(maxsize=2048)
def country_name(code: str, language: str) -> str:
    """What the language calls a country of ISO 3166; the code where it has no name for it."""
    try:
        return Locale.parse(language.replace("-", "_")).territories.get(code, code)
    except (ValueError, UnknownLocaleError):
        return Locale("en").territories.get(code, code)
