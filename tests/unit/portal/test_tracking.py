"""Every state of an order has its headline, its steps and its note; noise stays out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from comeback.kit.ids import new_id
from comeback.portal.rules import sentences
from comeback.portal.rules.tracking import tracking_page
from comeback.portal.schemas import ReturnLink
from comeback.portal.words.reader import Reader
from comeback.shipments.rules.headline import URGENCY
from comeback.shipments.rules.orders import Step
from comeback.shipments.schemas import EventView, Headline, ParcelView, TrackingView

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
READER = Reader("en", "DE", ZoneInfo("Europe/Berlin"), NOW)


def head(code: str, **fields: object) -> Headline:
    return Headline(code=code, **fields)  # type: ignore[arg-type]


def event(hours: float, text: str = "", **fields: object) -> EventView:
    values = {"kind": "event", "status": "in_transit", "substatus": None, "reason": None, "city": "Halle",
              "country": "DE", "late": False, "noise": False}  # fmt: skip
    return EventView(at=NOW - timedelta(hours=hours), text=text, **(values | fields))  # type: ignore[arg-type]


def view(code: str, events: list[EventView] | None = None, **fields: object) -> TrackingView:
    steps = (Step("ordered", "done", NOW), Step("shipped", "current", NOW, fields.pop("instead", None)))  # type: ignore[arg-type]
    parcel = ParcelView(
        id=new_id(), index=1, total=1, direction="outbound", carrier="x", carrier_name="Post",
        carrier_url="javascript:alert(1)", service=None, tracking_number="N1", status="in_transit", substatus=None,
        reason=None, attempts=0, headline=head(code), steps=steps, events=events or [], items=[], shipped_at=NOW,
        delivered_at=None, original_eta_until=None, return_id=None, return_state=None, label_qr=None,
    )  # fmt: skip
    return TrackingView(
        shop_id=new_id(), order_id=new_id(), number="#1", placed_at=NOW, currency="EUR", locale="de",
        customer_id=new_id(), state="shipped", city="Berlin", country="DE", headline=head(code, **fields), steps=steps,
        parcels=[parcel], returns=[], unshipped=[], last_delivery=None, page_url="",
    )  # fmt: skip


@pytest.mark.parametrize("code", URGENCY)
def test_each_state_has_a_headline_of_its_own(code: str) -> None:
    others = {sentences.headline(head(c), READER) for c in URGENCY if c != code}
    said = sentences.headline(head(code), READER)
    assert said and (said not in others or code == "arriving")


def test_dates_in_headlines() -> None:
    day, late = NOW + timedelta(days=3), NOW + timedelta(days=5)
    assert sentences.headline(head("arriving", eta_until=day), READER) == "Arriving Tuesday, 24 November"
    assert sentences.headline(head("arriving", eta_from=day, eta_until=late), READER) == "Arriving 24 – 26 November"
    assert sentences.headline(head("delayed", eta_until=late), READER) == "Delayed: now Thursday, 26 November"
    done = head("delivered", at=NOW, left_with="neighbour")
    assert sentences.headline(done, READER) == "Delivered today at 10:00, left with a neighbour"
    window = head("out_for_delivery", eta_from=NOW, eta_until=NOW + timedelta(hours=2))
    assert sentences.below(window, READER, "Post", "Berlin") == "Between 10:00 and 12:00"


@pytest.mark.parametrize("code", ["delayed", "exception", "attempt_failed", "available_for_pickup", "returning"])
def test_trouble_says_what_happens_next(code: str) -> None:
    for reason in (None, "weather_delay", "a code of tomorrow"):
        note = sentences.note(head(code, reason=reason), READER)
        assert note and note.title and len(note.body) > 40 and "{" not in note.body


def test_a_problem_takes_the_place_of_its_step() -> None:
    page = tracking_page(view("exception", instead="exception"), READER, ReturnLink())
    assert page.steps[1].label == "Problem" and page.steps[1].trouble and page.steps[1].state == "now"
    assert page.parcels[0].carrier_url is None


def test_the_timeline() -> None:
    told = [event(h, substatus="arrived", city=f"C{h}") for h in range(6)]
    told.insert(1, event(0.5, noise=True))
    told.insert(2, event(0.6, substatus="arrived", city="C0"))
    told.insert(3, event(0.7, "We packed it", kind="note", status=None, city=None, country=None))
    card = tracking_page(view("on_its_way", told), READER, ReturnLink()).parcels[0]
    arrived = "Arrived at the sorting centre"
    assert [row.text for row in card.events] == [arrived, "We packed it", arrived, arrived]
    assert len(card.more) == 3 and card.events[0].where == "C0, DE"
    assert sentences.event(event(1, status="exception", reason="customs_hold"), READER) == (
        "The carrier reports a problem: customs are looking at it"
    )
