"""The headline of a parcel and of an order."""

from datetime import timedelta

from comeback.shipments.rules.folding import Folded, fold
from comeback.shipments.rules.headline import URGENCY, Head, order_head, parcel_head
from tests.unit.shipments.test_fold import at, event

NOW = at("12:00")
FROM, UNTIL = NOW + timedelta(days=1), NOW + timedelta(days=2)


def head(folded: Folded, now: object = NOW) -> Head:
    return parcel_head(folded, FROM, UNTIL, at("06:00"), now=NOW if now is NOW else UNTIL + timedelta(seconds=1))


def test_a_date_is_told_while_it_can_be_kept() -> None:
    moving = fold([event("in_transit", at("08:00"))])
    assert head(moving) == Head("arriving", at("06:00"), FROM, UNTIL)
    assert head(moving, "later") == Head("on_its_way", at("06:00"))
    assert head(fold([event("out_for_delivery", at("08:00"))])) == Head("out_for_delivery", at("08:00"))


def test_trouble_comes_first() -> None:
    stuck = fold([event("in_transit", at("08:00")), event(None, at("09:00"), code="customs_hold")])
    assert head(stuck) == Head("exception", at("09:00"), reason="customs_hold")
    late = fold([event("in_transit", at("08:00")), event(None, at("09:00"), code="weather_delay")])
    assert (head(late).code, head(late).reason, head(late).eta_until) == ("delayed", "weather_delay", UNTIL)


def test_delivered_says_where() -> None:
    done = fold([event(None, at("10:00"), code="delivered_neighbour")])
    assert head(done) == Head("delivered", at("10:00"), left_with="neighbour")


def test_an_order_says_the_most_urgent_thing() -> None:
    placed = at("00:00")
    assert order_head([], placed, unshipped=True, cancelled=False).code == "ordered"
    assert order_head([], placed, unshipped=True, cancelled=True).code == "cancelled"
    near, far = Head("arriving", eta_until=UNTIL), Head("arriving", eta_until=UNTIL + timedelta(days=3))
    done = Head("delivered", at("10:00"))
    assert order_head([far, done, near], placed, unshipped=True, cancelled=False) == near
    assert order_head([done], placed, unshipped=True, cancelled=False).code == "preparing"
    early = Head("delivered", at("08:00"))
    assert order_head([early, done], placed, unshipped=False, cancelled=False) == done


def test_every_status_has_a_headline_with_a_place_in_the_order() -> None:
    for status in (
        "pending info_received in_transit out_for_delivery attempt_failed available_for_pickup returning delivered "
        "returned cancelled expired exception"
    ).split():
        assert head(fold([event(status, at("08:00"))])).code in URGENCY
