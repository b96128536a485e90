"""Order processing: decoded bodies become orders, lines, tenders, customers, an event and its jobs.

Floor: the very rows that ours writes, made beforehand, inserted set-based a batch at a time under the same role and row
security (what PostgreSQL itself costs). Peer: the ORM, one order a transaction. Ours: `import_orders` in batches.
"""

import json
import resource
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from comeback.app.wiring import subscriptions
from comeback.core import events
from comeback.core.db import APP, Database, enter
from comeback.core.secrets import Secret
from comeback.core.settings import Settings
from comeback.customers.models import Customer
from comeback.kit.ids import new_id
from comeback.merchants.schemas import ShopIn
from comeback.merchants.service import create_shop
from comeback.orders.models import Order, OrderLine, OrderTender
from comeback.orders.schemas import OrderIn
from comeback.orders.service import import_orders
from tests.bench.harness import Config, Contestant, Row, contest, drop_database, fresh_database, versus

BENCH = "order processing"
BATCH = 200
LINES = 11
TABLES = ("customers", "orders", "order_lines", "order_tenders", "consents", "events", "outbox")


def body(number: int) -> OrderIn:
    """An order of eleven lines, about 10 KB of JSON."""
    now = datetime.now(UTC).isoformat()
    return msgspec.convert(
        {
            "external_id": f"B{number}", "number": f"#B{number}", "placed_at": now, "currency": "EUR",
            "tax_included": False,
            "customer": {"external_id": f"c{number}", "email": f"c{number}@example.com", "first_name": "Ada",
                         "last_name": "L" * 40, "locale": "de", "timezone": "Europe/Berlin"},
            "consents": [{"channel": "email", "purpose": "marketing", "granted": True, "source": "checkout",
                          "at": now}],
            "shipping_address": {"name": "Ada L", "line1": "Weg 1", "postcode": "10115", "city": "Berlin",
                                 "country": "DE"},
            "lines": [
                {"external_id": f"l{n}", "sku": f"SKU-{n}", "product_id": f"p{n}", "variant_id": f"v{n}",
                 "title": f"Item {n} " + "with a long name " * 8, "quantity": 1 + n % 3, "unit_price": 1999 + n,
                 "tax": 300, "category": "shirts", "weight_grams": 300,
                 "image_url": f"https://cdn.example/{'x' * 120}/{n}.jpg",
                 "attributes": {"Size": "M", "Colour": "Red" * 30}}
                for n in range(LINES)
            ],
            "discounts": [{"code": "SAVE10", "amount": 1000, "lines": None}],
            "shipping": {"amount": 490, "cheapest_standard": 490, "tax": 0, "method": "standard"},
            "tenders": [{"id": "t1", "kind": "card", "amount": 49_000, "provider": "stripe",
                         "provider_ref": f"pi_{number}"}],
        },
        OrderIn,
    )  # fmt: skip


