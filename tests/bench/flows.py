"""Flow steps: people whose wait is over are moved on and their message is planned, all in the database.

Floor: one set-based statement a batch, written for this one step by hand. Peer: the ORM in batches. Ours: the engine,
which reads frozen definitions and could branch for everyone. All three write the same rows: the enrolment's new
place, two steps, one message.
"""

import resource
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from comeback.core.db import APP, Database, enter
from comeback.core.secrets import Secret
from comeback.core.settings import Settings
from comeback.customers.models import Customer
from comeback.flows.jobs import BATCH, LANES, advance_due
from comeback.flows.models import Enrolment, EnrolmentStep, FlowVersion
from comeback.kit.ids import new_id
from comeback.messages.models import Message
from tests.bench.harness import Config, Contestant, Row, contest, drop_database, fresh_database, versus

BENCH = "flow steps"
PEOPLE = 20_000
DEFINITION = (
    '{"entry": {"event": "shipment.delivered", "key": "order"}, "start": "w", "nodes": {'
    '"w": {"kind": "wait", "for": "P3D", "next": "s"}, "s": {"kind": "send", "template": "feedback"}}}'
)
FLOOR = """
WITH due AS MATERIALIZED (
  SELECT e.id, e.flow_id, e.entry_key, e.order_id, e.customer_id FROM enrolments e
  WHERE e.shop_id = $1 AND e.state = 'active' AND e.due_at <= $2 ORDER BY e.due_at LIMIT $3 FOR UPDATE SKIP LOCKED),
moved AS (
  UPDATE enrolments e SET state = 'done', node = NULL, due_at = NULL, awaiting = NULL FROM due
  WHERE e.shop_id = $1 AND e.id = due.id RETURNING e.id),
noted AS (
  INSERT INTO enrolment_steps (shop_id, flow_id, enrolment_id, node, result, at)
  SELECT $1, due.flow_id, due.id, s.node, s.result, $2
  FROM due CROSS JOIN (VALUES ('w', 'waited'), ('s', 'planned')) AS s(node, result) ON CONFLICT DO NOTHING),
planned AS (
  INSERT INTO messages (shop_id, id, send_key, class, channel, template, locale, recipient, customer_id, order_id,
    subjects, data, origin, next_at, state)
  SELECT $1, uuidv7(), encode(sha256(convert_to(concat_ws(E'\\x1f', 'feedback', 's', due.entry_key, c.email, 'email'),
      'UTF8')), 'hex'), 'service', 'email', 'feedback', c.locale, c.email, c.id, due.order_id,
    jsonb_build_object('order', due.order_id, 'customer', c.id), '{}',
    jsonb_build_object('flow', 'feedback', 'version', 1, 'node', 's', 'enrolment', due.id), $2, 'planned'
  FROM due JOIN customers c ON c.shop_id = $1 AND c.id = due.customer_id
  ON CONFLICT (shop_id, send_key) DO NOTHING)
SELECT count(*) FROM moved
"""


