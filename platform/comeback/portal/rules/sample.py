"""A made-up order on its way, for the preview of a shop that has sent nothing yet."""

from datetime import datetime, timedelta
from uuid import UUID

from comeback.shipments.rules.orders import Step
from comeback.shipments.schemas import EventView, Headline, ItemView, ParcelView, TrackingView

NOBODY = UUID(int=0)


def sample_view(shop_id: UUID, currency: str, country: str, now: datetime) -> TrackingView:
    """An order of two goods, placed three days before `now`, arriving in a day."""
    placed, sent = now - timedelta(days=3), now - timedelta(days=2)
    due = now + timedelta(days=1)
    head = Headline(code="arriving", eta_from=due, eta_until=due)
    steps = (
        Step("ordered", "done", placed), Step("shipped", "done", sent),
        Step("in_transit", "current", now - timedelta(hours=9)), Step("out_for_delivery", "ahead", None),
        Step("delivered", "ahead", None),
    )  # fmt: skip
    goods = [
        _item("Merino crew neck", "Forest, M", 8900, 1, currency),
        _item("Cotton socks", "3 pairs", 3800, 2, currency),
    ]
    return TrackingView(
        shop_id=shop_id,
        order_id=NOBODY,
        number="#1001",
        placed_at=placed,
        currency=currency,
        locale=None,
        customer_id=NOBODY,
        state="shipped",
        city="Berlin",
        country=country or None,
        headline=head,
        steps=steps,
        parcels=[_parcel(head, steps, goods, sent, now)],
        returns=[],
        unshipped=[],
        last_delivery=None,
        page_url="",
    )


def _item(title: str, options: str, amount: int, quantity: int, currency: str) -> ItemView:
    return ItemView(
        line_id=NOBODY,
        title=title,
        options=options,
        sku=None,
        quantity=quantity,
        image_url=None,
        url=None,
        amount=amount,
        currency=currency,
        product_external_id=None,
    )


def _parcel(
    head: Headline, steps: tuple[Step, ...], goods: list[ItemView], sent: datetime, now: datetime
) -> ParcelView:
    scans = [(now - timedelta(hours=9), "in_transit", "Leipzig"), (sent, "in_transit", "Hamburg")]
    return ParcelView(
        id=NOBODY,
        index=1,
        total=1,
        direction="outbound",
        carrier="dhl",
        carrier_name="DHL",
        carrier_url=None,
        service=None,
        tracking_number="00340434161094042557",
        status="in_transit",
        substatus=None,
        reason=None,
        attempts=0,
        headline=head,
        steps=steps,
        events=[_scan(at, status, city) for at, status, city in scans],
        items=goods,
        shipped_at=sent,
        delivered_at=None,
        original_eta_until=None,
        return_id=None,
        return_state=None,
        label_qr=None,
    )


def _scan(at: datetime, status: str, city: str) -> EventView:
    return EventView(
        kind="event",
        at=at,
        status=status,
        substatus=None,
        reason=None,
        text=None,
        city=city,
        country="DE",
        late=False,
        noise=False,
    )
