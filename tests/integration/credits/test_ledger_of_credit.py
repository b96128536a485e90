"""Store credit: once per source, promotional apart, append-only, never below zero."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.core import clock
from comeback.core.clock import clock as business
from comeback.core.db import WriteSession
from comeback.credits import service
from comeback.credits.errors import NotEnoughCredit
from comeback.credits.schemas import RedeemIn
from comeback.customers.schemas import CustomerIn
from comeback.customers.service import upsert_customer


async def customer(session: WriteSession) -> UUID:
    """Someone with an account to be."""
    found = await upsert_customer(session, CustomerIn(email="ada@example.com"))
    return found if isinstance(found, UUID) else found.id


def given(who: UUID, amount: int, source: str, **rest: object) -> service.Issue:
    """Credit of a source."""
    return service.Issue(customer_id=who, currency="EUR", amount=amount, source_kind="test", source_id=source, **rest)  # type: ignore[arg-type]


def spend(who: UUID, amount: int, source: str) -> RedeemIn:
    """A purchase."""
    return RedeemIn(customer=who, currency="EUR", amount=amount, source=source)


async def test_b4_promotional_first_and_each_source_once(session: WriteSession) -> None:
    who = await customer(session)
    until = clock.now() + timedelta(days=90)
    assert await service.issue(session, given(who, 6000, "return", bonus=600, bonus_until=until))
    assert not await service.issue(session, given(who, 6000, "return", bonus=600, bonus_until=until))
    for _ in range(2):
        left = await service.redeem(session, spend(who, 5000, "order"))
        assert (left.balance, left.promotional, left.amount) == (1600, 0, 5000)
    said = await service.statement(session, who)
    assert [(e.kind, e.amount, e.promotional) for e in reversed(said.entries)] == [
        ("issue", 6000, False), ("issue", 600, True), ("redeem", -600, True), ("redeem", -4400, False),
    ]  # fmt: skip
    with pytest.raises(NotEnoughCredit):
        await service.redeem(session, spend(who, 1601, "more"))


async def test_promotional_lots_end(session: WriteSession) -> None:
    who = await customer(session)
    await service.issue(session, given(who, 100, "a", bonus=50, bonus_until=clock.now() + timedelta(days=1)))
    business.advance(timedelta(days=2))
    said = await service.statement(session, who)
    assert (said.balance, said.promotional) == (100, 0)
    left = await service.redeem(session, spend(who, 40, "b"))
    assert (left.balance, left.promotional) == (60, 0)
    kinds = [e.kind for e in (await service.statement(session, who)).entries]
    assert kinds.count("expire") == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE credit_entries SET amount = amount + 1",
        "DELETE FROM credit_entries",
        "UPDATE credit_accounts SET balance = -1",
        "UPDATE credit_lots SET remaining = amount + 1",
    ],
)
async def test_the_database_keeps_its_promises(session: WriteSession, change: str) -> None:
    await service.issue(session, given(await customer(session), 100, "a"))
    with pytest.raises(DBAPIError):
        await session.execute(text(change))
