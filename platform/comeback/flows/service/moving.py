"""The engine: events let people in and wake those who wait, time moves the others on.

Everything a batch decides (where people are, what they did, which messages are planned) is written in the one
transaction that locked them, so a crash at any point repeats the batch and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import EventRow
from comeback.core.failpoints import failpoint
from comeback.customers.schemas import ChannelName
from comeback.customers.service import Contact, contacts, marketing_verdicts
from comeback.flows.models import EnrolmentState
from comeback.flows.nodes.send import Send, refusal
from comeback.flows.repository import definitions
from comeback.flows.repository import people as repository
from comeback.flows.repository.people import Person
from comeback.flows.rules.advance import enters, entry_key
from comeback.flows.service.deciding import Decision, customer_facts, decide
from comeback.flows.service.plans import Version, versions
from comeback.kit.ids import new_id, parse_id
from comeback.messages.rules.states import send_key
from comeback.messages.schemas import PlannedMessage
from comeback.messages.service import plan
from comeback.orders.service import order_facts

ACTIVE, DONE, FAILED = (s.value for s in (EnrolmentState.ACTIVE, EnrolmentState.DONE, EnrolmentState.FAILED))
CHANNELS: tuple[ChannelName, ...] = ("email", "sms", "whatsapp")


async def hear(session: WriteSession, event: EventRow) -> int:
    """Moves on those who wait for the event and lets in those whom it concerns; answers how many people moved.

    A flow without a wait at its start runs through at once: its message is planned in this very transaction.
    """
    await repository.lock_subject(session, str(event.order_id or event.customer_id or event.id))
    now = clock.now()
    waiting = await repository.waiting(session, event.order_id) if event.order_id is not None else []
    woken = await decide(session, [p for p in waiting if p.awaiting == event.name], now)
    woken = [d for d in woken if d.transition.steps or d.failed]
    await _store(session, woken)
    entrants = await decide(session, await _entrants(session, event), now)
    inside = await repository.enter(session, _entering(entrants), now) if entrants else set[UUID]()
    fresh = [d for d in entrants if d.person.id in inside]
    await _carry_out(session, [*woken, *fresh], now)
    return len(woken) + len(fresh)


async def _entrants(session: WriteSession, event: EventRow) -> list[Person]:
    live = await definitions.live(session)
    known = await versions(session, [r["version_id"] for r in live])
    listening = [r for r in live if event.name in known[r["version_id"]].plan.definition.entry.events()]
    if not listening:
        return []
    customer = event.customer_id
    if customer is None and event.order_id is not None:
        customer = (await repository.customers_of(session, [event.order_id])).get(event.order_id)
    facts = await _entry_facts(session, event, customer, [known[r["version_id"]] for r in listening])
    found: list[Person] = []
    for row in listening:
        entry = known[row["version_id"]].plan.definition.entry
        key = entry_key(entry, _subjects(event, customer), facts)
        if key is not None and enters(entry, facts):
            found.append(_person(row, known[row["version_id"]], key, event, customer, facts["event"]))
    return found


async def _entry_facts(
    session: WriteSession, event: EventRow, customer: UUID | None, listening: Sequence[Version]
) -> dict[str, Any]:
    roots = frozenset[str]().union(*(v.plan.entry_needs for v in listening))
    about = {"name": event.name, "event_id": str(event.id), "occurred_at": event.occurred_at.isoformat()}
    facts: dict[str, Any] = {"event": event.data | about}
    if "order" in roots and event.order_id is not None:
        facts["order"] = (await order_facts(session, [event.order_id])).get(event.order_id, {})
    if "customer" in roots and customer is not None:
        facts["customer"] = (await customer_facts(session, [customer])).get(customer, {})
    return facts


def _subjects(event: EventRow, customer: UUID | None) -> dict[str, UUID | None]:
    return {
        "order_id": event.order_id,
        "shipment_id": event.shipment_id,
        "return_id": event.return_id,
        "customer_id": customer,
    }


def _person(
    row: dict[str, Any], version: Version, key: str, event: EventRow, customer: UUID | None, context: dict[str, Any]
) -> Person:
    return Person(
        id=new_id(),
        flow_id=row["id"],
        version_id=row["version_id"],
        entry_key=key,
        node=version.plan.definition.start,
        due_at=None,
        awaiting=None,
        order_id=event.order_id,
        shipment_id=event.shipment_id,
        return_id=event.return_id,
        customer_id=customer,
        context=context,
    )


async def advance_shop(session: WriteSession, limit: int) -> int:
    """Moves on up to `limit` people of one shop whose time has come; answers how many there were."""
    now = clock.now()
    due = await repository.claim_due(session, now, limit)
    if not due:
        return 0
    await failpoint("flows.after_claim")
    decided = await decide(session, due, now)
    await _store(session, decided)
    await _carry_out(session, decided, now)
    return len(due)


def _entering(decided: Sequence[Decision]) -> dict[str, list[Any]]:
    fields = (
        "id",
        "flow_id",
        "version_id",
        "entry_key",
        "order_id",
        "shipment_id",
        "return_id",
        "customer_id",
        "context",
    )
    columns = {f: [getattr(d.person, f) for d in decided] for f in fields}
    return columns | {
        "state": [_state(d) for d in decided],
        "node": [d.transition.node for d in decided],
        "due_at": [d.transition.due_at for d in decided],
        "awaiting": [d.transition.awaiting for d in decided],
    }


def _state(decision: Decision) -> str:
    if decision.failed:
        return FAILED
    return DONE if decision.transition.node is None else ACTIVE


async def _store(session: WriteSession, decided: Sequence[Decision]) -> None:
    places: dict[tuple[Any, ...], list[UUID]] = {}
    for d in decided:
        place = (_state(d), d.transition.node, d.transition.due_at, d.transition.awaiting)
        places.setdefault(place, []).append(d.person.id)
    if places:
        await repository.move(session, places)


async def _carry_out(session: WriteSession, decided: Sequence[Decision], now: datetime) -> None:
    """Plans the messages and writes down every step with what came of it."""
    people = await _Recipients.load(session, decided)
    taken: dict[tuple[Any, ...], list[UUID]] = {}
    planned: list[PlannedMessage] = []
    for decision in decided:
        person, nodes = decision.person, decision.version.plan.definition.nodes
        for step in decision.transition.steps:
            node, result, why = nodes[step.node], step.result, step.why
            if isinstance(node, Send):
                address, why = people.look(person.customer_id, node)
                result = "blocked" if why else "planned"
                if address and not why:
                    planned.append(people.message(decision, step.node, node, address))
            taken.setdefault((person.flow_id, step.node, result, why), []).append(person.id)
    await plan(session, planned)
    if taken:
        await repository.add_steps(session, taken, now)


class _Recipients:
    """Addresses and consents of a batch."""

    def __init__(self) -> None:
        self.contacts: dict[UUID, Contact] = {}
        self.consents: dict[tuple[str, UUID], str] = {}

    @classmethod
    async def load(cls, session: WriteSession, decided: Sequence[Decision]) -> "_Recipients":
        """One statement for the addresses; consents only where marketing is about to be planned."""
        made = cls()
        sends: list[tuple[UUID, Send]] = []
        for d in decided:
            nodes = [d.version.plan.definition.nodes[s.node] for s in d.transition.steps]
            if d.person.customer_id is not None:
                sends += [(d.person.customer_id, n) for n in nodes if isinstance(n, Send)]
        if not sends:
            return made
        made.contacts = await contacts(session, list({i for i, _ in sends}))
        for channel in CHANNELS:
            asked = [i for i, n in sends if n.channel == channel and n.class_ == "marketing"]
            verdicts = await marketing_verdicts(session, asked, channel) if asked else {}
            made.consents |= {(channel, i): "" if v.send else v.why for i, v in verdicts.items()}
        return made

    def look(self, customer_id: UUID | None, node: Send) -> tuple[str | None, str]:
        """The address, and why nothing is sent there (empty where it is)."""
        contact = self.contacts.get(customer_id) if customer_id is not None else None
        if contact is None:
            return None, "no customer"
        address = contact.email if node.channel == "email" else contact.phone
        why_not = self.consents.get((node.channel, contact.id), "no consent")
        return address, refusal(node, address, why_not == "", why_not)

    def message(self, decision: Decision, name: str, node: Send, address: str) -> PlannedMessage:
        """The message of a send node; the key makes it one and the same through all retries and versions."""
        person, version = decision.person, decision.version
        contact = self.contacts[person.customer_id] if person.customer_id is not None else None
        return PlannedMessage(
            send_key=send_key(version.family, name, person.entry_key, address, node.channel),
            template=node.template,
            class_=node.class_,
            channel=node.channel,
            customer_id=person.customer_id,
            recipient=address,
            locale=(contact.locale if contact else None) or "",
            subjects=subjects_of(person),
            origin={"flow": version.family, "version": version.number, "node": name, "enrolment": str(person.id)},
        )


def subjects_of(person: Person) -> dict[str, UUID]:
    """What blocks ask about: order, shipment, return, and whatever else the event names (`refund_id` → refund)."""
    named = {k[:-3]: i for k, v in person.context.items() if k.endswith("_id") and (i := parse_id(str(v))) is not None}
    return named | {name[:-3]: value for name, value in person.subjects().items()}