class Stage:
    """One shop; every measurement brings new orders."""

    def __init__(self, database: Database, plain: asyncpg.Connection, orders: int) -> None:
        self.database, self.plain, self.orders = database, plain, orders
        self.shop = new_id()
        self._next = 0
        self._template: dict[str, list[dict[str, Any]]] = {}
        self._columns: dict[str, str] = {}

    async def build(self) -> None:
        """The shop, statistics, and one batch whose rows the floor copies."""
        async with self.database.write(self.shop) as session:
            await create_shop(session, ShopIn(slug=f"bench-{self.shop.hex[-8:]}", name="Bench"))
        for _ in range(5):
            await self._import(self._bodies(BATCH))
        await self.plain.execute("ANALYZE")
        bodies = self._bodies(BATCH)
        before = new_id()
        await self._import(bodies)
        for table in TABLES:
            found = await self.plain.fetch(
                f"SELECT to_jsonb(t) AS row FROM {table} t WHERE shop_id = $1 AND id > $2", self.shop, before
            )
            self._template[table] = [json.loads(r["row"]) for r in found]
            self._columns[table] = await self._value(
                "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute "
                "WHERE attrelid = $1::text::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped",
                table,
            )

    async def _value(self, statement: str, *values: object) -> Any:
        return await self.plain.fetchval(statement, *values)

    async def stock(self, wanted: int) -> None:
        """Copies of one order and its first line, until the tables hold `wanted` orders."""
        have = int(await self._value("SELECT count(*) FROM orders"))
        orders, lines = self._columns["orders"], self._columns["order_lines"]
        await self.plain.execute(
            f"""INSERT INTO orders ({orders}) SELECT {orders} FROM (
              SELECT (jsonb_populate_record(t, jsonb_build_object('id', uuidv7(), 'external_id', 'x' || n,
                'number', '#x' || n, 'number_norm', 'x' || n))).*
              FROM (SELECT t FROM orders t WHERE shop_id = $1 LIMIT 1) q(t), generate_series($2::int, $3::int) n) r""",
            self.shop, have + 1, wanted,
        )  # fmt: skip
        await self.plain.execute(
            f"""INSERT INTO order_lines ({lines}) SELECT {lines} FROM (
              SELECT (jsonb_populate_record(t, jsonb_build_object('id', uuidv7(), 'order_id', o.id))).*
              FROM (SELECT t FROM order_lines t WHERE shop_id = $1 LIMIT 1) q(t), orders o
              WHERE o.shop_id = $1 AND NOT EXISTS (
                SELECT FROM order_lines l WHERE l.shop_id = $1 AND l.order_id = o.id)) r""",
            self.shop,
        )
        await self.plain.execute("ANALYZE")

    def _bodies(self, count: int) -> list[OrderIn]:
        self._next += count
        return [body(n) for n in range(self._next - count, self._next)]

    async def _import(self, bodies: list[OrderIn]) -> None:
        async with self.database.write(self.shop) as session:
            await import_orders(session, bodies)

    def _copies(self) -> dict[str, str]:
        """The template batch with new ids and new natural keys, as JSON a table."""
        fresh: dict[str, str] = {}
        self._next += 1
        mark = f"f{self._next}"

        def renew(value: Any, key: str) -> Any:
            if (
                isinstance(value, str)
                and (key == "id" or key.endswith("_id"))
                and len(value) == 36
                and key != "shop_id"
            ):
                return fresh.setdefault(value, str(new_id()))
            if isinstance(value, str) and key in ("external_id", "number", "number_norm", "email", "email_norm"):
                return f"{mark}{value}"
            return value

        return {
            table: json.dumps([{k: renew(v, k) for k, v in row.items()} for row in found])
            for table, found in self._template.items()
        }

    async def floor(self) -> float:
        """The same rows, already made, one statement a table."""
        batches = [self._copies() for _ in range(self.orders // BATCH)]
        started = time.perf_counter()
        for batch in batches:
            async with self.plain.transaction():
                await self.plain.execute(
                    "SELECT set_config('role', $1, true), set_config('app.shop', $2, true)", APP, str(self.shop)
                )
                for table in TABLES:
                    await self.plain.execute(
                        f"INSERT INTO {table} ({self._columns[table]}) SELECT {self._columns[table]} "
                        f"FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb)",
                        batch[table],
                    )
        return self.orders / (time.perf_counter() - started)

    async def ours(self) -> float:
        """Rules, allocation, customers, consents, events and jobs: everything that a webhook's order goes through."""
        bodies = self._bodies(self.orders)
        started = time.perf_counter()
        for n in range(0, len(bodies), BATCH):
            await self._import(bodies[n : n + BATCH])
        return self.orders / (time.perf_counter() - started)

    async def orm(self) -> float:
        """Objects, one order a transaction; no rules at all."""
        count = max(50, self.orders // 10)
        bodies = self._bodies(count)
        started = time.perf_counter()
        for order in bodies:
            async with self.database.session(self.shop) as session:
                await enter(session, APP, self.shop)
                session.add_all(objects(self.shop, order))
                await session.commit()
        return count / (time.perf_counter() - started)


def objects(shop: UUID, order: Any) -> list[Any]:
    """Rows of an order (anything with the fields of OrderIn) as objects; no rules at all."""
    customer, head = new_id(), new_id()
    who = order.customer
    goods = sum(line.unit_price * line.quantity for line in order.lines)
    made: list[Any] = [
        Customer(shop_id=shop, id=customer, external_id=who.external_id, email=who.email, email_norm=who.email,
                 locale=who.locale),
        Order(shop_id=shop, id=head, external_id=order.external_id, number=order.number,
              number_norm=order.number.strip("#").lower(), customer_id=customer, placed_at=order.placed_at,
              currency=order.currency, tax_included=False, goods_total=goods, discount_total=0, tax_total=0,
              total=goods, shipping_amount=490, shipping_tax=0, captured=49_000, history=False, discounts=[], tags=[],
              return_cost_disclosed=False, body_hash=b"x", shipping_address={}),
    ]  # fmt: skip
    made += [
        OrderLine(shop_id=shop, order_id=head, id=new_id(), position=n, external_id=line.external_id, sku=line.sku,
                  title=line.title, quantity=line.quantity, unit_price=line.unit_price,
                  goods=line.unit_price * line.quantity, own_discount=0, discount_share=0,
                  net=line.unit_price * line.quantity, tax=0, tax_included=False, final_sale=False, attributes={})
        for n, line in enumerate(order.lines)
    ]  # fmt: skip
    made.append(OrderTender(shop_id=shop, order_id=head, id=new_id(), position=0, external_id="t1", kind="card",
                            captured=49_000, refundable=True))  # fmt: skip
    return made


@asynccontextmanager
async def _stage(config: Config, orders: int) -> AsyncGenerator[Stage]:
    """A shop in a database of its own."""
    url = await fresh_database(config, "orders")
    settings = Settings(database_url=url, secret_key=Secret("x"), kek=Secret("x"), local=True,
                        statement_timeout_ms=60_000)  # fmt: skip
    database, plain = Database(settings), await asyncpg.connect(url)
    try:
        stage = Stage(database, plain, orders)
        await stage.build()
        yield stage
    finally:
        await plain.close()
        await database.close()
        await drop_database(config, url)


async def run(config: Config) -> list[Row]:
    """Floor, peer, ours; then ours with 1×, 10× and 100× as many orders in the tables."""
    events.subscribe(subscriptions())
    async with _stage(config, max(BATCH * 2, int(2_000 * config.scale))) as stage:
        rows = await contest(
            BENCH,
            [
                Contestant("the same rows, set-based", "floor", stage.floor),
                Contestant("ORM, one order a transaction", "peer", stage.orm),
                Contestant("import_orders", "ours", stage.ours, 0.4),
            ],
            config.rounds,
        )
    times = versus(rows, "import_orders", "ORM, one order a transaction")
    rows[-1] = replace(rows[-1], note=f"{rows[-1].note}, {times:.1f}× the ORM")
    return rows + await _scale(config)


async def _scale(config: Config) -> list[Row]:
    """The same work with ever more orders in the tables."""
    rows: list[Row] = []
    async with _stage(config, BATCH * 5) as stage:
        for factor in (1, 10, 100):
            await stage.stock(int(1_200 * factor * min(1.0, config.scale)))
            rate = await stage.ours()
            stored = await stage.plain.fetchval("SELECT count(*) FROM orders")
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rows.append(Row(BENCH, f"ours, {stored:,} orders stored", "scale", rate, note=f"{memory:,.0f} MB"))
    return rows
