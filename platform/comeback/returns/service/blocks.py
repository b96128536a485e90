"""What mails show of a return and of a refund: plain data, one set of statements for a whole batch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from comeback.core.db import ReadSession, WriteSession
from comeback.core.settings import Settings
from comeback.merchants import service as merchants
from comeback.merchants.models import Shop
from comeback.messages.schemas import BlockProvider, BlockRequest
from comeback.orders import service as orders
from comeback.payments import repository as payment_rows
from comeback.payments.models import Refund
from comeback.returns import repository
from comeback.returns.models import ReturnCase, ReturnLine
from comeback.returns.service.tokens import status_url
from comeback.returns.service.viewing import quote_of
from comeback.shipments import service as shipments
from comeback.shipments.rules.vocabulary import LabelState
from comeback.vendors.carriers import codes

DAYS: dict[str, tuple[int | None, int]] = {
    "card": (5, 10),
    "bank": (1, 3),
    "cash_on_delivery": (1, 3),
    "gift_card": (None, 1),
    "store_credit": (None, 1),
    "points": (None, 1),
}
"""Working days until the money shows, as banks state it (min, max)."""
_DEAD = frozenset({"failed", "canceled"})


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}


def _day(moment: datetime | None, shop: Shop) -> str | None:
    return moment.astimezone(ZoneInfo(shop.timezone)).date().isoformat() if moment else None


async def _items(
    session: ReadSession, cases: Sequence[ReturnCase], lines: Sequence[ReturnLine]
) -> dict[UUID, dict[str, Any]]:
    """Return line → item as mails show it; `amount` is what comes back for its units."""
    sold = await orders.order_lines_view(session, sorted({c.order_id for c in cases}))
    rows = {row["id"]: row for found in sold.values() for row in found}
    amounts = {(c.id, i): q.amount for c in cases for i, q in enumerate(quote_of(c).lines)}
    return {
        line.id: _known(
            {
                "title": rows[line.line_id]["title"],
                "quantity": line.quantity,
                "image_url": rows[line.line_id]["image_url"],
                "url": rows[line.line_id]["url"],
                "amount": amounts[(line.case_id, line.position)],
                "currency": rows[line.line_id]["currency"],
            }
        )
        for line in lines
    }


def _page(settings: Settings, shop: Shop, case: ReturnCase) -> str:
    return status_url(settings.base_url, shop.slug, case.token)


async def _return(session: ReadSession, settings: Settings, shop: Shop, case: ReturnCase) -> dict[str, Any]:
    page = _page(settings, shop, case)
    parcels = await shipments.shipments_of_return(session, case.id)
    ready = next((p for p in parcels if p.label.state == LabelState.READY), None)
    return {
        "number": case.number,
        "page_url": page,
        "label_url": f"{page}/label.pdf" if ready else None,
        "qr_url": f"{page}/qr.png" if ready and ready.label.qr else None,
        "ship_by": _day(case.send_by, shop),
        "carrier": codes.carrier_name(ready.carrier) if ready else None,
        "method": case.method,
    }


async def return_blocks(
    session: ReadSession, settings: Settings, wanted: Sequence[BlockRequest]
) -> dict[UUID, dict[str, Any]]:
    """Blocks `return` by message (subject return)."""
    about = {w.message_id: case for w in wanted if (case := w.subjects.get("return")) is not None}
    cases = {c.id: c for c in await repository.cases(session, sorted(set(about.values())))}
    lines = await repository.lines(session, list(cases))
    items = await _items(session, list(cases.values()), lines)
    shop = await merchants.get_shop(session)
    made = {c.id: await _return(session, settings, shop, c) for c in cases.values()}
    return {
        message: _known(made[case] | {"items": [items[x.id] for x in lines if x.case_id == case]})
        for message, case in about.items()
        if case in cases
    }


async def _refunds(session: ReadSession, wanted: Sequence[BlockRequest]) -> dict[UUID, list[Refund]]:
    """Message → the refunds of its settlement (subject source), or its one refund (subject refund)."""
    sources = sorted({s for w in wanted if (s := w.subjects.get("source")) is not None})
    by_source: dict[UUID, list[Refund]] = {}
    for refund in await payment_rows.refunds_where(session, source_id=sources) if sources else []:
        if refund.state not in _DEAD:
            by_source.setdefault(refund.source_id, []).append(refund)
    return {w.message_id: by_source.get(w.subjects.get("source", w.message_id), []) for w in wanted}


async def refund_blocks(
    session: ReadSession, settings: Settings, wanted: Sequence[BlockRequest]
) -> dict[UUID, dict[str, Any]]:
    """Blocks `refund` by message: all that one settlement gives back, tender by tender, and what for."""
    found = await _refunds(session, wanted)
    everything = [r for refunds in found.values() for r in refunds]
    cases = {c.id: c for c in await repository.cases(session, sorted({r.return_id for r in everything if r.return_id}))}
    lines = await repository.lines(session, list(cases))
    items = await _items(session, list(cases.values()), lines)
    order_ids = sorted({r.order_id for r in everything})
    kinds = {t.id: t.kind for t in await payment_rows.tenders(session, order_ids)} if order_ids else {}
    shop = await merchants.get_shop(session)
    made: dict[UUID, dict[str, Any]] = {}
    for message, refunds in found.items():
        if not refunds:
            continue
        case = cases.get(refunds[0].return_id) if refunds[0].return_id else None
        order_page = shipments.tracking_url(settings, session.shop_id, refunds[0].order_id)
        made[message] = _known(
            {
                "amount": sum(r.amount for r in refunds),
                "currency": refunds[0].currency,
                "page_url": _page(settings, shop, case) if case else order_page,
                "tenders": [_tender(kinds[r.tender_id], r.amount) for r in refunds],
                "items": [items[x.id] for x in lines if case and x.case_id == case.id and x.resolution == "refund"],
            }
        )
    return made


def _tender(kind: str, amount: int) -> dict[str, Any]:
    least, most = DAYS.get(kind, (None, 10))
    return _known({"kind": kind, "amount": amount, "days_min": least, "days_max": most})


def block_providers(settings: Settings) -> dict[str, BlockProvider]:
    """The blocks that this room fills."""

    async def returns(session: WriteSession, wanted: Sequence[BlockRequest]) -> dict[UUID, dict[str, Any]]:
        return await return_blocks(session, settings, wanted)

    async def refunds(session: WriteSession, wanted: Sequence[BlockRequest]) -> dict[UUID, dict[str, Any]]:
        return await refund_blocks(session, settings, wanted)

    return {"return": returns, "refund": refunds}
