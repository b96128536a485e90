"""Stories whose worker is killed. Each begins with work that is due, knows when it is settled, and asks the outside
world (mailbox, Stripe, carrier) what truly happened."""

from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import text

from comeback.core import clock
from comeback.core.db import rows
from comeback.core.outbox import enqueue
from comeback.customers.schemas import ConsentIn, CustomerIn
from comeback.customers.service import record_consents, upsert_customer
from comeback.flows.schemas import FlowIn
from comeback.flows.service.admin import create_flow, publish_flow
from comeback.messages import service as messages
from comeback.messages.rules.states import send_key
from comeback.messages.schemas import PlannedMessage
from tests.factories.orders import line_body, order_body
from tests.support.carrier import tell
from tests.support.sold import Sold
from tests.support.world import World

NUMBERS = count(1)
OPEN_WORK = (
    "SELECT count(*) FROM outbox WHERE state = 'running' "
    "OR (state = 'due' AND due_at < clock_timestamp() + interval '20 seconds')"
)
OPEN_MAILS = (
    "SELECT count(*) FROM messages WHERE state IN ('claimed', 'rendered', 'handing_over') "
    "OR (state IN ('planned', 'deferred') AND next_at <= :now)"
)


async def ask(world: World, sql: str, **values: Any) -> list[dict[str, Any]]:
    """Rows of the shop."""
    async with world.services.database.read(world.shop) as session:
        return rows(await session.execute(text(sql), values))


async def number_of(world: World, sql: str, **values: Any) -> int:
    """The one number that a statement answers."""
    return int(next(iter((await ask(world, sql, **values))[0].values())))


