"""Use cases of store credit: give it, spend it, show it. Each change is once per source."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.core.events import publish
from comeback.credits import repository, rules
from comeback.credits.errors import NotEnoughCredit
from comeback.credits.events import CreditIssued, CreditRedeemed
from comeback.credits.schemas import BalanceOut, EntryOut, LotOut, RedeemIn, RedeemOut, StatementOut
from comeback.ledger import service as ledger

ENTRIES = 200


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """Credit to give: `amount` of value and `bonus` on top as a promotional lot of its own (M13); minor units."""

    customer_id: UUID
    currency: str
    amount: int
    source_kind: str
    source_id: str
    order_id: UUID | None = None
    return_id: UUID | None = None
    bonus: int = 0
    bonus_until: datetime | None = None
    expires_at: datetime | None = None


async def issue(session: WriteSession, given: Issue) -> bool:
    """Gives credit once per source; False where the source already did. Publishes credit.issued."""
    account = await repository.lock_account(session, given.customer_id, given.currency)
    at = clock.now()
    base: dict[str, Any] = {
        "account": account["id"],
        "source_kind": given.source_kind,
        "source_id": given.source_id,
        "order": given.order_id,
        "at": at,
    }
    made = [False, False]
    for promotional, amount, until in ((False, given.amount, given.expires_at), (True, given.bonus, given.bonus_until)):
        if amount > 0:
            values = base | {"promotional": promotional, "amount": amount, "expires": until}
            made[promotional] = await repository.add_lot(session, values) is not None
    if not any(made):
        return False
    cash, bonus = given.amount * made[False], given.bonus * made[True]
    await _book_bonus(session, given, bonus, at)
    balance, promotional_balance = await repository.move_balance(session, account["id"], cash, bonus)
    await publish(
        session,
        CreditIssued(
            occurred_at=at,
            order_id=given.order_id,
            return_id=given.return_id,
            customer_id=given.customer_id,
            currency=given.currency,
            amount=cash,
            bonus=bonus,
            balance=balance,
            promotional=promotional_balance,
            source_kind=given.source_kind,
            source_id=given.source_id,
        ),
    )
    return True


async def _book_bonus(session: WriteSession, given: Issue, bonus: int, at: datetime) -> None:
    """What the value itself is owed for (a settlement, a refund) is in the books already; the bonus is not."""
    source = f"{given.source_kind}:{given.source_id}"
    entries = rules.bonus_journal(given.currency, bonus)
    await ledger.post(session, "credit_bonus", source, entries, order_id=given.order_id, at=at)


async def redeem(session: WriteSession, wanted: RedeemIn) -> RedeemOut:
    """Spends credit once per source: promotional lots first. Raises NotEnoughCredit (409)."""
    account = await repository.lock_account(session, wanted.customer, wanted.currency)
    before = await repository.spent(session, account["id"], "purchase", wanted.source)
    if before:
        return await _redeemed(session, wanted, before, (account["balance"], account["promotional"]))
    at = clock.now()
    await _expire(session, account["id"], wanted.currency, at)
    try:
        lots = await repository.lots(session, account["id"])
        parts = rules.spend(lots, wanted.amount, at)
    except rules.Short as short:
        raise NotEnoughCredit(f"{short.available} is available", extra={"available": short.available}) from short
    left, booked = await _book(session, account["id"], parts, "redeem", ("purchase", wanted.source), at)
    entries = rules.redeem_journal(wanted.currency, *booked)
    await ledger.post(session, "credit_redeemed", f"{account['id']}:{wanted.source}", entries, at=at)
    event = CreditRedeemed(
        occurred_at=at,
        customer_id=wanted.customer,
        currency=wanted.currency,
        amount=wanted.amount,
        balance=left[0],
        promotional=left[1],
        source_id=wanted.source,
    )
    await publish(session, event)
    return await _redeemed(session, wanted, parts, left)


async def _redeemed(
    session: ReadSession, wanted: RedeemIn, parts: Sequence[tuple[UUID, int]], left: tuple[int, int]
) -> RedeemOut:
    lots = await repository.lots_by_id(session, [lot for lot, _ in parts])
    return RedeemOut(
        customer_id=wanted.customer,
        currency=wanted.currency,
        amount=sum(amount for _, amount in parts),
        balance=left[0],
        promotional=left[1],
        parts=[LotOut(**lot) for lot in lots],
    )


async def _book(
    session: WriteSession,
    account_id: UUID,
    parts: Sequence[tuple[UUID, int]],
    kind: str,
    source: tuple[str, str],
    at: datetime,
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Takes parts from their lots with an entry each; answers both balances and what left them."""
    promotional = {lot.id for lot in await repository.lots(session, account_id) if lot.promotional}
    for lot_id, amount in parts:
        if not await repository.take(session, lot_id, amount):
            raise NotEnoughCredit()
        values = {"account": account_id, "lot": lot_id, "kind": kind, "amount": -amount, "at": at}
        await repository.add_entry(session, values | {"source_kind": source[0], "source_id": source[1]})
    apart = sum(amount for lot, amount in parts if lot in promotional)
    total = sum(amount for _, amount in parts)
    return await repository.move_balance(session, account_id, apart - total, -apart), (total - apart, apart)


async def _expire(session: WriteSession, account_id: UUID, currency: str, now: datetime) -> None:
    """Books lots that ended, so that the balances say what can be spent."""
    lots = await repository.lots(session, account_id)
    for lot in lots:
        if not rules.live(lot, now):
            source = ("lot", str(lot.id))
            _, booked = await _book(session, account_id, [(lot.id, lot.remaining)], "expire", source, now)
            await ledger.post(session, "credit_expired", lot.id, rules.expiry_journal(currency, *booked), at=now)


async def statement(session: ReadSession, customer_id: UUID) -> StatementOut:
    """A customer's balances, lots and latest entries; empty for someone without credit."""
    accounts = [BalanceOut(**a) for a in await repository.balances(session, customer_id, clock.now())]
    first = accounts[0] if accounts else None
    return StatementOut(
        customer_id=customer_id,
        currency=first.currency if first else None,
        balance=first.balance if first else 0,
        promotional=first.promotional if first else 0,
        accounts=accounts,
        lots=[LotOut(**lot) for lot in await repository.lots_of(session, customer_id)],
        entries=[EntryOut(**entry) for entry in await repository.entries_of(session, customer_id, ENTRIES)],
    )


async def balances(session: ReadSession, customer_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Balances of many customers: currency, balance, promotional, promotional_until."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in await repository.balances_of_many(session, customer_ids, clock.now()):
        found.setdefault(row.pop("customer_id"), []).append(row)
    return found


async def given_by(session: ReadSession, source_ids: Sequence[str]) -> dict[str, list[LotOut]]:
    """Lots by the source that gave them."""
    found: dict[str, list[LotOut]] = {}
    for row in await repository.lots_by_source(session, source_ids):
        found.setdefault(row["source_id"], []).append(LotOut(**row))
    return found
