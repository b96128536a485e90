"""People, consents and suppressions on the database."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.core.clock import clock
from comeback.core.db import Database, WriteSession
from comeback.customers import service
from comeback.customers.errors import BadAddress
from comeback.customers.models import Reason
from comeback.customers.rules import Statement, fold
from comeback.customers.schemas import ConsentIn, CustomerIn
from comeback.customers.service import (
    GateRequest,
    contacts,
    gate,
    get_customer,
    marketing_verdicts,
    may_market,
    record_consents,
    suppress,
    suppressed,
    unsubscribe,
    upsert_customer,
    upsert_customers,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def said(granted: bool, at: datetime = NOW, **more: Any) -> ConsentIn:
    return ConsentIn(
        **({"channel": "email", "purpose": "marketing", "source": "checkout"} | more), granted=granted, at=at
    )


async def count(session: WriteSession, table: str) -> int:
    return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


async def test_the_address_is_the_identity(session: WriteSession) -> None:
    one, two, three, guest, same, nobody, nobody2 = await upsert_customers(
        session,
        [
            CustomerIn(external_id="c1", email="Ada@Example.com", first_name="Ada"),
            CustomerIn(external_id="c2", email="bob@example.com"),
            CustomerIn(external_id="c3"),
            CustomerIn(email="guest@example.com"),
            CustomerIn(email=" ada@EXAMPLE.com ", last_name="Lovelace"),
            CustomerIn(first_name="No"),
            CustomerIn(first_name="No"),
        ],
    )
    assert one == same and len({one, two, three, guest, nobody, nobody2}) == 6
    again = await upsert_customers(
        session,
        [
            CustomerIn(external_id="c3", email="carol@example.com"),
            CustomerIn(external_id="c9", email="guest@example.com"),
            CustomerIn(external_id="c1", email="bob@example.com"),
        ],
    )
    assert again == [three, guest, two]
    known = await contacts(session, [one, two, three, guest])
    assert (known[one].first_name, known[one].last_name, known[one].email) == ("Ada", "Lovelace", "ada@EXAMPLE.com")
    assert known[three].email == "carol@example.com" and known[two].email == "bob@example.com"
    assert await upsert_customer(session, CustomerIn(external_id="c9")) == guest
    assert await count(session, "customers") == 6


async def test_unchanged_people_are_not_written(session: WriteSession) -> None:
    ada = CustomerIn(external_id="c1", email="ada@example.com", first_name="Ada")
    await upsert_customers(session, [ada])
    before = await session.scalar(text("SELECT xmin::text || updated_at FROM customers"))
    await upsert_customers(session, [ada, CustomerIn(email="ada@example.com")])
    assert await session.scalar(text("SELECT xmin::text || updated_at FROM customers")) == before


async def test_what_another_row_holds_stays_there(session: WriteSession) -> None:
    a, b = await upsert_customers(session, [CustomerIn(external_id="a"), CustomerIn(external_id="b")])
    same = [CustomerIn(external_id=e, email="one@example.com", first_name=e) for e in ("a", "b")]
    assert await upsert_customers(session, same) == [a, b]
    known = await contacts(session, [a, b])
    assert (known[a].email, known[b].email, known[b].first_name) == ("one@example.com", None, "b")


async def test_bad_addresses_are_all_named(session: WriteSession) -> None:
    people = [CustomerIn(email=e) for e in ("x", "ok@example.com", "a@b\nc.de")]
    with pytest.raises(BadAddress) as caught:
        await upsert_customers(session, people)
    assert [e.pointer for e in caught.value.errors] == ["/0/email", "/2/email"]


async def test_concurrent_imports_of_the_same_people_make_one_row_each(database: Database, shop: UUID) -> None:
    people = [CustomerIn(external_id=f"c{i}", email=f"p{i}@example.com") for i in range(40)]

    async def once(seed: int) -> dict[str | None, UUID]:
        mine = [*people]
        random.Random(seed).shuffle(mine)
        async with database.write(shop) as session:
            ids = await upsert_customers(session, mine)
        return {p.external_id: i for p, i in zip(mine, ids, strict=True)}

    answers = await asyncio.gather(*(once(n) for n in range(8)))
    assert all(a == answers[0] for a in answers)
    async with database.read(shop) as session:
        assert await session.scalar(text("SELECT count(*) FROM customers")) == 40


async def test_thousands_in_one_batch(session: WriteSession) -> None:
    people = [CustomerIn(external_id=f"c{i}", email=f"p{i}@example.com") for i in range(3_000)]
    ids = await upsert_customers(session, people)
    assert await upsert_customers(session, people) == ids
    consents = [(i, said(True)) for i in ids]
    assert [await record_consents(session, consents), await record_consents(session, consents)] == [3_000, 0]
    assert sum((await may_market(session, ids)).values()) == 3_000


async def test_sql_and_rule_agree_on_what_holds(session: WriteSession) -> None:
    rng = random.Random(5)
    ids = await upsert_customers(session, [CustomerIn(email=f"p{i}@example.com") for i in range(60)])
    spoken = [
        (i, said(rng.random() < 0.5, NOW + timedelta(days=rng.randint(0, 2)), source=rng.choice(["page", "Checkout"])))
        for i in ids
        for _ in range(rng.randint(0, 5))
    ]
    await record_consents(session, spoken)
    held = {
        i: fold(Statement(s.channel, s.purpose, s.granted, s.at, s.basis, s.source) for who, s in spoken if who == i)
        for i in ids
    }
    wanted = {i: any(s.granted for s in h.values()) for i, h in held.items()}
    assert await may_market(session, ids) == wanted
    assert set(wanted.values()) == {True, False}


async def test_the_ledger_is_append_only(session: WriteSession) -> None:
    (ada,) = await upsert_customers(session, [CustomerIn(email="ada@example.com")])
    await record_consents(session, [(ada, said(True))])
    for statement in ("UPDATE consents SET granted = false", "DELETE FROM consents"):
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text(statement))


async def test_a_consent_from_the_future_cannot_outlive_a_withdrawal(session: WriteSession) -> None:
    (ada,) = await upsert_customers(session, [CustomerIn(email="ada@example.com")])
    await record_consents(session, [(ada, said(True, clock.now() + timedelta(days=900)))])
    assert await may_market(session, [ada]) == {ada: True}
    await unsubscribe(session, ada)
    assert await may_market(session, [ada]) == {ada: False}


async def test_unsubscribe_stops_marketing_only_and_may_be_repeated(session: WriteSession) -> None:
    ada, bob = await upsert_customers(
        session, [CustomerIn(email="ada@example.com"), CustomerIn(email="bob@example.com")]
    )
    await record_consents(session, [(ada, said(True)), (bob, said(True))])
    for who in (ada, ada, "ADA@example.com"):
        await unsubscribe(session, who)
    assert await may_market(session, [ada, bob]) == {ada: False, bob: True}
    requests = [GateRequest(ada, "ada@example.com", "email", c) for c in ("service", "marketing")]
    service, marketing = [(await gate(session, [r]))[ada] for r in requests]
    assert (service.send, service.offers, marketing.send) == (True, False, False)
    assert (await count(session, "suppressions"), await count(session, "consents")) == (1, 3)
    clock.advance(timedelta(days=1))
    await record_consents(session, [(ada, said(True, clock.now(), source="page"))])
    verdict = (await marketing_verdicts(session, [ada]))[ada]
    assert (verdict.send, verdict.why) == (True, "consent: page")


async def test_unknown_addresses_can_be_suppressed_and_only_hashes_stay(session: WriteSession) -> None:
    await unsubscribe(session, "stranger@example.com")
    await suppress(session, "stranger@example.com", Reason.HARD_BOUNCE)
    found = await suppressed(session, ["Stranger@Example.com", "x@example.com"])
    assert {s.reason for s in found["Stranger@Example.com"]} == {"unsubscribed", "hard_bounce"}
    assert found["x@example.com"] == []
    assert "stranger" not in str((await session.execute(text("SELECT * FROM suppressions"))).all())


async def test_api(client: httpx.AsyncClient, other_client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        ada = await upsert_customer(session, CustomerIn(external_id="c1", email="ada@example.com", first_name="Ada"))
    body = {"consents": [{"channel": "email", "purpose": "marketing", "granted": True, "source": "desk", "at": "2026-11-01T10:00:00Z"}]}  # fmt: skip  # noqa: E501
    put = await client.put(f"/api/v1/customers/{ada}/consents", json=body)
    assert put.status_code == 200, put.text
    async with database.write(shop) as session:
        await unsubscribe(session, ada)
    got = (await client.get(f"/api/v1/customers/{ada}")).json()
    assert (got["email"], got["first_name"], got["external_id"]) == ("ada@example.com", "Ada", "c1")
    assert [(c["granted"], c["source"]) for c in got["consents"]] == [(False, "unsubscribe")]
    assert len(got["history"]) == 2 and [s["reason"] for s in got["suppressions"]] == ["unsubscribed"]
    listed = (await client.get("/api/v1/suppressions")).json()
    assert [s["address_hash"] for s in listed["items"]] == [got["suppressions"][0]["address_hash"]]
    one = await client.get("/api/v1/suppressions", params={"address": "ADA@example.com"})
    assert one.json()["items"] == listed["items"]
    for answer in (
        await other_client.get(f"/api/v1/customers/{ada}"),
        await other_client.put(f"/api/v1/customers/{ada}/consents", json=body),
        await client.get("/api/v1/customers/nobody"),
    ):
        assert answer.status_code == 404, answer.text
    body["consents"][0]["channel"] = "pigeon"
    bad = await client.put(f"/api/v1/customers/{ada}/consents", json=body)
    assert bad.status_code in (400, 422) and bad.json()["errors"][0]["pointer"] == "/consents/0/channel"
    assert (await other_client.get("/api/v1/suppressions")).json()["items"] == []


async def test_pages_of_suppressions(session: WriteSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PAGE", 2)
    for n in range(3):
        await suppress(session, f"p{n}@example.com", Reason.MANUAL_MARKETING)
    first = await service.list_suppressions(session, None, None)
    second = await service.list_suppressions(session, first.next, None)
    assert (len(first.items), len(second.items), second.next) == (2, 1, None)


async def test_show_one(session: WriteSession) -> None:
    ada = await upsert_customer(session, CustomerIn(email="ada@example.com", phone="+49 30 1"))
    await suppress(session, "+49301", Reason.MANUAL_ALL, channel="sms")
    shown = await get_customer(session, ada)
    assert [(s.channel, s.reason) for s in shown.suppressions] == [("sms", "manual_all")]
