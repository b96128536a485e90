"""Carriers by the names that shops write, as our code tables know them; and pieces over several numbers. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from comeback.kit.money import allocate

_NAMES: Final = {
    "dhlexpress": "dhl_express",
    "dhlecommerce": "dhl",
    "dhlpaket": "dhl",
    "dhlparcel": "dhl",
    "deutschepost": "dhl",
    "deutschepostde": "dhl",
    "deutschepostdhl": "dhl",
    "glsde": "gls",
    "generallogisticssystems": "gls",
    "upsde": "ups",
    "unitedparcelservice": "ups",
    "upsmailinnovations": "ups",
    "fedexuk": "fedex",
    "unitedstatespostalservice": "usps",
    "royalmailtracked": "royal_mail",
    "royalmail": "royal_mail",
    "dpduk": "dpd",
    "dpdlocal": "dpd",
    "dpdgermany": "dpd",
    "evri": "evri",
    "hermes": "evri",
    "laposte": "colissimo",
    "posteitaliane": "poste_italiane",
    "canadapost": "canada_post",
    "australiapost": "australia_post",
    "inpost": "inpost",
    "paczkomatyinpost": "inpost",
}
UNKNOWN: Final = "other"


def carrier_name(company: str | None) -> str:
    """Our word for a tracking company; an unknown one keeps its own name, none is `other`."""
    if not company:
        return UNKNOWN
    key = re.sub(r"[^a-z0-9]", "", company.lower())
    return _NAMES.get(key) or re.sub(r"[^a-z0-9]+", "_", company.lower()).strip("_")[:100] or UNKNOWN


def split_pieces(pieces: Mapping[str, int], parcels: int) -> list[dict[str, int]]:
    """Units over several numbers of one fulfilment: the shop does not say which lies where, so each gets an even part,
    in the order of the lines. Fewer parts come back where there are not as many units."""
    units = [line for line, quantity in pieces.items() for _ in range(quantity)]
    counts = [c for c in allocate(len(units), [1] * parcels) if c] if units else []
    parts: list[dict[str, int]] = []
    for count in counts:
        part: dict[str, int] = {}
        for line in units[:count]:
            part[line] = part.get(line, 0) + 1
        units = units[count:]
        parts.append(part)
    return parts
