"""One word for a delivery, the buttons of a return, lines of the timeline."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from comeback.desk import rules
from comeback.desk.schemas.returns import InspectIn, InspectLineIn
from comeback.desk.schemas.shared import TimelineEntry
from comeback.desk.service.cases import revisions
from comeback.desk.service.people import cookie_name
from comeback.returns.schemas import ReceiptOut

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def parcel(status: str, *, delayed: bool = False, trouble: bool = False) -> tuple[str, bool, bool]:
    return status, delayed, trouble


@pytest.mark.parametrize(
    ("parcels", "word"),
    [
        ([], "none"),
        ([parcel("cancelled")], "none"),
        ([parcel("delivered"), parcel("delivered")], "delivered"),
        ([parcel("delivered"), parcel("in_transit")], "partly_delivered"),
        ([parcel("delivered"), parcel("in_transit", delayed=True)], "delayed"),
        ([parcel("in_transit", trouble=True), parcel("out_for_delivery")], "exception"),
        ([parcel("out_for_delivery", delayed=True)], "out_for_delivery"),
        ([parcel("delivered"), parcel("returned")], "returned"),
        ([parcel("delivered"), parcel("cancelled")], "delivered"),
        ([parcel("expired")], "expired"),
    ],
)
def test_the_worst_parcel_speaks_for_all(parcels: list[tuple[str, bool, bool]], word: str) -> None:
    assert {rules.delivery_word(order) for order in permutations(parcels)} == {word}


@pytest.mark.parametrize(
    ("state", "kind", "expected", "ungraded", "payable", "actions"),
    [
        ("requested", "return", 1, 0, False, ["approve", "decline"]),
        ("needs_review", "return", 1, 0, False, ["approve", "decline"]),
        ("requested", "withdrawal", 1, 0, False, ["approve"]),
        ("approved", "return", 1, 0, False, ["receive"]),
        ("approved", "return", 1, 0, True, ["settle", "receive"]),
        ("open", "return", 0, 1, False, ["inspect"]),
        ("open", "return", 1, 1, True, ["inspect", "receive"]),
        ("open", "return", 0, 0, True, ["settle"]),
        ("open", "return", 0, 0, False, []),
        ("closed", "return", 0, 0, True, []),
        ("declined", "return", 1, 0, False, []),
    ],
)
def test_buttons_follow_from_what_is_there(
    state: str, kind: str, expected: int, ungraded: int, payable: bool, actions: list[str]
) -> None:
    assert rules.actions(state, kind, expected=expected, ungraded=ungraded, payable=payable) == actions


def test_only_withdrawals_have_a_statutory_day() -> None:
    assert rules.refund_due("withdrawal", NOW) == NOW + timedelta(days=14)
    assert rules.refund_due("return", NOW) is None


@pytest.mark.parametrize(
    ("header", "locale"), [("de-DE,de;q=0.9", "de-DE"), ("en", "en"), ("", "en"), ("*", "en"), ("x" * 99, "en")]
)
def test_the_first_language_counts(header: str, locale: str) -> None:
    assert rules.reading_locale(header) == locale


def test_parcels_tell_their_own_milestones() -> None:
    assert rules.event_entry("shipment.delivered", NOW, {}, None, True) is None
    assert rules.event_entry("return_shipment.first_scan", NOW, {}, None, True) is None
    assert rules.event_entry("return_shipment.label_ready", NOW, {}, None, True) is not None
    assert rules.event_entry("message.accepted", NOW, {}, None, False) is None


def test_events_carry_plain_values_only() -> None:
    return_id = uuid4()
    data = {"number": "RMA-1", "currency": "EUR", "refund_total": 500, "credit_total": 40, "nested": {"a": 1}}
    entry = rules.event_entry("return.settled", NOW, data, return_id, False)
    assert entry is not None
    assert entry.detail == {"number": "RMA-1", "currency": "EUR", "amount": 540}
    assert (entry.source, entry.return_id) == ("return", str(return_id))
    failed = rules.event_entry("refund.failed", NOW, {"amount": 5, "failure_reason": "lost_card"}, return_id, False)
    assert failed is not None
    assert (failed.source, failed.detail["reason"], failed.return_id) == ("money", "lost_card", None)


def test_timelines_merge_newest_first() -> None:
    def entry(minutes: int) -> TimelineEntry:
        at = NOW + timedelta(minutes=minutes)
        return TimelineEntry(at=at, name="x", source="order", detail={}, return_id=None, message_id=None)

    merged = rules.newest_first([entry(1), entry(3)], [entry(2)])
    assert [e.at.minute for e in merged] == [3, 2, 1]


def test_milestones_of_return_parcels_have_their_own_names() -> None:
    assert rules.milestone_name("outbound", "delivered") == "shipment.delivered"
    assert rules.milestone_name("return", "picked_up") == "return_shipment.first_scan"
    assert rules.milestone_name("return", "in_transit") is None


def test_addresses_have_no_empty_lines() -> None:
    address = {"name": "Ada", "line1": "Weg 1", "line2": "", "postcode": "10115", "city": "Berlin", "country": "DE"}
    assert rules.address_lines(address) == ["Ada", "Weg 1", "10115 Berlin"]
    assert rules.address_lines({}) == []


def test_wildcards_of_a_search_are_disarmed() -> None:
    assert rules.search_words(" #1001 ") == ("1001", "1001%")
    assert rules.search_words("50%_\\") == ("50%_\\", "50\\%\\_\\\\%")


def test_the_cookie_is_bound_to_the_host_where_there_is_https() -> None:
    assert cookie_name(secure=True).startswith("__Host-")
    assert not cookie_name(secure=False).startswith("__")


def receipt(*lines: tuple[str, int, str | None]) -> ReceiptOut:
    found = [
        {"return_line": key, "quantity": quantity, "condition": grade, "disposition": "restock" if grade else None,
         "deduction_percent": 0, "deduction_reason": None, "photos": [], "note": None}
        for key, quantity, grade in lines
    ]  # fmt: skip
    return ReceiptOut(id=uuid4(), location="main", revision=1, received_at=NOW, lines=found, unexpected=[])


def said(line: str, quantity: int) -> InspectLineIn:
    return InspectLineIn(line=line, quantity=quantity, grade="B", disposition="refurbish")


def test_an_inspection_revises_what_was_not_graded_yet() -> None:
    first, second = receipt(("a", 1, "A")), receipt(("a", 2, None), ("b", 1, "A"), ("c", 1, None))
    made = revisions([first, second], InspectIn(lines=[said("a", 1)]))
    assert [receipt_id for receipt_id, _ in made] == [second.id]
    lines = [(line.line, line.quantity, line.condition) for line in made[0][1].lines]
    # One of two of `a` was there; `b` stays as it was graded; nobody counted `c`.
    assert lines == [("a", 1, "B"), ("b", 1, "A")]


def test_an_inspection_is_spread_over_the_receipts() -> None:
    first, second = receipt(("a", 1, None)), receipt(("a", 2, None))
    made = revisions([first, second], InspectIn(lines=[said("a", 3)]))
    assert [line.quantity for _, body in made for line in body.lines] == [1, 2]