class Story:
    """Work of one shop."""

    name: ClassVar[str]

    def __init__(self, world: World) -> None:
        self.world, self.key = world, f"k{world.shop.hex[-6:]}{next(NUMBERS)}"

    async def begin(self) -> None:
        """Leaves work that is due."""
        raise NotImplementedError

    async def settled(self) -> bool:
        """Whether nothing is under way: no work, no mail."""
        return not await number_of(self.world, OPEN_WORK) and not await number_of(
            self.world, OPEN_MAILS, now=clock.now()
        )

    async def check(self) -> None:
        """What the outside saw."""
        raise NotImplementedError

    async def ship(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """An order with a parcel."""
        body = order_body(self.key, [line_body("l1", quantity=2)])
        order = await self.world.post("/api/v1/orders", body, expect=201)
        parcel = {"carrier": "sandbox", "tracking_number": self.key.upper()}
        return order, await self.world.post(f"/api/v1/orders/{order['id']}/shipments", parcel, expect=201)


class Mails(Story):
    """Four notices and four marketing mails, planned in one transaction (R17, R18)."""

    name = "mails"
    each = 4
    ends: ClassVar = {("service", "accepted"), ("marketing", "accepted"), ("marketing", "unknown")}

    async def begin(self) -> None:
        order, parcel = await self.ship()
        await self.world.drain()
        self.recipients: dict[str, str] = {}
        subjects = {"order": UUID(order["id"]), "shipment": UUID(parcel["id"])}
        async with self.world.services.database.write(self.world.shop) as session:
            planned: list[PlannedMessage] = []
            for class_ in ("service", "marketing"):
                for at in range(self.each):
                    email = f"{class_}.{at}.{self.key}@example.com"
                    customer = await upsert_customer(session, CustomerIn(email=email, first_name="Ada"))
                    yes = ConsentIn(channel="email", purpose="marketing", granted=True, source="test", at=clock.now())
                    await record_consents(session, [(customer, yes)])
                    self.recipients[email] = class_
                    key = send_key("faults", "step", self.key, email, "email")
                    planned.append(PlannedMessage(send_key=key, template="shipped", class_=class_, recipient=email,
                                                  customer_id=customer, subjects=subjects))  # fmt: skip
            await messages.plan(session, planned)

    async def states(self) -> Counter[tuple[str, str]]:
        """How many messages of each class are in which state."""
        found = await ask(
            self.world, "SELECT class, state, recipient FROM messages WHERE recipient = ANY(:to)",
            to=list(self.recipients),
        )  # fmt: skip
        return Counter((row["class"], row["state"]) for row in found)

    async def settled(self) -> bool:
        """What is unknown among the notices is sent once more, ten minutes later (business time)."""
        states = set(await self.states())
        if ("service", "unknown") in states:
            await self.world.control("/clock", {"advance": "PT11M"})
        return states <= self.ends and await super().settled()

    async def check(self) -> None:
        states = await self.states()
        assert states["service", "accepted"] == self.each, states
        assert states["marketing", "accepted"] + states["marketing", "unknown"] == self.each, states
        for email, class_ in self.recipients.items():
            mails = await self.world.mails(email)
            assert len({m["message-id"] for m in mails}) == len({m.as_bytes() for m in mails}) == min(len(mails), 1)
            assert len(mails) >= 1 if class_ == "service" else len(mails) <= 1, (email, len(mails))
            assert len(mails) <= 2, (email, len(mails))


class Refunds(Story):
    """A goodwill refund through Stripe, with the webhook that follows (R11, R12)."""

    name = "refund"
    amount = 2500

    async def begin(self) -> None:
        self.sold = await Sold.make(self.world, [line_body("A", 4000)])
        await self.world.drain()
        await self.world.post(f"/api/v1/orders/{self.sold.id}/refunds", {"amount": self.amount}, expect=200)

    async def settled(self) -> bool:
        found = await ask(self.world, "SELECT state FROM refunds WHERE order_id = :order", order=UUID(self.sold.id))
        return {row["state"] for row in found} == {"succeeded"} and await super().settled()

    async def check(self) -> None:
        (ours,) = await ask(self.world, "SELECT id, provider_ref FROM refunds")
        (theirs,) = await self.sold.refunds()
        assert (theirs["amount"], theirs["metadata"]["refund_id"]) == (self.amount, str(ours["id"]))
        assert theirs["id"] == ours["provider_ref"]
        order = await self.sold.view()
        assert (order["refunded"], order["reserved"]) == (self.amount, 0)
        booked = (await self.world.get("/api/v1/ledger", order=self.sold.id))["items"]
        assert sum(e["amount"] for e in booked if e["account"] == "cash:stripe") == -self.amount


class Parcel(Story):
    """A parcel moves: webhook → fold → milestone → flow → mail."""

    name = "parcel"

    async def begin(self) -> None:
        await self.world.drain()
        await self.ship()
        now = clock.now()
        events = [
            {"status": "in_transit", "occurred_at": (now - timedelta(hours=8)).isoformat()},
            {"status": "delivered", "occurred_at": (now - timedelta(minutes=5)).isoformat()},
        ]
        assert await tell(self.world, self.key.upper(), *events) == 200

    async def check(self) -> None:
        mails = Counter(str(m["subject"]) for m in await self.world.mails(f"ada.{self.key}@example.com"))
        assert mails and set(mails.values()) == {1}, mails
        assert any("zugestellt" in s.lower() for s in mails), mails
        assert await number_of(self.world, "SELECT count(*) FROM inbox WHERE kind = 'carrier'") == 1


class Waiting(Story):
    """A flow waits for two minutes after an order, which have passed; its mail is due."""

    name = "waiting"
    definition: ClassVar[dict[str, Any]] = {
        "entry": {"event": "order.placed", "key": "order"},
        "start": "wait",
        "nodes": {
            "wait": {"kind": "wait", "for": "PT2M", "next": "send"},
            "send": {"kind": "send", "template": "delivered"},
        },
    }

    async def begin(self) -> None:
        async with self.world.services.database.write(self.world.shop) as session:
            made = await create_flow(session, FlowIn(name=self.key, family=self.key, definition=self.definition))
            await publish_flow(session, made.id)
        await self.ship()
        await self.world.drain()
        await self.world.control("/clock", {"advance": "PT3M"})

    async def settled(self) -> bool:
        return (
            not await number_of(self.world, "SELECT count(*) FROM enrolments WHERE state = 'active'")
            and await super().settled()
        )

    async def check(self) -> None:
        steps = await ask(self.world, "SELECT node, result FROM enrolment_steps s JOIN flows f ON f.id = s.flow_id "
                                      "WHERE f.family = :family", family=self.key)  # fmt: skip
        assert sorted(step["node"] for step in steps) == ["send", "wait"]
        planned = await ask(self.world, "SELECT state FROM messages WHERE origin ->> 'flow' = :family", family=self.key)
        assert len(planned) == 1


class Labels(Story):
    """A return is opened: one label is bought, and mailed."""

    name = "label"

    async def begin(self) -> None:
        self.sold = await Sold.make(self.world, [line_body("A", 4000)])
        await self.world.drain()
        self.case = await self.sold.open("A")

    async def bought(self) -> list[dict[str, Any]]:
        """What the carrier remembers for this shop."""
        answer = await self.world.outside.get(
            f"{self.world.urls.carrier}/labels",
            headers={"Authorization": f"Bearer {self.world.carrier_key}"},
            params={"reference": str(self.parcel["id"])},
        )
        return answer.json()["items"]

    async def check(self) -> None:
        (self.parcel,) = await ask(
            self.world,
            "SELECT id, label_state, tracking_number FROM shipments WHERE return_id = :case",
            case=UUID(self.case["id"]),
        )
        assert self.parcel["label_state"] == "label_ready", await ask(self.world, "SELECT * FROM shipments")
        (label,) = [found for found in await self.bought() if found["state"] != "voided"]
        assert label["tracking_number"] == self.parcel["tracking_number"]


class Voids(Labels):
    """A return is cancelled after its label was bought: the label is given back."""

    name = "void"

    async def begin(self) -> None:
        await super().begin()
        await self.world.drain()
        await self.world.post(f"/api/v1/returns/{self.case['id']}/cancel", expect=200)

    async def check(self) -> None:
        (self.parcel,) = await ask(
            self.world,
            "SELECT id, label_state, tracking_number FROM shipments WHERE return_id = :case",
            case=UUID(self.case["id"]),
        )
        assert self.parcel["label_state"] == "voided", await ask(self.world, "SELECT * FROM shipments")
        assert await self.bought() == []
        label = await self.world.outside.get(
            f"{self.world.urls.carrier}/labels/{self.parcel['tracking_number']}",
            headers={"Authorization": f"Bearer {self.world.carrier_key}"},
        )
        assert label.json()["state"] == "voided"


class Training(Story):
    """Recommendations are trained."""

    name = "training"

    async def begin(self) -> None:
        await self.ship()
        await self.world.drain()
        async with self.world.services.database.write(self.world.shop) as session:
            await enqueue(session, "offers.train", {})

    async def check(self) -> None:
        assert await number_of(self.world, "SELECT count(*) FROM outbox WHERE state = 'dead'") == 0
        assert await number_of(self.world, "SELECT count(*) FROM recommendation_models") >= 1


STORIES = {story.name: story for story in (Mails, Refunds, Parcel, Waiting, Labels, Voids, Training)}
