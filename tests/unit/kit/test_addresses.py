"""Addresses are written as the post of their country reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.kit.addresses import address_lines, country_name

ADA = {"name": "Ada Lovelace", "line1": "Weg 1", "postcode": "10115", "city": "Berlin", "region": "BE"}


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("DE", ["Ada Lovelace", "Weg 1", "10115 Berlin", "Germany"]),
        ("IT", ["Ada Lovelace", "Weg 1", "10115 Berlin BE", "Italy"]),
        ("US", ["Ada Lovelace", "Weg 1", "Berlin, BE 10115", "United States"]),
        ("GB", ["Ada Lovelace", "Weg 1", "Berlin", "10115", "United Kingdom"]),
        ("RU", ["Ada Lovelace", "Weg 1", "Berlin", "BE", "10115", "Russia"]),
        ("HU", ["Ada Lovelace", "Berlin", "Weg 1", "10115", "Hungary"]),
        ("JP", ["〒10115", "BEBerlin", "Weg 1", "Ada Lovelace", "Japan"]),
        ("LV", ["Ada Lovelace", "Weg 1", "Berlin, 10115", "Latvia"]),
        ("", ["Ada Lovelace", "Weg 1", "10115 Berlin"]),
    ],
)
def test_lines_follow_the_country(country: str, expected: list[str]) -> None:
    assert address_lines(ADA | {"country": country}) == expected


def test_the_country_is_named_in_the_readers_language_and_not_at_home() -> None:
    assert address_lines({"city": "Roma", "country": "it"}, "ru") == ["Roma", "Италия"]
    assert address_lines({"city": "Roma", "country": "IT"}, "it", home="IT") == ["Roma"]
    assert country_name("XQ", "pl") == "XQ" and country_name("DE", "nonsense!") == "Germany"


def test_what_is_missing_leaves_no_trace() -> None:
    assert address_lines({"city": "Boston", "country": "US"}) == ["Boston", "United States"]
    assert address_lines({"postcode": "02108", "country": "US"}) == ["02108", "United States"]
    assert address_lines({"country": "JP"}) == ["Japan"] and address_lines({}) == []


parts = st.dictionaries(
    st.sampled_from(["name", "company", "line1", "line2", "postcode", "city", "region"]),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8),
)


@given(parts, st.sampled_from(["DE", "US", "GB", "RU", "HU", "JP", "KR", "BR", "FR", ""]))
def test_nothing_is_lost_but_a_region_that_the_post_does_not_want(address: dict[str, str], country: str) -> None:
    written = "\n".join(address_lines(address | {"country": country}))
    assert all(value in written for name, value in address.items() if name != "region")
