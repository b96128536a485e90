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
from comeback.ledger import service as ledger


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


async def test_giving_spending_and_ending_are_in_the_books(session: WriteSession) -> None:
    """The liabilities of the ledger are the balances of the accounts, whatever happened; each fact is there once."""
    who, day = await customer(session), timedelta(days=1)
    bonus_until, ends = clock.now() + 2 * day, clock.now() + 4 * day
    await service.issue(session, given(who, 6000, "r", bonus=600, bonus_until=bonus_until, expires_at=ends))
    await ledger.post(session, "settlement", "r", [("sales", "EUR", 6000), ("store_credit_liability", "EUR", -6000)])

    async def books() -> dict[str, int]:
        names = ("store_credit_liability", "promotional_credit_liability", "store_credit_redeemed", "breakage_income",
                 "promotion_expense")  # fmt: skip
        found = await ledger.account_balances(session, names)
        return {name: found.get((name, "EUR"), 0) for name in names}

    async def agree() -> None:
        account = (await session.execute(text("SELECT balance, promotional FROM credit_accounts"))).one()
        said = await books()
        assert (-said["store_credit_liability"], -said["promotional_credit_liability"]) == tuple(account)

    await agree()
    for _ in range(2):
        await service.redeem(session, spend(who, 500, "one"))
        await agree()
    business.advance(3 * day)
    await service.redeem(session, spend(who, 1000, "two"))
    await agree()
    assert (await books())["promotion_expense"] == 500
    await service.issue(session, given(who, 100, "later"))
    await ledger.post(session, "settlement", "later", [("sales", "EUR", 100), ("store_credit_liability", "EUR", -100)])
    business.advance(2 * day)
    await service.redeem(session, spend(who, 100, "three"))
    await agree()
    assert await books() == {
        "store_credit_liability": 0, "promotional_credit_liability": 0, "store_credit_redeemed": -1600,
        "breakage_income": -5000, "promotion_expense": 500,
    }  # fmt: skip
    kinds = [entry.kind for entry in await ledger.entries(session) if entry.kind.startswith("credit_")]
    assert (kinds.count("credit_bonus"), len([k for k in kinds if k == "credit_expired"])) == (2, 4)