class Stage:
    """A shop with people who are due, filled anew before each measurement."""

    def __init__(self, database: Database, plain: asyncpg.Connection, due: int) -> None:
        self.database, self.plain, self.due = database, plain, due
        self.shop, self.flow, self.version = new_id(), new_id(), new_id()
        self.people: list[UUID] = []

    async def build(self, people: int) -> None:
        """Customers and the flow, once."""
        self.people = [new_id() for _ in range(people)]
        await self.plain.execute(
            "INSERT INTO customers (shop_id, id, email, email_norm, locale) SELECT $1, p.id, e, e, 'en' "
            "FROM (SELECT id, 'p' || n || '@example.com' AS e FROM unnest($2::uuid[]) WITH ORDINALITY u(id, n)) p",
            self.shop,
            self.people,
        )
        await self.plain.execute(
            "INSERT INTO flows (shop_id, id, family, name, state, live_version) "
            "VALUES ($1, $2, 'feedback', 'f', 'live', 1)",
            self.shop,
            self.flow,
        )
        await self.plain.execute(
            "INSERT INTO flow_versions (shop_id, id, flow_id, version, definition, published_at) "
            "VALUES ($1, $2, $3, 1, $4, now())",
            self.shop,
            self.version,
            self.flow,
            DEFINITION,
        )

    async def wait(self, count: int, when: datetime) -> None:
        """Lets `count` people wait until a time."""
        columns = (
            "shop_id", "id", "flow_id", "version_id", "entry_key", "state", "node", "due_at", "order_id", "customer_id",
            "context", "entered_at",
        )  # fmt: skip
        fixed = (self.flow, self.version)
        records = [
            (
                self.shop, new_id(), *fixed, str(order), "active", "w", when + timedelta(microseconds=n), order,
                self.people[n % len(self.people)], '{"name": "shipment.delivered"}', when,
            )
            for n in range(count)
            for order in (new_id(),)
        ]  # fmt: skip
        await self.plain.copy_records_to_table("enrolments", records=records, columns=columns)

    async def reset(self) -> None:
        """As many people due again; what was planned before stays, as it does in life."""
        await self.wait(self.due, datetime.now(UTC) - timedelta(hours=1))
        await self.plain.execute("VACUUM ANALYZE enrolments, enrolment_steps, messages")

    async def timed(self, advance: Callable[[], Awaitable[int]]) -> float:
        """Steps per second of moving all of them on; checks that every row was written."""
        await self.reset()
        before = await self._written()
        started, moved = time.perf_counter(), 0
        while done := await advance():
            moved += done
        spent = time.perf_counter() - started
        written = tuple(now - then for now, then in zip(await self._written(), before, strict=True))
        assert (moved, *written) == (self.due, self.due, 2 * self.due), (moved, written)
        return moved / spent

    async def _written(self) -> tuple[int, int]:
        row = await self.plain.fetchrow(
            "SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM enrolment_steps)"
        )
        return row[0], row[1]

    async def floor(self, batch: int) -> int:
        """One statement, one transaction, under the same role and row security as ours."""
        async with self.plain.transaction():
            await self.plain.execute(
                "SELECT set_config('role', $1, true), set_config('app.shop', $2, true)", APP, str(self.shop)
            )
            return int(await self.plain.fetchval(FLOOR, self.shop, datetime.now(UTC), batch))

    async def orm(self) -> int:
        """Objects loaded, changed and added in batches; flushed as multi-row statements."""
        now = datetime.now(UTC)
        async with AsyncSession(self.database.engine) as session:
            await enter(session, APP, self.shop)  # type: ignore[arg-type]
            query = (
                select(Enrolment, Customer, FlowVersion)
                .join(Customer, (Customer.shop_id == Enrolment.shop_id) & (Customer.id == Enrolment.customer_id))
                .join(
                    FlowVersion, (FlowVersion.shop_id == Enrolment.shop_id) & (FlowVersion.id == Enrolment.version_id)
                )
                .where(Enrolment.shop_id == self.shop, Enrolment.state == "active", Enrolment.due_at <= now)
                .order_by(Enrolment.due_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True, of=Enrolment)
            )
            found = (await session.execute(query)).all()
            for enrolment, customer, _ in found:
                session.add_all(self._orm_rows(enrolment, customer, now))
                enrolment.state, enrolment.node, enrolment.due_at = "done", None, None
            await session.commit()
            return len(found)

    def _orm_rows(self, enrolment: Enrolment, customer: Customer, now: datetime) -> list[Any]:
        key = "\x1f".join(("feedback", "s", enrolment.entry_key, customer.email or "", "email"))
        fixed: dict[str, Any] = {"shop_id": self.shop, "flow_id": self.flow, "enrolment_id": enrolment.id, "at": now}
        return [
            EnrolmentStep(**fixed, node="w", result="waited", why=""),
            EnrolmentStep(**fixed, node="s", result="planned", why=""),
            Message(
                shop_id=self.shop, id=new_id(), send_key=sha256(key.encode()).hexdigest(), class_="service",
                channel="email", template="feedback", locale=customer.locale or "en", recipient=customer.email,
                customer_id=customer.id, order_id=enrolment.order_id, subjects={"order": str(enrolment.order_id)},
                data={}, origin={"flow": "feedback", "enrolment": str(enrolment.id)}, next_at=now,
            ),
        ]  # fmt: skip

    async def ours(self) -> int:
        """The engine, as a worker's tick drives it."""
        return await advance_due(self.database, BATCH, self.shop, LANES)


async def _scale(stage: Stage, config: Config) -> list[Row]:
    """The same work while ever more people wait for later."""
    rows: list[Row] = []
    waiting = 0
    for factor in (1, 10, 100):
        wanted = max(1, int(10_000 * factor * config.scale))
        await stage.wait(wanted - waiting, datetime.now(UTC) + timedelta(days=30))
        waiting = wanted
        rates = sorted([await stage.timed(stage.ours) for _ in range(3)])
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append(Row(BENCH, f"ours, {waiting:,} waiting", "scale", rates[1], note=f"{memory:,.0f} MB"))
    return rows


async def run(config: Config) -> list[Row]:
    """Floor, peer, ours; then ours with 1×, 10× and 100× as many people waiting."""
    url = await fresh_database(config, "flows")
    database = Database(
        Settings(database_url=url, secret_key=Secret("x"), kek=Secret("x"), local=True, statement_timeout_ms=60_000)
    )
    plain = await asyncpg.connect(url)
    try:
        stage = Stage(database, plain, max(2_000, int(20_000 * config.scale)))
        await stage.build(PEOPLE)
        contestants = [
            Contestant("set-based SQL, 1,000 a batch", "floor", lambda: stage.timed(lambda: stage.floor(1_000))),
            Contestant("set-based SQL, 5,000 a batch", "floor", lambda: stage.timed(lambda: stage.floor(5_000))),
            Contestant(f"ORM, {BATCH:,} a batch", "peer", lambda: stage.timed(stage.orm)),
            Contestant(f"flow engine, {BATCH:,} a batch", "ours", lambda: stage.timed(stage.ours), target=0.5),
        ]
        rows = await contest(BENCH, contestants, config.rounds)
        times = versus(rows, contestants[3].name, contestants[2].name)
        rows.append(Row(BENCH, "ours against the ORM", "ours", times, "×", times, 3.0))
        return rows + await _scale(stage, config)
    finally:
        await plain.close()
        await database.close()
        await drop_database(config, url)
