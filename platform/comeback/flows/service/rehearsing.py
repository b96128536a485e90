"""A dry run of a flow on a real order. It reads what the engine would read and writes nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from comeback.core import clock
from comeback.core.db import ReadSession
from comeback.core.errors import FieldError
from comeback.customers.service import contacts, marketing_verdicts
from comeback.flows.errors import BadFlow, FlowNotFound
from comeback.flows.nodes.base import Happened, parse_duration
from comeback.flows.nodes.send import Send, refusal
from comeback.flows.repository import definitions as repository
from comeback.flows.rules.advance import enters
from comeback.flows.rules.definition import Definition, parse, problems
from comeback.flows.rules.simulate import Taken, simulate
from comeback.flows.schemas import SimulatedStep, SimulateIn, SimulationOut
from comeback.flows.service.deciding import customer_facts
from comeback.orders.service import get_order, order_facts


async def rehearse(session: ReadSession, flow_id: UUID, wanted: SimulateIn) -> SimulationOut:
    """Every step the order's customer would take. Raises FlowNotFound, OrderNotFound, BadFlow."""
    version = await _version(session, flow_id, draft=wanted.draft)
    found = problems(version["definition"])
    if found:
        raise BadFlow(errors=found)
    definition = parse(version["definition"])
    order = await get_order(session, wanted.order)
    now = clock.now()
    facts = await _facts(session, definition, wanted, order.customer_id, now)
    name = facts["event"]["name"]
    if name not in definition.entry.events() or not enters(definition.entry, facts):
        return SimulationOut(version=version["version"], enters=False, steps=[])
    subjects = {"order_id": order.id, "customer_id": order.customer_id}
    taken = simulate(definition, now, facts, subjects, _later(wanted, now, order.id))
    steps = [await _shown(session, definition, t, order.customer_id) for t in taken]
    return SimulationOut(version=version["version"], enters=True, steps=steps)


async def _version(session: ReadSession, flow_id: UUID, *, draft: bool) -> dict[str, Any]:
    found = sorted(await repository.versions(session, [flow_id]), key=lambda v: v["version"])
    if not found:
        raise FlowNotFound
    return found[-1] if draft else found[0]


async def _facts(
    session: ReadSession, definition: Definition, wanted: SimulateIn, customer: UUID, now: datetime
) -> dict[str, Any]:
    name = wanted.event or next(iter(definition.entry.events()))
    return {
        "event": wanted.data | {"name": name, "occurred_at": now.isoformat()},
        "order": (await order_facts(session, [wanted.order])).get(wanted.order, {}),
        "customer": (await customer_facts(session, [customer])).get(customer, {}),
    }


def _later(wanted: SimulateIn, now: datetime, order: UUID) -> list[Happened]:
    events: list[Happened] = []
    for name, after in wanted.later.items():
        length = parse_duration(after)
        if length is None:
            raise BadFlow(errors=[FieldError(f"/later/{name}", "is not a duration such as PT2H or P3D")])
        events.append(Happened(name, now + length, {"order_id": order}))
    return events


async def _shown(session: ReadSession, definition: Definition, taken: Taken, customer: UUID) -> SimulatedStep:
    node, step = definition.nodes[taken.step.node], taken.step
    if not isinstance(node, Send):
        return SimulatedStep(node=step.node, result=step.result, why=step.why, at=taken.at)
    contact = (await contacts(session, [customer]))[customer]
    verdict = (await marketing_verdicts(session, [customer], node.channel))[customer]
    address = contact.email if node.channel == "email" else contact.phone
    why = refusal(node, address, verdict.send, verdict.why)
    return SimulatedStep(node=step.node, result="blocked" if why else "would send", why=why, at=taken.at)
