"""The returns inbox and one return, with the buttons of the agent; each button is one use case of the returns room."""

from uuid import UUID

from msgspec import convert

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.desk import rules
from comeback.desk.repository import returns as repository
from comeback.desk.schemas.returns import InspectIn, ReturnCounts, ReturnDetail, ReturnList, ReturnRow, SettleIn
from comeback.desk.schemas.shared import OrderRef, Tab
from comeback.desk.service import cases, shapes
from comeback.messages import service as messages
from comeback.orders import service as orders
from comeback.returns import service as returns
from comeback.returns.schemas import ReceiptIn, ReceiptLineIn
from comeback.returns.schemas import SettleIn as Confirmed


async def inbox(session: ReadSession, tab: Tab, cursor: str | None) -> ReturnList:
    """A page of one tab, newest first, with the counts of all."""
    page = await returns.list_cases(session, tab=tab, cursor=cursor)
    standings = await repository.standings(session, [row.id for row in page.items])
    items = [
        ReturnRow(
            id=str(row.id),
            number=row.number,
            tab=convert(row.tab, Tab),
            status=standings[row.id].status,
            kind=row.kind,
            order_id=str(row.order_id),
            order_number=row.order_number,
            customer=row.customer,
            items=row.items,
            title=row.title,
            image_url=row.image_url,
            reason=row.reason,
            resolutions=row.resolutions,
            amount=standings[row.id].promised,
            currency=row.currency,
            requested_at=row.requested_at,
            due_at=rules.refund_due(row.kind, row.requested_at),
        )
        for row in page.items
    ]
    counts = await returns.inbox_counts(session)
    return ReturnList(items=items, next=page.next, counts=ReturnCounts(**counts))


async def detail(session: ReadSession, settings: Settings, case_id: UUID, locale: str) -> ReturnDetail:
    """One return; explanations in the reader's `locale`. Raises ReturnNotFound (404)."""
    view = await returns.case_view(session, case_id, settings, locale)
    case = view.case
    order = await orders.get_order(session, case.order_id)
    person = await customers.get_customer(session, case.customer_id)
    standings = await repository.standings(session, [case_id])
    waiting = await repository.units(session, case_id)
    pictures = {line.line_id: line.image_url for line in case.lines}
    mails = (await messages.list_messages(session, return_id=case_id)).items
    return ReturnDetail(
        id=str(case.id),
        number=case.number,
        kind=case.kind,
        state=case.state,
        tab=convert(view.tab, Tab),
        status=standings[case_id].status,
        method=case.method,
        requested_at=case.requested_at,
        due_at=case.refund_due_at,
        order=OrderRef(id=str(order.id), number=order.number, placed_at=order.placed_at),
        customer=shapes.customer(person, order.locale),
        lines=[cases.line(line, case) for line in case.lines],
        quoted=cases.money(case.quote, tax_included=order.tax_included),
        due=cases.money(view.due, tax_included=order.tax_included) if view.due else None,
        paid=cases.paid(view, tax_included=order.tax_included),
        settlements=[cases.settlement(row) for row in case.settlements],
        parcels=[shapes.parcel(parcel, pictures) for parcel in case.shipments],
        timeline=rules.newest_first(
            cases.entries(case),
            [entry for parcel in case.shipments for entry in shapes.parcel_entries(parcel)],
            [shapes.message_entry(mail) for mail in mails],
        ),
        actions=rules.actions(case.state, case.kind, payable=view.due is not None, **waiting),
    )


async def approve(session: WriteSession, principal: Principal, case_id: UUID) -> None:
    """The goods may come. Raises WrongState (409)."""
    await returns.approve(session, principal, case_id)


async def decline(session: WriteSession, principal: Principal, case_id: UUID, reason: str) -> None:
    """The goods may not come. Raises NotDeclinable or WrongState (409)."""
    await returns.decline(session, principal, case_id, reason)


async def receive(session: WriteSession, principal: Principal, case_id: UUID) -> None:
    """Books everything in that is still expected; the inspection says what of it was really there."""
    case = await returns.get_case(session, case_id)
    lines = [
        ReceiptLineIn(line=str(line.id), quantity=left)
        for line in case.lines
        if (left := line.quantity - sum(found.quantity for found in line.findings)) > 0
    ]
    await returns.receive(session, principal, case_id, ReceiptIn(lines=lines))


async def inspect(session: WriteSession, principal: Principal, case_id: UUID, body: InspectIn) -> None:
    """Grades what was booked in. Units that the inspector did not count are taken out again: they never arrived.

    Raises BadReturn (422) naming every bad line, WrongState (409).
    """
    case = await returns.get_case(session, case_id)
    for receipt_id, said in cases.revisions(case.receipts, body):
        await returns.revise(session, principal, case_id, receipt_id, said)


async def settle(session: WriteSession, principal: Principal, case_id: UUID, body: SettleIn) -> None:
    """Pays what was confirmed. Raises SettlementChanged (409) with the present amounts, NothingToSettle (409)."""
    confirmed = Confirmed(refund_total=body.refund_total, credit_total=body.credit_total)
    await returns.settle(session, principal, case_id, confirmed)
