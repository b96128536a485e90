"""Drawing up flows: drafts, publishing, pausing, and looking at what they did."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from msgspec import UNSET

from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.flows.errors import BadFlow, FamilyTaken, FlowNotFound, NothingToPublish, NotLive, NotPaused
from comeback.flows.models import FlowState
from comeback.flows.repository import definitions as repository
from comeback.flows.repository.people import lock_flows
from comeback.flows.rules.defaults import DEFAULT_FLOWS
from comeback.flows.rules.definition import problems
from comeback.flows.schemas import FlowIn, FlowOut, FlowPatch, NodeNumbers, PersonOut, StepOut, VersionOut
from comeback.kit.ids import new_id, parse_id
from comeback.kit.paging import Page, decode_cursor, encode_cursor
from comeback.messages.service import list_templates

PAGE = 50


def known_id(value: str) -> UUID:
    """The id in a path; raises FlowNotFound where it is none."""
    flow_id = parse_id(value)
    if flow_id is None:
        raise FlowNotFound
    return flow_id


async def list_flows(session: ReadSession) -> list[FlowOut]:
    """All flows, without their numbers."""
    return await _shown(session, await repository.flows(session))


async def get_flow(session: ReadSession, flow_id: UUID) -> FlowOut:
    """One flow with its numbers. Raises FlowNotFound."""
    (shown,) = await _shown(session, [await _row(session, flow_id)], numbers=True)
    return shown


async def create_flow(session: WriteSession, flow: FlowIn) -> FlowOut:
    """Adds a flow with its first draft, however unfinished. Raises FamilyTaken."""
    flow_id = new_id()
    if not await repository.add_flow(session, flow_id, flow.family, flow.name):
        raise FamilyTaken
    await repository.save_draft(session, flow_id, new_id(), flow.definition)
    return await get_flow(session, flow_id)


async def change_flow(session: WriteSession, flow_id: UUID, patch: FlowPatch) -> FlowOut:
    """Renames, and changes the draft (or opens one). Raises FlowNotFound."""
    await _row(session, flow_id)
    if patch.name is not UNSET:
        await repository.rename(session, flow_id, patch.name)
    if patch.definition is not UNSET:
        await repository.save_draft(session, flow_id, new_id(), patch.definition)
    return await get_flow(session, flow_id)


async def publish_flow(session: WriteSession, flow_id: UUID) -> FlowOut:
    """Puts the draft in force; without one, a paused flow goes on. People inside keep the version they entered on.

    Raises BadFlow that names every problem, NothingToPublish, FlowNotFound.
    """
    await lock_flows(session)
    row = await _row(session, flow_id)
    draft = next((v for v in await repository.versions(session, [flow_id]) if v["published_at"] is None), None)
    if draft is None and row["state"] != FlowState.PAUSED:
        raise NothingToPublish
    if draft is not None:
        found = problems(draft["definition"], await _templates(session))
        if found:
            raise BadFlow(errors=found)
        await repository.publish(session, flow_id, draft["version"], clock.now())
    if row["state"] == FlowState.PAUSED:
        await repository.set_state(session, flow_id, FlowState.LIVE.value)
    return await get_flow(session, flow_id)


async def pause_flow(session: WriteSession, flow_id: UUID) -> FlowOut:
    """Nobody enters or moves on until it is published again. Raises NotLive, FlowNotFound."""
    await lock_flows(session)
    if (await _row(session, flow_id))["state"] != FlowState.LIVE:
        raise NotLive
    await repository.set_state(session, flow_id, FlowState.PAUSED.value)
    return await get_flow(session, flow_id)


async def resume_flow(session: WriteSession, flow_id: UUID) -> FlowOut:
    """Lets a paused flow go on with the version in force; an open draft stays one. Raises NotPaused, FlowNotFound."""
    await lock_flows(session)
    if (await _row(session, flow_id))["state"] != FlowState.PAUSED:
        raise NotPaused
    await repository.set_state(session, flow_id, FlowState.LIVE.value)
    return await get_flow(session, flow_id)


async def install_default_flows(session: WriteSession) -> int:
    """Publishes the default flows that the shop has not yet; answers how many. Needs the default templates."""
    made = 0
    for family, flow in DEFAULT_FLOWS.items():
        flow_id = new_id()
        if await repository.add_flow(session, flow_id, family, flow["name"]):
            await repository.save_draft(session, flow_id, new_id(), flow["definition"])
            await publish_flow(session, flow_id)
            made += 1
    return made


async def list_people(
    session: ReadSession, flow_id: UUID, *, cursor: str | None, result: str | None, order_id: UUID | None
) -> Page[PersonOut]:
    """People of a flow, newest first, with every step and its reason; `result` (such as blocked) picks some."""
    await _row(session, flow_id)
    key = decode_cursor(cursor) if cursor else None
    before = parse_id(str(key[0])) if key else None
    found = await repository.steps(session, flow_id, result=result, order_id=order_id, before=before, limit=PAGE + 1)
    people = [_person(list(rows)) for _, rows in groupby(found, key=lambda r: r["enrolment_id"])]
    page = people[:PAGE]
    return Page(page, encode_cursor(str(page[-1].id)) if len(people) > PAGE else None)


def _person(rows: Sequence[dict[str, Any]]) -> PersonOut:
    first = rows[0]
    fields = {k: first[k] for k in PersonOut.__struct_fields__ if k in first}
    steps = [
        StepOut(node=r["node"], result=r["result"], why=r["why"], at=r["at"]) for r in rows if r["node"] is not None
    ]
    return PersonOut(**fields, id=first["enrolment_id"], steps=steps)


async def _row(session: ReadSession, flow_id: UUID) -> dict[str, Any]:
    found = await repository.flows(session, flow_id)
    if not found:
        raise FlowNotFound
    return found[0]


async def _templates(session: ReadSession) -> set[str]:
    return {t.key for t in await list_templates(session) if t.version > 0}


async def _shown(session: ReadSession, rows: Sequence[dict[str, Any]], *, numbers: bool = False) -> list[FlowOut]:
    versions = await repository.versions(session, [r["id"] for r in rows])
    templates = await _templates(session)
    shown = {
        (v["flow_id"], v["published_at"] is not None): VersionOut(
            version=v["version"],
            definition=v["definition"],
            published_at=v["published_at"],
            problems=[] if v["published_at"] else problems(v["definition"], templates),
        )
        for v in versions
    }
    counted = [NodeNumbers(**n) for n in await repository.numbers(session, rows[0]["id"])] if numbers else []
    return [
        FlowOut(
            **{k: r[k] for k in ("id", "family", "name", "state", "created_at", "updated_at")},
            live=shown.get((r["id"], True)),
            draft=shown.get((r["id"], False)),
            numbers=counted,
        )
        for r in rows
    ]
