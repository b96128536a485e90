"""From people to transitions: what their conditions ask for is loaded for all of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from comeback.core.db import ReadSession
from comeback.customers.service import contacts, may_market
from comeback.flows.nodes.base import Happened, Moment
from comeback.flows.nodes.wait import Wait
from comeback.flows.repository import people as repository
from comeback.flows.repository.people import Person
from comeback.flows.rules.advance import Step, Transition, advance
from comeback.flows.rules.definition import Needs
from comeback.flows.service.plans import Version, versions
from comeback.orders.service import order_facts

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Decision:
    """Someone's transition. `failed`: the definition could not be evaluated for them; they stop there."""

    person: Person
    version: Version
    transition: Transition
    failed: bool = False


async def decide(session: ReadSession, people: Sequence[Person], now: datetime) -> list[Decision]:
    """What happens to each now. Where nothing is asked about them, people at one node share the answer."""
    known = await versions(session, {p.version_id for p in people})
    needs = [known[p.version_id].plan.needs(p.node) for p in people]
    facts = await _Facts.load(session, people, needs)
    shared: dict[tuple[UUID, str, bool], Transition] = {}
    decided: list[Decision] = []
    for person, need in zip(people, needs, strict=True):
        version = known[person.version_id]
        if not need.alike:
            decided.append(_decide_one(person, version, facts.moment(person, now)))
            continue
        key = (person.version_id, person.node, person.due_at is None)
        if key not in shared:
            shared[key] = advance(version.plan.definition, person.node, person.due_at, Moment(now))
        decided.append(Decision(person, version, shared[key]))
    return decided


def _decide_one(person: Person, version: Version, moment: Moment) -> Decision:
    try:
        made = advance(version.plan.definition, person.node, person.due_at, moment)
    except Exception as error:
        log.warning("a flow could not be evaluated", enrolment=str(person.id), error=type(error).__name__)
        stopped = Transition((Step(person.node, "error", type(error).__name__),))
        return Decision(person, version, stopped, failed=True)
    return Decision(person, version, made)


class _Facts:
    """Facts and history of a batch, by order and customer."""

    def __init__(self) -> None:
        self.orders: dict[UUID, dict[str, Any]] = {}
        self.customers: dict[UUID, dict[str, Any]] = {}
        self.history: dict[UUID, list[Happened]] = {}

    @classmethod
    async def load(cls, session: ReadSession, people: Sequence[Person], needs: Sequence[Needs]) -> "_Facts":
        """A statement or two for each kind of fact that somebody needs."""
        made = cls()
        pairs = list(zip(people, needs, strict=True))
        orders = {p.order_id for p, n in pairs if "order" in n.roots and p.order_id is not None}
        if orders:
            made.orders = await order_facts(session, sorted(orders))
        customers = {p.customer_id for p, n in pairs if "customer" in n.roots and p.customer_id is not None}
        if customers:
            made.customers = await customer_facts(session, sorted(customers))
        await made._load_history(session, [p for p, n in pairs if n.history and p.order_id is not None])
        return made

    async def _load_history(self, session: ReadSession, people: Sequence[Person]) -> None:
        known = await versions(session, {p.version_id for p in people})
        names = {n for v in known.values() for n in _awaited(v)}
        orders = {p.order_id for p in people if p.order_id is not None}
        if not names or not orders:
            return
        for row in await repository.history(session, sorted(orders), sorted(names)):
            subjects = {k: row[k] for k in _SUBJECTS if row[k] is not None}
            happened = Happened(row["name"], row["occurred_at"], subjects)
            self.history.setdefault(row["order_id"], []).append(happened)

    def moment(self, person: Person, now: datetime) -> Moment:
        """What the nodes see of one person."""
        facts = {
            "event": person.context,
            "order": self.orders.get(person.order_id, {}) if person.order_id else {},
            "customer": self.customers.get(person.customer_id, {}) if person.customer_id else {},
        }
        history = self.history.get(person.order_id, []) if person.order_id else []
        return Moment(now, facts, history, person.subjects())


_SUBJECTS = ("order_id", "shipment_id", "return_id", "customer_id")


def _awaited(version: Version) -> Iterable[str]:
    nodes = version.plan.definition.nodes.values()
    return (n.until_event for n in nodes if isinstance(n, Wait) and n.until_event is not None)


async def customer_facts(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What conditions ask as `customer.…`: locale, timezone, has_email, has_phone, marketing (consent for e-mail)."""
    known, consents = await contacts(session, ids), await may_market(session, ids)
    return {
        i: {
            "locale": c.locale,
            "timezone": c.timezone,
            "has_email": c.email is not None,
            "has_phone": c.phone is not None,
            "marketing": consents[i],
        }
        for i, c in known.items()
    }
