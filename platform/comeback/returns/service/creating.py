"""A quote becomes a case: units taken, replacements put aside, approved at once where the policy says so."""

import secrets
from datetime import timedelta
from uuid import UUID

import msgspec

from comeback.catalog import service as catalog
from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.core.errors import FieldError
from comeback.core.events import publish
from comeback.kit.ids import new_id
from comeback.kit.tokens import Signer, random_token
from comeback.orders import service as orders
from comeback.returns import repository
from comeback.returns.errors import BadReturn, NotEligible, UnitsGone
from comeback.returns.events import ExchangeReserved, ReturnRequested
from comeback.returns.models import Exchange, ReturnCase, ReturnLine
from comeback.returns.rules.eligibility import auto_approved
from comeback.returns.rules.numbers import BITS, number_of
from comeback.returns.rules.quoted import QuotedLine
from comeback.returns.schemas import QuoteIn, ReturnIn
from comeback.returns.service.deciding import approve_case
from comeback.returns.service.loading import actor, move
from comeback.returns.service.policies import to_json
from comeback.returns.service.quoting import Computed, honour, reasons

RESERVED_FOR = timedelta(days=45)
"""How long a replacement stays aside; cancelling, declining and settling end it earlier."""
HOLD = "return"


def _refuse(got: Computed, wish: ReturnIn) -> None:
    """Raises NotEligible (409) for a line the policy refuses, BadReturn (422) for a method it does not offer."""
    refused = [v for v in got.verdicts if v.decision == "no"]
    if refused:
        told = [
            {"line": v.key, "reasons": msgspec.to_builtins(reasons(v.reasons, got.quote.currency, "en"))}
            for v in refused
        ]
        raise NotEligible(extra={"eligibility": told})
    if wish.method not in got.asked.policy.methods:
        offered = ", ".join(got.asked.policy.methods)
        raise BadReturn(errors=[FieldError("/method", f"must be one of {offered}")])


def _new_case(session: WriteSession, wish: ReturnIn, got: Computed, number: str, by: str) -> ReturnCase:
    order = got.loaded.order
    return ReturnCase(
        shop_id=session.shop_id,
        id=new_id(),
        number=number,
        order_id=order.id,
        customer_id=order.customer_id,
        kind=wish.kind,
        state="requested",
        method=wish.method,
        policy_version=got.quote.policy_version,
        quote=to_json(got.quote),
        basis=to_json(got.asked),
        review=[to_json(r) for v in got.verdicts if v.decision == "review" for r in v.reasons],
        token=random_token(),
        currency=order.currency,
        refund_total=got.quote.refund_total,
        credit_total=got.quote.credit_total,
        requested_by=by,
        requested_at=clock.now(),
    )


async def _take(session: WriteSession, case: ReturnCase, position: int, quoted: QuotedLine, note: str | None) -> UUID:
    """One line of the case with its units; raises UnitsGone (409) where others were faster."""
    slots = await orders.take_slots(session, quoted.line, quoted.quantity, case.id)
    if tuple(slots) != quoted.slots:
        raise UnitsGone()
    line = ReturnLine(
        shop_id=session.shop_id,
        id=new_id(),
        case_id=case.id,
        line_id=quoted.line,
        position=position,
        quantity=quoted.quantity,
        slots=list(slots),
        reason=quoted.reason,
        note=note,
        resolution=quoted.resolution,
        goods_state="expected",
        exchange_variant_id=quoted.exchange.variant if quoted.exchange else None,
    )
    session.add(line)
    await session.flush()
    return line.id


async def _put_aside(session: WriteSession, case: ReturnCase, line_id: UUID, quoted: QuotedLine) -> None:
    """Reserves the replacement of a line (I3). Raises catalog's OutOfStock (409)."""
    if quoted.exchange is None:
        return
    swap = quoted.exchange
    exchange = Exchange(
        shop_id=session.shop_id,
        id=new_id(),
        case_id=case.id,
        return_line_id=line_id,
        variant_id=swap.variant,
        quantity=swap.quantity,
        price=swap.price,
        state="reserved",
        created_at=clock.now(),
    )
    await catalog.reserve(session, swap.variant, swap.quantity, exchange.id, RESERVED_FOR)
    session.add(exchange)
    await session.flush()
    event = ExchangeReserved(
        occurred_at=clock.now(),
        order_id=case.order_id,
        return_id=case.id,
        customer_id=case.customer_id,
        number=case.number,
        kind=case.kind,
        variant_id=swap.variant,
        quantity=swap.quantity,
    )
    await publish(session, event)


async def create_return(
    session: WriteSession, signer: Signer, principal: Principal | None, wish: ReturnIn
) -> ReturnCase:
    """Opens a case for a quoted wish: the quoted cents are the paid cents.

    Raises the errors of `quoting.honour`, NotEligible (409), BadReturn (422), OutOfStock (409), UnitsGone (409).
    """
    await orders.lock_orders(session, [wish.order_id])
    asked = QuoteIn(order_id=wish.order_id, lines=wish.lines, kind=wish.kind)
    got = await honour(session, signer, asked, wish.quote_token)
    _refuse(got, wish)
    drawn = [number_of(secrets.randbits(BITS)) for _ in range(4)]
    case = _new_case(session, wish, got, await repository.free_number(session, drawn), actor(principal))
    session.add(case)
    await session.flush()
    for position, (quoted, wished) in enumerate(zip(got.quote.lines, wish.lines, strict=True)):
        line_id = await _take(session, case, position, quoted, wished.note)
        await _put_aside(session, case, line_id, quoted)
    await orders.hold_marketing(session, case.order_id, HOLD, case.id)
    await _announce(session, case)
    await _decide(session, case, got)
    return case


async def _announce(session: WriteSession, case: ReturnCase) -> None:
    event = ReturnRequested(
        occurred_at=case.requested_at,
        order_id=case.order_id,
        return_id=case.id,
        customer_id=case.customer_id,
        number=case.number,
        kind=case.kind,
        method=case.method,
        refund_total=case.refund_total,
        credit_total=case.credit_total,
        currency=case.currency,
        review=bool(case.review),
    )
    await publish(session, event)


async def _decide(session: WriteSession, case: ReturnCase, got: Computed) -> None:
    if auto_approved(got.asked.policy, got.verdicts, got.candidates):
        await approve_case(session, case, automatic=True)
    elif case.review:
        move(case, "needs_review")
        await session.flush()
