"""E3: normalising what carriers say, and the dedupe key."""

from datetime import UTC, datetime, timedelta

import pytest

from comeback.shipments.rules.events import RawEvent, dedupe_key, moment, normalise, tidy_city, tidy_number, tidy_text
from comeback.shipments.rules.vocabulary import Status
from comeback.vendors.carriers import codes

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def raw(**fields: str | None) -> RawEvent:
    return RawEvent(**{"carrier": "gls", "tracking_number": "1", "source": "gls", **fields})  # type: ignore[arg-type]


def read(event: RawEvent):
    return normalise(event, codes.lookup(event.carrier, event.code) if event.code else None, received_at=NOW)


def test_key_ignores_text_ids_seconds_and_spelling() -> None:
    one = read(
        raw(status="in_transit", description="A", occurred_at="2026-11-20T08:00:01Z", city="Köln ", provider_id="1")
    )
    two = read(raw(status="in_transit", description="B", occurred_at="2026-11-20T09:00:59+01:00", city="KOLN"))
    assert one.key == two.key


@pytest.mark.parametrize(
    "change",
    [
        {"carrier": "ups"},
        {"number": "2"},
        {"code": "PO"},
        {"status": "delivered"},
        {"at": NOW + timedelta(minutes=1)},
        {"city": "Bonn"},
    ],
)
def test_key_tells_apart(change: dict[str, object]) -> None:
    base: dict[str, object] = {
        "carrier": "gls",
        "number": "1",
        "code": None,
        "status": "in_transit",
        "at": NOW,
        "city": "Köln",
    }
    assert dedupe_key(**{**base, **change}) != dedupe_key(**base)  # type: ignore[arg-type]


def test_a_mapped_code_wins_and_the_contradiction_is_kept() -> None:
    event = read(raw(code="INDELIVERY", status="delivered"))
    assert (event.status, event.contradiction, event.unmapped) == (Status.OUT_FOR_DELIVERY, True, False)


def test_an_unknown_code_falls_back_to_the_senders_status_but_is_never_guessed() -> None:
    assert read(raw(code="ZZZ", status="delivered")).status == Status.DELIVERED
    nothing = read(raw(code="ZZZ", status="on its way"))
    assert (nothing.status, nothing.unmapped, nothing.code) == (None, True, "ZZZ")


@pytest.mark.parametrize(
    ("text", "country", "zone", "expected"),
    [
        ("2026-11-20T10:00:00+01:00", "US", None, ("09:00", "carrier")),
        ("2026-11-20T10:00:00Z", None, None, ("10:00", "carrier")),
        ("2026-11-20T10:00:00", "de", None, ("09:00", "location")),
        ("2026-11-20T10:00:00", "US", "America/New_York", ("15:00", "brand")),
        ("2026-11-20 10:00", None, None, ("10:00", "utc")),
    ],
)
def test_moment(text: str, country: str | None, zone: str | None, expected: tuple[str, str]) -> None:
    when, source = moment(text, country, zone)
    assert when is not None
    assert (when.strftime("%H:%M"), source) == expected


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-13-40T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_no_moment(text: str | None) -> None:
    assert moment(text, "DE", None) == (None, None)


def test_texts_are_one_clean_line() -> None:
    assert tidy_text("a\x00\r\nb\u202ec  ") == "a b c"
    assert tidy_text("x" * 900) == "x" * 500
    assert tidy_text("\n") is None
    assert tidy_city("Saint-Étienne") == "saintetienne"
    assert tidy_number(" 1z 999-aa ") == "1Z999AA"


@pytest.mark.parametrize(
    ("carrier", "code", "status"),
    [
        ("dhl", "ZU", "delivered"),
        ("DHL", "DLVRD", "delivered"),
        ("dhl_parcel_de", "PO", "out_for_delivery"),
        ("gls", "INTIAL.PREADVICE", "info_received"),
        ("gls", "DELIVEREDPS", "available_for_pickup"),
        ("ups", "RS", "returning"),
        ("ups", "o", "out_for_delivery"),
        ("sandbox", "DLV", "delivered"),
        ("nobody", "delivered", "delivered"),
        ("nobody", "return_to_sender", "returning"),
    ],
)
def test_code_tables(carrier: str, code: str, status: str) -> None:
    meaning = codes.lookup(carrier, code)
    assert meaning is not None
    assert meaning.status == status


def test_every_table_speaks_our_words() -> None:
    for table in (codes.GENERIC, *codes.TABLES.values()):
        for code, meaning in table.items():
            assert code == codes.tidy_code(code)
            assert meaning.reversal or Status(meaning.status or "")
            assert meaning.status != "exception" or meaning.reason
    assert codes.lookup("ups", "ZU") is None
