"""Every invariant notices what it is for: each promise is broken by force, seen, and taken back (R6)."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from comeback.core.base import Base
from comeback.core.db import APP, Database
from comeback.core.invariants import check, invariants, publish
from comeback.core.metrics import INVARIANTS
from comeback.core.settings import Settings
from tests.conftest import MakeWorld
from tests.support.tenant import Tenant

AN_HOUR_AGO = "clock_timestamp() - interval '1 hour'"
BREAK: dict[str, str] = {
    "marketing_once": "UPDATE messages SET class = 'marketing', resent = true",
    "message_id_once": "UPDATE messages SET message_id = 'same'",
    "message_stuck": f"UPDATE messages SET state = 'claimed', lease_until = {AN_HOUR_AGO}",
    "message_unfrozen": "UPDATE messages SET content_hash = NULL",
    "work_stuck": f"UPDATE outbox SET state = 'running', lease_until = {AN_HOUR_AGO}",
    "tender_capped": "UPDATE refunds SET amount = 100000000",
    "tender_counted": "UPDATE order_tenders SET reserved = reserved + 1 WHERE captured - refunded - reserved > 0",
    "order_capped": "UPDATE orders SET captured = captured + 1",
    "attempt_once": "INSERT INTO refunds SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), "
    "'attempt', 2, 'provider_ref', null))).* FROM refunds r",
    "sent_without_body": "UPDATE refunds SET body = NULL",
    "ledger_balanced": "UPDATE ledger_entries SET amount = amount + 100000",
    "refund_booked": "DELETE FROM ledger_transactions WHERE kind = 'refund'",
    "credit_balanced": "INSERT INTO credit_accounts (shop_id, id, customer_id, currency, balance) "
    "SELECT shop_id, id, id, 'EUR', 5 FROM customers",
    "coupon_uses": "UPDATE coupons SET used = 1, uses = 2",
    "coupon_per_customer": "UPDATE coupon_pools SET per_customer = 0; INSERT INTO coupon_redemptions "
    "(shop_id, id, coupon_id, order_ref, customer_id, at) SELECT c.shop_id, c.id, c.id, 'x', p.id, now() "
    "FROM coupons c, customers p WHERE p.shop_id = c.shop_id",
    "delivery_lost": "DELETE FROM outbox",
    "event_unheard": "DELETE FROM events",
    "stock_counted": "UPDATE stock SET reserved = 1 WHERE state = 'sellable'",
    "units_bought": "UPDATE order_units SET slot = 99 WHERE ctid = (SELECT min(ctid) FROM order_units)",
    "refund_history": "DELETE FROM payment_events WHERE state_after = 'succeeded'",
    "enrolment_ended": "DELETE FROM enrolment_steps",
    "label_once": "UPDATE shipments SET direction = 'return', label_state = 'label_ready', "
    "return_id = '00000000-0000-0000-0000-000000000001'",
    "label_number_once": "UPDATE shipments SET label_state = 'label_ready', tracking_number = 'same'",
    "opted_out": "UPDATE consents SET granted = false, at = now() - interval '2 days', "
    "recorded_at = now() - interval '2 days'; UPDATE messages SET class = 'marketing', handed_at = now()",
    "parents": "UPDATE messages SET order_id = '00000000-0000-0000-0000-000000000001'",
    "money_audited": "DELETE FROM audit_log",
    "keys_audited": "DELETE FROM audit_log",
}
SCHEMA = {"provider_refund_once", "line_capped", "pool_maximum"}
"""Kept by a CHECK or a unique index, so that not even force breaks them; the statement watches the constraint."""


async def _broken(connection: AsyncConnection, tenant: Tenant) -> set[str]:
    """Names of the invariants that do not hold, as the application's role sees the shop."""
    await connection.execute(text("SELECT set_config('role', :role, true), set_config('app.shop', :shop, true)"),
                             {"role": APP, "shop": str(tenant.world.shop)})  # fmt: skip
    return {i.name for i in invariants() if (await connection.execute(text(i.sql))).first() is not None}


async def test_each_notices(make_world: MakeWorld, settings: Settings, database: Database) -> None:
    assert {i.name for i in invariants()} == {*BREAK, *SCHEMA}
    tenant = Tenant(await make_world())
    for step in Tenant.story():
        await getattr(tenant, step)()
        await tenant.world.drain()
    assert await check(database, [tenant.world.shop]) == []
    engine = create_async_engine(settings.database_url.replace("postgresql://", "postgresql+asyncpg://"))
    blind: list[str] = []
    shop = {"shop": str(tenant.world.shop)}
    async with engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text("SELECT set_config('app.shop', :shop, true)"), shop)
        # The breaks say nothing of shops: other tests' rows are out of sight until the end of this transaction.
        for table in Base.metadata.sorted_tables:
            if "shop_id" in table.c:
                await connection.execute(text(f"DELETE FROM {table.name} WHERE shop_id <> CAST(:shop AS uuid)"), shop)
        for name, sql in BREAK.items():
            place = await connection.begin_nested()
            for statement in sql.split(";"):
                await connection.execute(text(statement))
            if name not in await _broken(connection, tenant):
                blind.append(name)
            await place.rollback()
        await connection.rollback()
    await engine.dispose()
    assert not blind
    assert await check(database, [tenant.world.shop]) == []


async def test_the_gauge_tells_how_many(database: Database, make_world: MakeWorld) -> None:
    tenant = Tenant(await make_world())
    await tenant.products()
    found = await check(database)
    publish([o for o in found if o.shop_id == tenant.world.shop])
    assert {INVARIANTS.labels(i.name)._value.get() for i in invariants()} == {0}


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14])
def test_every_promise_of_the_specification_has_a_statement(number: int) -> None:
    assert any(i.number == f"I{number}" for i in invariants())
