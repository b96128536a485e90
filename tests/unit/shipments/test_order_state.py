"""The order-level fold, the five steps and the simple promise."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from comeback.shipments.rules.folding import fold
from comeback.shipments.rules.orders import OrderState, ParcelQuantities, order_state, steps, unshipped
from comeback.shipments.rules.promise import eta_shown, first_eta, transit_days
from comeback.shipments.rules.vocabulary import Status
from tests.unit.shipments.test_fold import at, event

A, B = UUID(int=1), UUID(int=2)
ORDERED = {A: 2, B: 1}


def parcel(status: str, **pieces: int) -> ParcelQuantities:
    return ParcelQuantities(Status(status), {{"a": A, "b": B}[name]: count for name, count in pieces.items()})


@pytest.mark.parametrize(
    ("parcels", "expected"),
    [
        ([], OrderState.UNFULFILLED),
        ([parcel("cancelled", a=2, b=1)], OrderState.UNFULFILLED),
        ([parcel("pending", a=1)], OrderState.PARTIALLY_SHIPPED),
        ([parcel("in_transit", a=2)], OrderState.PARTIALLY_SHIPPED),
        ([parcel("in_transit", a=2), parcel("pending", b=1)], OrderState.SHIPPED),
        ([parcel("delivered", a=2)], OrderState.PARTIALLY_DELIVERED),
        ([parcel("delivered", a=2), parcel("in_transit", b=1)], OrderState.PARTIALLY_DELIVERED),
        ([parcel("delivered", a=2), parcel("delivered", b=1)], OrderState.DELIVERED),
        ([parcel("delivered", a=2), parcel("returning", b=1)], OrderState.PARTIALLY_DELIVERED),
        ([parcel("delivered", a=2), parcel("returned", b=1)], OrderState.PARTIALLY_RETURNED),
        ([parcel("returning", a=2, b=1)], OrderState.SHIPPED),
    ],
)
def test_order_state(parcels: list[ParcelQuantities], expected: OrderState) -> None:
    assert order_state(ORDERED, parcels) == expected


def test_cancelled_and_returned_orders() -> None:
    assert order_state(ORDERED, [], cancelled=True) == OrderState.CANCELLED
    assert order_state(ORDERED, [parcel("delivered", a=2, b=1)], returned=1) == OrderState.PARTIALLY_RETURNED


def test_unshipped_counts_living_parcels_only() -> None:
    assert unshipped(ORDERED, [parcel("in_transit", a=1), parcel("cancelled", b=1)]) == {A: 1, B: 1}
    assert unshipped(ORDERED, [parcel("in_transit", a=2, b=1)]) == {}


def test_steps_follow_the_parcel_and_a_problem_takes_a_step() -> None:
    placed, shipped = at("00:00", -1), at("06:00")
    assert [step.state for step in steps(placed, None, None)] == ["current", "ahead", "ahead", "ahead", "ahead"]
    moving = steps(placed, shipped, fold([event("in_transit", at("08:00"))]))
    assert [(step.state, step.at) for step in moving][:4] == [
        ("done", placed),
        ("done", shipped),
        ("current", at("08:00")),
        ("ahead", None),
    ]
    waiting = steps(placed, shipped, fold([event("available_for_pickup", at("08:00"))]))
    assert (waiting[3].state, waiting[3].code) == ("current", "available_for_pickup")
    stuck = steps(placed, shipped, fold([event("in_transit", at("08:00")), event("exception", at("09:00"))]))
    assert (stuck[2].state, stuck[2].code) == ("current", "exception")
    done = steps(placed, shipped, fold([event("delivered", at("10:00"))]))
    assert (done[4].state, done[4].at, done[3].state) == ("current", at("10:00"), "done")


def test_the_simple_rule_counts_business_days_in_the_shops_zone() -> None:
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)
    eta = first_eta(friday, "dhl", None, zone="Europe/Berlin")
    assert (eta.start, eta.until, eta.source) == (
        datetime(2026, 11, 23, 7, tzinfo=UTC),
        datetime(2026, 11, 25, 19, tzinfo=UTC),
        "rule",
    )
    promised = friday + timedelta(days=2)
    assert first_eta(friday, "dhl", None, zone="Europe/Berlin", promised_at=promised).until == promised
    assert transit_days("ups", "UPS Express Saver") == (1, 2)
    assert transit_days("unheard", None) == (2, 4)


def test_a_date_is_hidden_at_the_door_and_in_trouble() -> None:
    assert eta_shown(fold([event("in_transit", at("08:00"))]))
    assert not eta_shown(fold([event("out_for_delivery", at("08:00"))]))
    assert not eta_shown(fold([event("in_transit", at("08:00")), event("exception", at("09:00"))]))
