"""The mechanisms against a real PostgreSQL."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from comeback.core import outbox
from comeback.core.clock import clock
from comeback.core.db import Database
from comeback.core.events import Event, events_of, publish, subscribe
from comeback.core.inbox import Delivery, Inbox, load_inbox
from comeback.core.jobs import Runner
from comeback.core.outbox import LostLease, enqueue
from comeback.core.secrets import SealBroken, Secret, Vault
from comeback.kit.ids import new_id


class ThingHappened(Event, frozen=True, kw_only=True):
    name = "thing.happened"
    amount: int = 0


async def test_event_and_job_in_one_transaction(
    database: Database, shop: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comeback.core.events._SUBSCRIPTIONS", {})  # the wiring's own comes back afterwards
    subscribe({"thing.happened": ["test.job"]})
    order = new_id()
    with pytest.raises(RuntimeError):
        async with database.write(shop) as session:
            await publish(session, ThingHappened(occurred_at=clock.now(), order_id=order, amount=5))
            raise RuntimeError
    async with database.read(shop) as session:
        assert await events_of(session, order_id=order) == []
    async with database.write(shop) as session:
        await publish(session, ThingHappened(occurred_at=clock.now(), order_id=order, amount=5))
    seen: list[object] = []

    async def job(session: object, payload: dict[str, object]) -> None:
        seen.append(payload["event"])

    assert await Runner(database, {"test.job": job}).run_due(shop=shop) == 1
    async with database.read(shop) as session:
        (event,) = await events_of(session, order_id=order)
        assert event.data == {"amount": 5} and seen == [str(event.id)]


async def test_row_security_holds_without_filter(database: Database, shop: UUID, other_shop: UUID) -> None:
    async with database.write(shop) as session:
        await enqueue(session, "x", {})
    async with database.read(other_shop) as session:
        assert (await session.execute(text("SELECT count(*) FROM outbox"))).scalar_one() == 0
        assert (await session.execute(text("SELECT count(*) FROM shops"))).scalar_one() == 1


async def test_fencing(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        await enqueue(session, "x", {})
    async with database.machinery() as session:
        (mine,) = await outbox.claim(session, lease=0.0, shop=shop)
    async with database.machinery() as session:
        (theirs,) = await outbox.claim(session, lease=30, shop=shop)
    assert theirs.attempt == 2
    with pytest.raises(LostLease):
        async with database.write(shop) as session:
            await outbox.complete(session, mine)
    async with database.write(shop) as session:
        await outbox.complete(session, theirs)


async def test_failed_job_backs_off_and_is_seen(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        await enqueue(session, "bad", {})

    async def bad(session: object, payload: object) -> None:
        raise ValueError("no")

    runner = Runner(database, {"bad": bad})
    assert await runner.run_due(shop=shop) == 1
    assert await runner.run_due(shop=shop) == 0
    async with database.read(shop) as session:
        row = (await session.execute(text("SELECT state, attempt, last_error FROM outbox"))).one()
        assert tuple(row) == ("due", 1, "ValueError: no")


async def test_inbox_once_by_id_and_by_body(database: Database, shop: UUID) -> None:
    inbox, connection = Inbox(database), new_id()

    def delivery(provider_id: str, body: bytes) -> Delivery:
        return Delivery(shop, connection, "test", "t", provider_id, body)

    answers = await asyncio.gather(*(inbox.accept(delivery("1", b"a")) for _ in range(5)))
    assert sum(answers) == 1
    assert not await inbox.accept(delivery("2", b"a"))
    assert not await inbox.accept(delivery("1", b"b"))
    assert await inbox.accept(delivery("3", b"c"))
    async with database.machinery() as session:
        claimed = await outbox.claim(session, lease=5, shop=shop)
    async with database.read(shop) as session:
        bodies = {(await load_inbox(session, c.payload["inbox"])).body for c in claimed}
    assert bodies == {b"a", b"c"}


async def test_sealed_values_do_not_move(database: Database, shop: UUID, other_shop: UUID, services: object) -> None:
    vault: Vault = services.vault  # type: ignore[attr-defined]
    row, other = new_id(), new_id()
    async with database.write(shop) as session:
        sealed = await vault.seal(session, "t", "c", row, b"sk_live")
        assert await vault.open(session, "t", "c", row, sealed) == b"sk_live"
        with pytest.raises(SealBroken):
            await vault.open(session, "t", "c", other, sealed)
    async with database.write(other_shop) as session:
        await vault.seal(session, "t", "c", row, b"x")
        with pytest.raises(SealBroken):
            await vault.open(session, "t", "c", row, sealed)
    assert "sk" not in repr(Secret("sk_live")) + str(Secret("sk_live"))
