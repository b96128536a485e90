"""The flows with their numbers, and one flow's steps as a list."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import convert

from comeback.core.clock import clock
from comeback.core.db import ReadSession
from comeback.desk import rules
from comeback.desk.repository import flows as repository
from comeback.desk.schemas.flows import FlowDetail, FlowList, FlowNumbers, FlowRow, FlowStateName, FlowStep, TakenOut
from comeback.flows.schemas import FlowOut
from comeback.flows.service import admin

DAYS = 30


async def list_flows(session: ReadSession) -> FlowList:
    """All flows, what runs first, then by name."""
    people = await repository.people(session, clock.now() - timedelta(days=DAYS))
    mails = await repository.mails(session, DAYS)
    rows = [_row(flow, people.get(flow.id), mails) for flow in await admin.list_flows(session)]
    return FlowList(items=sorted(rows, key=lambda row: (row.state != "live", row.name.casefold())))


async def detail(session: ReadSession, flow_id: UUID) -> FlowDetail:
    """One flow. Raises FlowNotFound (404)."""
    since = clock.now() - timedelta(days=DAYS)
    flow = await admin.get_flow(session, flow_id)
    people = await repository.people(session, since, flow_id)
    mails = await repository.mails(session, DAYS, flow.family)
    shown = flow.live or flow.draft
    definition: dict[str, Any] = shown.definition if shown else {}
    entry: dict[str, Any] = definition.get("entry") or {}
    taken = await repository.steps(session, flow_id, since)
    return FlowDetail(
        flow=_row(flow, people.get(flow_id), mails),
        key=str(entry.get("key", "order")),
        entry=rules.clauses(entry.get("when")),
        steps=[_step(place, taken, mails) for place in rules.walk(definition)],
        published_at=flow.live.published_at if flow.live else None,
        updated_at=flow.updated_at,
    )


def _row(flow: FlowOut, people: dict[str, Any] | None, mails: list[dict[str, Any]]) -> FlowRow:
    shown = flow.live or flow.draft
    return FlowRow(
        id=str(flow.id),
        name=flow.name,
        family=flow.family,
        state=convert(flow.state, FlowStateName),
        version=flow.live.version if flow.live else None,
        drafted=flow.draft is not None,
        events=rules.entry_events(shown.definition) if shown else [],
        numbers=FlowNumbers(
            days=DAYS,
            **{key: people[key] if people else 0 for key in ("entered", "inside", "finished", "failed")},
            **_mails([row for row in mails if row["family"] == flow.family]),
        ),
    )


def _mails(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {key: sum(row[key] for row in rows) for key in ("sent", "opened", "clicked")}


def _step(place: rules.Place, taken: list[dict[str, Any]], mails: list[dict[str, Any]]) -> FlowStep:
    node = place.node
    here = [row for row in taken if row["node"] == place.name]
    return FlowStep(
        node=place.name,
        kind=node["kind"],
        depth=place.depth,
        branch=place.branch,
        again=place.again,
        template=node.get("template"),
        class_=node.get("class", "service") if node["kind"] == "send" else None,
        channel=node.get("channel", "email") if node["kind"] == "send" else None,
        wait_for=node.get("for"),
        wait_event=node.get("until_event"),
        timeout=node.get("timeout"),
        reason=node.get("reason"),
        clauses=rules.clauses(node.get("when")),
        taken=[TakenOut(result=row["result"], people=row["people"]) for row in here if row["result"] != "here"],
        here=sum(row["people"] for row in here if row["result"] == "here"),
        **_mails([row for row in mails if row["node"] == place.name]),
    )
